//! The policies' decision: the caller's own and the API's together, in AWS's order.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-authorization-flow.html>

use std::borrow::Cow;
use std::sync::LazyLock;

use http::header::{HeaderName, REFERER, USER_AGENT};
use identity::{Caller, Circumstances, Held};
use policy::{
    Action, Attached, Decision, DecisionRecord, Keys, Layer, Layers, Principal, RequestContext, StatementRecord,
};
use snapshot::Stage;

use super::resource::Resource;
use crate::reason::{Authorize, Reason, cut};
use crate::refused::{Refusal, Refused, ResponseType};
use crate::steps::route::Routed;
use crate::world::World;

pub(super) static INVOKE: LazyLock<Action> = LazyLock::new(|| Action::new("execute-api:Invoke"));

/// Asks all policies that have a say over this call.
pub(super) fn ask(routed: &Routed, caller: Option<&Caller>, world: &World) -> Result<Authorize, Refused> {
    let foreign = caller.is_some_and(|caller| caller.account() != routed.stage().scope.account);
    let veil = if foreign { Veil::Drawn } else { Veil::Open };
    put(routed, caller, world, |request, layers, resource| {
        let decision = policy::evaluate(request, layers);
        let who = request.principal().arn().map_or(Cow::Borrowed("anonymous"), Cow::Owned);
        if !decision.is_allowed() {
            return Err(refuse(&decision, request, layers, (resource, routed.stage()), veil));
        }
        let statements = decision.statements().map(policy::StatementRecord::from);
        let statements = statements.map(|statement| veiled(statement, veil)).collect();
        Ok(Authorize::Allowed { caller: cut(&who), layer: decision.layer, statements })
    })?
}

/// AWS's refusal of a stranger whom the API's own policy denies.
pub(super) fn refused(
    decision: &Decision<'_>,
    request: &RequestContext<'_>,
    layers: &Layers<'_>,
    resource: &Resource,
    stage: &Stage,
) -> Refused {
    refuse(decision, request, layers, (resource, stage), Veil::Open)
}

fn refuse(
    decision: &Decision<'_>,
    request: &RequestContext<'_>,
    layers: &Layers<'_>,
    (resource, stage): (&Resource, &Stage),
    veil: Veil,
) -> Refused {
    let who = request.principal().arn().map_or(Cow::Borrowed("anonymous"), Cow::Owned);
    let denial = decision.denial(request).unwrap_or_default();
    let message = denial.replacen(&resource.arn, &resource.masked(stage), 1);
    let mut record = Box::new(policy::explain(request, layers).record());
    if veil == Veil::Drawn {
        draw(&mut record);
    }
    let reason = Reason::Authorize(Authorize::Denied { caller: cut(&who), resource: cut(&resource.arn), record });
    let mut response = ResponseType::AccessDenied.response();
    response.message = Some(Cow::Owned(message));
    Refused { reason, refusal: Refusal::Gateway(response) }
}

/// Whether a record may tell of the caller's own policies. SECURITY: the API's owner reads it, and the policies of a caller of
/// another account are not the owner's to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Veil {
    Open,
    Drawn,
}

/// What stands for a policy that is not the owner's to see.
const UNSEEN: &str = "(another account's)";

/// A statement, without its name where it is not the owner's to see.
fn veiled(statement: StatementRecord, veil: Veil) -> StatementRecord {
    if veil == Veil::Open || !is_the_callers(statement.layer) {
        return statement;
    }
    StatementRecord { layer: statement.layer, policy: UNSEEN.to_owned(), index: 0, sid: None }
}

/// Takes out of a record what is not the owner's to see.
fn draw(record: &mut DecisionRecord) {
    let statements = std::mem::take(&mut record.statements).into_iter();
    record.statements = statements.map(|statement| veiled(statement, Veil::Drawn)).collect();
    record.others.retain(|other| !is_the_callers(other.statement.layer));
    record.others_left_off = 0;
    // It may quote any of the caller's statements.
    record.hint = Some(
        "the API's resource policy and the caller's own policies must both allow it; the caller's are another account's to see"
            .to_owned(),
    );
}

/// Whether policies of this kind belong to the caller's account.
fn is_the_callers(layer: Layer) -> bool {
    match layer {
        Layer::Identity | Layer::Boundary | Layer::Session | Layer::Scp => true,
        Layer::Rcp | Layer::Endpoint | Layer::Resource => false,
    }
}

/// What every statement of these policies makes of this call.
pub(super) fn in_full(routed: &Routed, caller: Option<&Caller>, world: &World) -> Result<DecisionRecord, Refused> {
    put(routed, caller, world, |request, layers, _| policy::explain(request, layers).whole_record())
}

/// Puts a question to the policies: gathers who asks, for what, what is known of the request, and every policy.
fn put<T>(
    routed: &Routed,
    caller: Option<&Caller>,
    world: &World,
    question: impl FnOnce(&RequestContext<'_>, &Layers<'_>, &Resource) -> T,
) -> Result<T, Refused> {
    let nobody = Principal::Anonymous;
    let principal = caller.map_or(&nobody, Caller::principal);
    let stage = routed.stage();
    let resource = Resource::of(routed.request(), stage);
    let keys = keys(routed, caller, world);
    let request = RequestContext::new(principal, &INVOKE, &resource.arn, stage.scope.account, &keys);
    let held = caller.map(|caller| caller.held(&world.snapshot)).transpose();
    let held = held.map_err(|unresolved| {
        // SECURITY: a policy that cannot be found may deny; nobody passes without it.
        let why = Authorize::Undecidable { why: cut(&unresolved.to_string()) };
        Refused::gateway(ResponseType::AuthorizerConfigurationError, Reason::Authorize(why))
    })?;
    let resource_policy = stage.resource_policy.as_deref();
    let layers = Layers {
        resource: resource_policy.map(|named| Attached { name: &named.name, policy: &named.policy }),
        ..held.as_ref().map_or_else(Layers::default, Held::layers)
    };
    Ok(question(&request, &layers, &resource))
}

/// What a request tells about itself.
pub(super) fn keys(routed: &Routed, caller: Option<&Caller>, world: &World) -> Keys {
    let request = routed.request();
    let [user_agent, referer] = [USER_AGENT, REFERER].map(|name| header(routed, &name));
    let circumstances = Circumstances {
        now: request.received,
        source: request.source_ip(),
        secure: request.connection.tls.is_some(),
        region: &world.snapshot.place.region,
        user_agent: user_agent.as_deref(),
        referer: referer.as_deref(),
    };
    circumstances.keys(caller)
}

fn header<'a>(routed: &'a Routed, name: &HeaderName) -> Option<Cow<'a, str>> {
    routed.received().get(name.as_str()).map(String::from_utf8_lossy)
}
