//! Authorize: every operation asks the policy engine with its action and ARN.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use base::seal::MasterKey;
use base::{AccountId, Scope};
use identity::{Caller, Circumstances, Held};
use operation::{CALLER, Failure, Kind, Ports, Prepared, Principal, Registered, Service, Transaction};
use policy::{Action, Attached, Keys, Layers, RequestContext};
use snapshot::{Name, NamedPolicy, Snapshot};

use super::decode::{Decoded, What};
use super::trust::{Trust, handed_on};
use super::why;
use super::{entity, resource_policy};
use crate::Received;
use crate::refusal::Refusal;

/// A call that may be done.
pub(crate) struct Authorized<'c> {
    pub(crate) received: &'c Received,
    pub(crate) service: &'c Service,
    pub(crate) principal: Principal,
    pub(crate) operation: &'c Registered,
    pub(crate) prepared: Box<dyn Prepared>,
    pub(crate) scope: Scope,
    /// What is known of an unsigned request, for operations that judge by themselves.
    pub(crate) keys: Keys,
    // Only this step makes one.
    _made_here: (),
}

/// Decides; `resources` gets what the call touches, for its record.
pub(crate) async fn decide<'c>(
    call: Decoded<'c>,
    snapshot: &Snapshot,
    ports: &Ports,
    resources: &mut Vec<(String, String)>,
) -> Result<Authorized<'c>, Refusal> {
    let Decoded { received, service, principal, caller, what, .. } = call;
    let home = Scope { account: principal.account(), region: ports.installation.region.clone() };
    let scope = if service.global { home.global() } else { home.clone() };
    if let What::Served(_, prepared) = &what {
        *resources = prepared.audited();
    }
    let by_trust = matches!(what, What::Served(operation, _) if operation.spec.by_trust);
    for question in questions(&what, &home, caller.as_ref()) {
        let resource = match question.resource {
            whoever if whoever == CALLER => principal.arn(),
            role if by_trust => role,
            named => entity::true_profile(true_arn(named, snapshot), &scope, ports).await?,
        };
        let question = Question { resource, ..question };
        let trust = by_trust.then(|| Trust::of(&question.resource, snapshot));
        let keys = keys(received, caller.as_ref(), snapshot);
        let keys = trust.iter().fold(keys, |keys, trust| trust.keys(keys, caller.as_ref()));
        let keys = entity::with_boundary(keys, question.action, &question.resource, snapshot);
        let keys = if let What::Served(_, prepared) = &what { prepared.keys(keys) } else { keys };
        let held = held(caller.as_ref(), snapshot)?;
        let keys = with_tags(keys, &held, &question, service, &scope, ports).await?;
        let own = resource_policy::of(&question.resource, snapshot, ports).await?;
        let says = Says { trust: trust.as_ref(), own: own.as_deref() };
        ask(caller.as_ref(), &held, says, &question, &keys, &ports.master_key)?;
    }
    match what {
        What::Served(operation, prepared) => {
            let keys = if operation.spec.unsigned { keys(received, None, snapshot) } else { Keys::new() };
            Ok(Authorized { received, service, principal, operation, prepared, scope, keys, _made_here: () })
        }
        // Whoever may not call it learns that first; whoever may learns that nobody can yet.
        What::Refused(refused) => Err(Refusal::NotEnforced { reason: refused.reason }),
    }
}

/// What the policy engine is asked: may the caller do this to that?
#[derive(Debug, PartialEq, Eq)]
struct Question {
    action: &'static str,
    resource: String,
}

/// The operation's own question, and what else AWS asks for this input.
fn questions(what: &What<'_>, home: &Scope, caller: Option<&Caller>) -> Vec<Question> {
    let mut questions: Vec<_> = question(what, home).into_iter().collect();
    if let What::Served(_, prepared) = what
        && !questions.is_empty()
    {
        let further = prepared.further(home).into_iter();
        questions.extend(further.map(|(action, resource)| Question { action, resource }));
        if let What::Served(operation, _) = what
            && operation.spec.by_trust
        {
            let resource = prepared.resource(home);
            questions
                .extend(handed_on(caller).into_iter().map(|action| Question { action, resource: resource.clone() }));
        }
    }
    questions
}

/// `None` for what no policy can take away.
fn question(what: &What<'_>, home: &Scope) -> Option<Question> {
    match what {
        What::Served(operation, _) if operation.spec.always_allowed => None,
        What::Served(operation, prepared) => {
            Some(Question { action: operation.spec.action, resource: prepared.resource(home) })
        }
        What::Refused(refused) => Some(Question { action: refused.action, resource: "*".to_owned() }),
    }
}

fn held<'a>(caller: Option<&'a Caller>, snapshot: &'a Snapshot) -> Result<Held<'a>, Refusal> {
    let held = caller.map(|caller| caller.held(snapshot)).transpose();
    let broken = |unresolved: identity::Unresolved| Failure::Broken { what: unresolved.to_string() };
    Ok(held.map_err(|unresolved| Refusal::Failed(broken(unresolved)))?.unwrap_or_default())
}

/// What is said by the resource itself.
#[derive(Debug, Clone, Copy, Default)]
struct Says<'a> {
    /// The trust policy of the role that is asked for, where a role is.
    trust: Option<&'a Trust>,
    /// Its own policy.
    own: Option<&'a NamedPolicy>,
}

impl<'a> Says<'a> {
    fn layers(&self, held: Layers<'a>) -> Layers<'a> {
        match (self.trust, self.own) {
            (Some(trust), _) => trust.layers(held),
            (None, Some(own)) => Layers { resource: Some(Attached { name: &own.name, policy: &own.policy }), ..held },
            (None, None) => held,
        }
    }
}

/// SECURITY: whoever did not sign is nobody, and nobody may do what a policy has to allow.
fn ask(
    caller: Option<&Caller>,
    held: &Held<'_>,
    says: Says<'_>,
    question: &Question,
    keys: &Keys,
    master_key: &MasterKey,
) -> Result<(), Refusal> {
    let nobody = policy::Principal::Anonymous;
    let principal = caller.map_or(&nobody, Caller::principal);
    let action = Action::new(question.action);
    // Without an account there is no caller, and nothing is allowed whose the resource ever is.
    let owner = owner(&question.resource).or_else(|| principal.account());
    let Some(owner) = owner else { return Err(denied_to_nobody(&action)) };
    let known = says.trust.map(|trust| trust.known(principal));
    let request = RequestContext::new(known.as_ref().unwrap_or(principal), &action, &question.resource, owner, keys);
    let (layers, trust) = (says.layers(held.layers()), says.trust);
    let Some(told) = policy::evaluate(&request, &layers).denial(&request) else { return Ok(()) };
    // SECURITY: neither the words nor the message tell whether somebody else's role exists and whom it trusts.
    let message = match trust {
        Some(_) => format!(
            "User: {} is not authorized to perform: {} on resource: {}",
            principal.arn().unwrap_or_else(|| "anonymous".to_owned()),
            action.name(),
            question.resource
        ),
        None => told,
    };
    let may_know = trust.is_none() || principal.account() == Some(owner);
    let encoded = || why::sealed(master_key, &request, keys, &policy::explain(&request, &layers).record());
    Err(Refusal::AccessDenied { message, encoded: may_know.then(encoded).flatten() })
}

/// Most inputs tell a user, group or role by name alone; policies may name its path too.
fn true_arn(resource: String, snapshot: &Snapshot) -> String {
    let found = || {
        let (account, rest) = resource.strip_prefix("arn:aws:iam::")?.split_once(':')?;
        let (kind, path) = rest.split_once('/')?;
        // Where the input does tell a path, that is what is asked for.
        let name = Some(path).filter(|path| !path.contains('/'))?;
        let name = Name::new(AccountId::parse(account).ok()?, name);
        match kind {
            "user" => Some(&snapshot.users.get(&name)?.arn),
            "group" => Some(&snapshot.groups.get(&name)?.arn),
            "role" => Some(&snapshot.roles.get(&name)?.arn),
            _ => None,
        }
    };
    match found() {
        Some(arn) => arn.to_string(),
        None => resource,
    }
}

/// Adds `aws:ResourceTag/…` where a policy looks at it: only then are the tags read.
async fn with_tags(
    mut keys: Keys,
    held: &Held<'_>,
    question: &Question,
    service: &Service,
    scope: &Scope,
    ports: &Ports,
) -> Result<Keys, Refusal> {
    let own = format!("{}:ResourceTag/", service.name);
    if !held.mentions("aws:ResourceTag/") && !held.mentions(&own) {
        return Ok(keys);
    }
    let mut tx = Transaction::begin(ports.resources.as_ref(), Kind::Read).await.map_err(Refusal::Failed)?;
    let tags = (service.tags)(&question.resource, scope, &mut tx).await.map_err(Refusal::Failed)?;
    for (key, value) in tags {
        keys = keys.text(&format!("{own}{key}"), value.as_str()).text(&format!("aws:ResourceTag/{key}"), value);
    }
    Ok(keys)
}

fn denied_to_nobody(action: &Action) -> Refusal {
    let message = format!("User: anonymous is not authorized to perform: {}", action.name());
    Refusal::AccessDenied { message, encoded: None }
}

/// The account in an ARN. AWS leaves it out where the caller's own is meant, as in `arn:aws:apigateway:…::/restapis`.
fn owner(resource: &str) -> Option<AccountId> {
    AccountId::parse(resource.split(':').nth(4)?).ok()
}

fn keys(received: &Received, caller: Option<&Caller>, snapshot: &Snapshot) -> Keys {
    let circumstances = Circumstances {
        now: received.now,
        source: received.source,
        secure: received.secure,
        region: &snapshot.place.region,
        user_agent: received.header("user-agent"),
        referer: received.header("referer"),
    };
    circumstances.keys(caller)
}

#[cfg(test)]
mod tests {
    use base::id::RequestId;
    use base::{Region, Timestamp};
    use bytes::Bytes;
    use http::{HeaderMap, Method};
    use wire::{Schema, Value};

    use super::*;

    fn home() -> Scope {
        Scope { account: AccountId::parse("111111111111").unwrap(), region: Region::parse("eu-west-1").unwrap() }
    }

    fn asked(service: &Service, operation: &str, input: &[(&str, &str)]) -> Option<(&'static str, String)> {
        let members = input.iter().map(|(name, value)| ((*name).to_owned(), Value::Text((*value).to_owned())));
        let operation = service.operations.iter().find(|known| known.spec.name == operation).unwrap();
        let prepared = (operation.prepare)(Value::Map(members.collect())).unwrap();
        question(&What::Served(operation, prepared), &home()).map(|asked| (asked.action, asked.resource))
    }

    #[test]
    fn an_operation_asks_for_its_own_action_and_resource() {
        let (gateway, trail) = (apigateway::service(), cloudtrail::service());
        let arn = "arn:aws:apigateway:eu-west-1::/restapis";
        for (operation, input, action, resource) in [
            ("CreateRestApi", &[("name", "pets")][..], "apigateway:POST", arn.to_owned()),
            ("GetRestApi", &[("restApiId", "a1")], "apigateway:GET", format!("{arn}/a1")),
            ("UpdateRestApi", &[("restApiId", "a1")], "apigateway:PATCH", format!("{arn}/a1")),
            (
                "DeleteStage",
                &[("restApiId", "a1"), ("stageName", "prod")],
                "apigateway:DELETE",
                format!("{arn}/a1/stages/prod"),
            ),
        ] {
            assert_eq!(asked(&gateway, operation, input), Some((action, resource)), "{operation}");
        }
        let lookup = Some(("cloudtrail:LookupEvents", "*".to_owned()));
        assert_eq!(asked(&trail, "LookupEvents", &[]), lookup);
    }

    #[test]
    fn what_no_policy_can_take_away_is_not_asked() {
        assert_eq!(asked(&sts::service(), "GetCallerIdentity", &[]), None);
    }

    #[test]
    fn a_refused_operation_is_asked_for_too() {
        for service in [apigateway::service(), iam::service(), sts::service(), cloudtrail::service(), lambda::service()]
        {
            for refused in &service.refused {
                let expected = Question { action: refused.action, resource: "*".to_owned() };
                assert_eq!(question(&What::Refused(refused), &home()), Some(expected), "{}", refused.name);
            }
        }
    }

    /// The least that an operation takes.
    fn sample(schema: &'static Schema) -> Value {
        match schema.resolve() {
            Schema::Boolean => Value::Bool(false),
            Schema::Integer | Schema::Long => Value::Int(1),
            Schema::Double => Value::Float(1.0),
            Schema::String => Value::Text("a1".to_owned()),
            Schema::Enum(values) => Value::Text(values[0].to_owned()),
            Schema::Blob => Value::Blob(Vec::new()),
            Schema::Timestamp(_) => Value::Time(Timestamp::UNIX_EPOCH),
            Schema::Document | Schema::Link(_) => Value::Null,
            Schema::List(_) => Value::List(Vec::new()),
            Schema::Map(_) => Value::Map(Vec::new()),
            Schema::Structure(structure) => {
                let required = structure.members.iter().filter(|member| member.required);
                Value::Map(required.map(|member| (member.name.to_owned(), sample(member.schema))).collect())
            }
        }
    }

    fn snapshot() -> Snapshot {
        Snapshot::empty(snapshot::Place::new(home().region, "localhost"))
    }

    fn received() -> Received {
        Received {
            request_id: RequestId::random(),
            now: Timestamp::UNIX_EPOCH,
            source: std::net::IpAddr::from([10, 0, 0, 1]),
            secure: false,
            method: Method::GET,
            path: "/restapis".to_owned(),
            query: String::new(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    #[test]
    fn no_operation_is_done_for_nobody() {
        let (received, account) = (received(), home().account);
        let snapshot = snapshot();
        let root = identity::impersonate(&format!("arn:aws:iam::{account}:root"), &snapshot).unwrap();
        let (mut rows, master_key) = (0, MasterKey::random());
        for service in [
            apigateway::service(),
            iam::service(),
            sts::service(),
            cloudtrail::service(),
            installation::service(),
            lambda::service(),
        ] {
            let served = service.operations.iter().map(|known| {
                let prepared = (known.prepare)(sample(known.input)).expect(known.spec.name);
                (known.spec.name, What::Served(known, prepared))
            });
            let refused = service.refused.iter().map(|known| (known.name, What::Refused(known)));
            for (name, what) in served.chain(refused) {
                let Some(question) = question(&what, &home()) else {
                    let to_everybody = ["GetCallerIdentity", "GetSessionToken", "AssumeRoleWithWebIdentity"];
                    assert!(to_everybody.contains(&name), "{name}: AWS answers only these without asking policies");
                    continue;
                };
                let trust = match &what {
                    What::Served(operation, _) => operation.spec.by_trust.then(|| Trust::of("", &snapshot)),
                    What::Refused(_) => None,
                };
                let nobody = keys(&received, None, &snapshot);
                let denied = ask(
                    None,
                    &Held::default(),
                    Says { trust: trust.as_ref(), own: None },
                    &question,
                    &nobody,
                    &master_key,
                );
                assert!(matches!(denied, Err(Refusal::AccessDenied { .. })), "{name}: {denied:?}");
                let held = root.held(&snapshot).unwrap();
                let keys = keys(&received, Some(&root), &snapshot);
                let allowed =
                    ask(Some(&root), &held, Says { trust: trust.as_ref(), own: None }, &question, &keys, &master_key);
                assert_eq!(allowed.is_ok(), trust.is_none(), "{name}: nothing but trust binds the root user");
                rows += 1;
            }
        }
        assert!(rows > 190, "only {rows} operations were tried");
    }
}
