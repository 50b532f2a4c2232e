//! `CUSTOM`: an authorizer judges who asks, and its policy counts together with the API's own.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html>
//!
//! A resource policy that denies ends it before anybody is asked. Then the identity must be there; the answer for it is at
//! hand or the function is asked; and both policies decide over this call, however the answer was come by.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use policy::{Attached, Decision, Keys, Layers, Outcome, Policy, Principal, RequestContext, StatementRecord};
use snapshot::{Authorizer, AuthorizerJudge, FunctionAuthorizer, Identity, NamedPolicy};

use super::judge::{self, INVOKE};
use super::native_jwt;
use super::resource::Resource;
use crate::authorizer::{Asking, Grant, Granted, Key, Said, Unanswered, identity, key};
use crate::execution_log::masked;
use crate::lambda::event;
use crate::reason::{Authorize, GrantFrom, Reason, cut};
use crate::refused::{Refusal, Refused, ResponseType};
use crate::steps::route::Routed;
use crate::world::World;

/// How the authorizer's policy is called in records.
const POLICY: &str = "the authorizer's answer";

/// Asks the authorizer, unless its answer is at hand, and then the policies.
pub(super) async fn decide(
    routed: Routed,
    authorizer: &Authorizer,
    world: &World,
) -> Result<(Routed, Authorize), Refused> {
    let resource = Resource::of(routed.request(), routed.stage());
    resource_policy_denies(&routed, &resource, world)?;
    let began = world.handles.clock.elapsed();
    let function = match &authorizer.judge {
        AuthorizerJudge::Function(function) => function,
        AuthorizerJudge::Jwt(jwt) => {
            let bearer =
                native_jwt::prove(routed.received(), jwt, &world.handles.tokens, routed.request().received).await?;
            let latency_ms = world.handles.clock.elapsed().saturating_sub(began).as_millis() as u64;
            // A true token is an answer that allows everything; of the API's own policy only a denial counts beside it.
            let reason = Authorize::Token(bearer.reason().clone());
            let _ = routed.request().notes.authorizer.set(Box::new(Granted { said: Said::Token(bearer), latency_ms }));
            return Ok((routed, reason));
        }
        AuthorizerJudge::Broken { why } => return Err(broken(authorizer, why)),
    };
    let answer = match look(&routed, authorizer, function, &resource, world, began)? {
        Found::AtHand(grant) => Ok((grant, 0, GrantFrom::Kept)),
        Found::ToAsk { key, asking } => {
            let answer = ask(key, *asking, function, world).await;
            let latency_ms = world.handles.clock.elapsed().saturating_sub(began).as_millis() as u64;
            answer.map(|grant| (grant, latency_ms, GrantFrom::Function))
        }
    };
    let answer = answer.map_err(|unanswered| refuse(&routed, authorizer, unanswered));
    let reason = conclude(&routed, authorizer, answer?, &resource, world)?;
    Ok((routed, reason))
}

/// What the authorizer's answer means for this call.
fn conclude(
    routed: &Routed,
    authorizer: &Authorizer,
    (grant, latency_ms, from): (Arc<Grant>, u64, GrantFrom),
    resource: &Resource,
    world: &World,
) -> Result<Authorize, Refused> {
    log(routed, || format!("Using valid authorizer policy for principal: {}", masked(grant.principal_id())));
    // Only this step writes it, once a request.
    let granted = Granted { said: Said::Function(Arc::clone(&grant)), latency_ms };
    let _ = routed.request().notes.authorizer.set(Box::new(granted));
    let reason = ask_policies(routed, authorizer, (&grant, from), resource, world)?;
    log(routed, || "Successfully completed authorizer execution".to_owned());
    Ok(reason)
}

/// What would be asked, for a question that asks nobody: an error where that is decided already.
pub(super) fn suppose(routed: &Routed, authorizer: &Authorizer, world: &World) -> Result<Authorize, Refused> {
    let resource = Resource::of(routed.request(), routed.stage());
    resource_policy_denies(routed, &resource, world)?;
    let function = match &authorizer.judge {
        AuthorizerJudge::Function(function) => function,
        AuthorizerJudge::Jwt(jwt) => {
            let (authorizer, function) = (Arc::clone(&authorizer.name), Arc::clone(&jwt.issuer));
            return Ok(Authorize::WouldAsk { authorizer, function });
        }
        AuthorizerJudge::Broken { why } => return Err(broken(authorizer, why)),
    };
    identify(routed, authorizer, function, &resource)?;
    let permit = crate::lambda::Permit {
        snapshot: &world.snapshot,
        owner: routed.stage().scope.account,
        caller: None,
        now: routed.request().received,
    };
    let refused = |refused: crate::lambda::NotInvoked| {
        let unanswered = Unanswered::NotInvoked { why: refused.to_string().into() };
        refuse(routed, authorizer, unanswered)
    };
    permit.version(&function.call, 0.0).map_err(refused)?;
    Ok(Authorize::WouldAsk { authorizer: Arc::clone(&authorizer.name), function: Arc::clone(&function.call.arn) })
}

/// The API's own policy, asked first: only an explicit denial ends it here.
fn resource_policy_denies(routed: &Routed, resource: &Resource, world: &World) -> Result<(), Refused> {
    let Some(named) = routed.stage().resource_policy.as_deref() else { return Ok(()) };
    let keys = keys([&named.policy].into_iter(), routed, world);
    let layers = Layers { resource: Some(attached(named)), ..Layers::default() };
    let request = question(routed, resource, &keys);
    let decision = policy::evaluate(&request, &layers);
    if decision.outcome != Outcome::ExplicitDeny {
        return Ok(());
    }
    Err(judge::refused(&decision, &request, &layers, resource, routed.stage()))
}

fn broken(authorizer: &Authorizer, why: &str) -> Refused {
    let reason = Authorize::AuthorizerFailed { authorizer: Arc::clone(&authorizer.name), why: cut(why) };
    Refused::gateway(ResponseType::AuthorizerConfigurationError, Reason::Authorize(reason))
}

/// The answer that counts, or the question that brings one.
enum Found {
    AtHand(Arc<Grant>),
    ToAsk { key: Option<Key>, asking: Box<Asking> },
}

/// Looks for an answer. What the function would be told is written only where there is none.
fn look(
    routed: &Routed,
    authorizer: &Authorizer,
    function: &FunctionAuthorizer,
    resource: &Resource,
    world: &World,
    now: Duration,
) -> Result<Found, Refused> {
    let Identified { key, token } = identify(routed, authorizer, function, resource)?;
    if let Some(grant) = key.and_then(|key| world.handles.grants.find(&key, now)) {
        return Ok(Found::AtHand(grant));
    }
    let event = match token {
        Some(token) => event::of_token(&token, &resource.arn),
        None => event::of_request(&routed.facts(), &resource.arn),
    };
    Ok(Found::ToAsk { key, asking: Box::new(asking(routed, function, event, world)) })
}

/// Who asks, as far as the authorizer wants to know.
struct Identified<'r> {
    /// Under which its answer counts for others, where it does.
    key: Option<Key>,
    /// What a `TOKEN` authorizer is told; one of requests is told of all of the request.
    token: Option<Cow<'r, str>>,
}

/// Finds the identity. Without one nobody is asked.
fn identify<'r>(
    routed: &'r Routed,
    authorizer: &Authorizer,
    function: &FunctionAuthorizer,
    resource: &Resource,
) -> Result<Identified<'r>, Refused> {
    let facts = routed.facts();
    let unknown = |why: String| {
        let reason = Authorize::NoIdentity { authorizer: Arc::clone(&authorizer.name), why: cut(&why) };
        log(routed, || format!("Unauthorized request: {}", routed.request().shown_id()));
        Refused::gateway(ResponseType::Unauthorized, Reason::Authorize(reason))
    };
    let counts = !function.ttl.is_zero() && !is_pattern(resource, routed);
    match &function.identity {
        Identity::Token { header, pattern } => {
            let token =
                identity::token(header, &facts).map_err(|why| unknown(format!("the header `{header}` {why}")))?;
            if pattern.as_ref().is_some_and(|pattern| !pattern.is_match(&token)) {
                return Err(unknown(format!("the header `{header}` is not what the validation expression asks for")));
            }
            let key = counts.then(|| key(&function.cache_scope, &[token.as_bytes()]));
            started(routed, authorizer, &token);
            Ok(Identified { key, token: Some(token) })
        }
        Identity::Request { sources } => {
            let value =
                |source| identity::value(source, &facts).ok_or_else(|| unknown(format!("`{source}` is not there")));
            let values = sources.iter().map(value).collect::<Result<Vec<Cow<'_, [u8]>>, _>>()?;
            let texts: Vec<&[u8]> = values.iter().map(|value| &**value).collect();
            // Without a source nothing tells two callers apart.
            let counts = counts && !texts.is_empty();
            let key = counts.then(|| key(&function.cache_scope, &texts));
            let last = texts.last().map(|value| String::from_utf8_lossy(value));
            started(routed, authorizer, last.as_deref().unwrap_or_default());
            Ok(Identified { key, token: None })
        }
    }
}

/// SECURITY: most functions answer a policy for the ARN they were told. In a path with `*`, `?` or `$` that ARN is a
/// pattern of others, so such an answer counts for this request alone.
fn is_pattern(resource: &Resource, routed: &Routed) -> bool {
    let arn = &*routed.stage().arn;
    resource.arn.get(arn.len()..).is_some_and(|path| path.contains(['*', '?', '$']))
}

fn started(routed: &Routed, authorizer: &Authorizer, identity: &str) {
    log(routed, || format!("Starting authorizer: {} for request: {}", authorizer.id, routed.request().shown_id()));
    log(routed, || format!("Incoming identity: {}", masked(identity)));
}

fn asking(routed: &Routed, function: &FunctionAuthorizer, event: Vec<u8>, world: &World) -> Asking {
    Asking {
        snapshot: Arc::clone(&world.snapshot),
        runner: Arc::clone(world.handles.invoker.runner()),
        clock: Arc::clone(&world.handles.clock),
        owner: routed.stage().scope.account,
        call: function.call.clone(),
        event: event.into(),
        request: Arc::clone(routed.request()),
        logged: routed.method().logging.info && routed.method().logging.payloads,
    }
}

/// Asks the function, once for all who wait with the same identity.
async fn ask(
    key: Option<Key>,
    asking: Asking,
    function: &FunctionAuthorizer,
    world: &World,
) -> Result<Arc<Grant>, Unanswered> {
    match key {
        Some(key) => {
            let answer = world.handles.grants.wait(key, || asking.answer()).await;
            if let Ok(grant) = &answer {
                world.handles.grants.keep(key, grant, world.handles.clock.elapsed() + function.ttl);
            }
            answer
        }
        None => asking.answer().await,
    }
}

fn refuse(routed: &Routed, authorizer: &Authorizer, unanswered: Unanswered) -> Refused {
    let authorizer = Arc::clone(&authorizer.name);
    let (kind, reason) = match unanswered {
        Unanswered::Unauthorized => (ResponseType::Unauthorized, Authorize::SaidUnauthorized { authorizer }),
        Unanswered::NotInvoked { why } => {
            failed(routed, || {
                "Execution failed due to configuration error: Invalid permissions on Lambda function".to_owned()
            });
            // The remedy is a command, longer than what a stranger may leave in a trail; none of it is a stranger's.
            (ResponseType::AuthorizerConfigurationError, Authorize::AuthorizerFailed { authorizer, why })
        }
        Unanswered::Failed { why } => {
            failed(routed, || "Execution failed due to configuration error: Authorizer error".to_owned());
            (ResponseType::AuthorizerConfigurationError, Authorize::AuthorizerFailed { authorizer, why })
        }
        Unanswered::Malformed { why } => {
            failed(routed, || format!("Execution failed due to configuration error: Invalid JSON in response: {why}"));
            (ResponseType::AuthorizerConfigurationError, Authorize::AuthorizerMalformed { authorizer, why })
        }
    };
    if kind == ResponseType::Unauthorized {
        log(routed, || format!("Unauthorized request: {}", routed.request().shown_id()));
    }
    Refused::gateway(kind, Reason::Authorize(reason))
}

/// Both policies over this call, as AWS's table for callers of the API's own account says.
fn ask_policies(
    routed: &Routed,
    authorizer: &Authorizer,
    (grant, from): (&Grant, GrantFrom),
    resource: &Resource,
    world: &World,
) -> Result<Authorize, Refused> {
    let named = routed.stage().resource_policy.as_deref();
    let keys = keys(named.iter().map(|named| &named.policy).chain([grant.policy()]), routed, world);
    let identity = [Attached { name: POLICY, policy: grant.policy() }];
    let layers = Layers { resource: named.map(attached), identity: &identity, ..Layers::default() };
    let request = question(routed, resource, &keys);
    let decision = policy::evaluate(&request, &layers);
    let (authorizer, principal) = (Arc::clone(&authorizer.name), cut(grant.principal_id()));
    if decision.is_allowed() {
        let statements = decision.statements().map(StatementRecord::from).collect();
        return Ok(Authorize::Granted { authorizer, principal, from, layer: decision.layer, statements });
    }
    let record = Box::new(policy::explain(&request, &layers).record());
    let reason = Authorize::NotGranted { authorizer, principal, from, resource: cut(&resource.arn), record };
    let mut response = ResponseType::AccessDenied.response();
    response.message = Some(Cow::Borrowed(denial(&decision)));
    Err(Refused { reason: Reason::Authorize(reason), refusal: Refusal::Gateway(response) })
}

/// AWS's words, which name neither the caller nor the call.
fn denial(decision: &Decision<'_>) -> &'static str {
    match decision.outcome {
        Outcome::ExplicitDeny => {
            "User is not authorized to access this resource with an explicit deny in an identity-based policy"
        }
        Outcome::ImplicitDeny | Outcome::Allow => {
            "User is not authorized to access this resource because no identity-based policy allows the execute-api:Invoke action"
        }
    }
}

fn question<'a>(routed: &Routed, resource: &'a Resource, keys: &'a Keys) -> RequestContext<'a> {
    RequestContext::new(&Principal::Anonymous, &INVOKE, &resource.arn, routed.stage().scope.account, keys)
}

/// What the request tells about itself, where a policy looks at any of it.
fn keys<'p>(mut policies: impl Iterator<Item = &'p Policy>, routed: &Routed, world: &World) -> Keys {
    if policies.any(|policy| policy.mentions("")) { judge::keys(routed, None, world) } else { Keys::new() }
}

fn attached(named: &NamedPolicy) -> Attached<'_> {
    Attached { name: &named.name, policy: &named.policy }
}

/// A line for whoever logs failures alone, too.
fn failed(routed: &Routed, line: impl FnOnce() -> String) {
    let logging = routed.method().logging;
    if logging.errors || logging.info {
        routed.request().notes.log_authorizer(line());
    }
}

fn log(routed: &Routed, line: impl FnOnce() -> String) {
    if routed.method().logging.info {
        routed.request().notes.log_authorizer(line());
    }
}
