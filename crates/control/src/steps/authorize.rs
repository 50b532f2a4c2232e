//! Authorize: every operation asks the policy engine with its action and ARN.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

use base::Scope;
use operation::{Installation, Prepared, Principal, Registered, Service};
use policy::{Action, Keys, Layers, RequestContext};

use super::decode::{Decoded, What};
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
    // Only this step makes one.
    _made_here: (),
}

/// Decides; `resources` gets what the call touches, for its record.
pub(crate) fn decide<'c>(
    call: Decoded<'c>,
    installation: &Installation,
    resources: &mut Vec<(String, String)>,
) -> Result<Authorized<'c>, Refusal> {
    let Decoded { received, service, principal, what, .. } = call;
    let home = Scope { account: principal.account(), region: installation.region.clone() };
    let scope = if service.global { home.global() } else { home.clone() };
    if let What::Served(_, prepared) = &what {
        *resources = prepared.audited();
    }
    if let Some(Question { action, resource }) = question(&what, &home) {
        ask(received, &principal, action, &resource)?;
    }
    match what {
        What::Served(operation, prepared) => {
            Ok(Authorized { received, service, principal, operation, prepared, scope, _made_here: () })
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

fn ask(received: &Received, principal: &Principal, action: &'static str, resource: &str) -> Result<(), Refusal> {
    let caller = match principal {
        Principal::Root { account, .. } => policy::Principal::Root { account: *account },
        // SECURITY: jobs have no way in here; should one ever come, it is nobody.
        Principal::System { .. } => policy::Principal::Anonymous,
    };
    let action = Action::new(action);
    let keys = keys(received, &caller);
    let request = RequestContext::new(&caller, &action, resource, principal.account(), &keys);
    // No user, group, role or organization exists yet: root is judged with no policy attached.
    let decision = policy::evaluate(&request, &Layers::default());
    match decision.denial(&request) {
        None => Ok(()),
        Some(message) => Err(Refusal::AccessDenied { message }),
    }
}

fn keys(received: &Received, caller: &policy::Principal) -> Keys {
    let mut keys = Keys::new()
        .now(received.now)
        .address("aws:SourceIp", received.source)
        .boolean("aws:SecureTransport", received.secure);
    if let Some(agent) = received.header("user-agent") {
        keys = keys.text("aws:UserAgent", agent);
    }
    caller.add_keys(keys)
}

#[cfg(test)]
mod tests {
    use base::id::{AccessKeyId, RequestId};
    use base::{AccountId, Region, Timestamp};
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
        for service in [apigateway::service(), sts::service(), cloudtrail::service()] {
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
    fn no_operation_is_done_for_a_principal_without_permission() {
        let (received, account) = (received(), home().account);
        let root = Principal::Root { account, access_key: AccessKeyId::parse("AKIAROOT").unwrap() };
        let nobody = Principal::System { account, job: "nobody" };
        let mut rows = 0;
        for service in [apigateway::service(), sts::service(), cloudtrail::service(), installation::service()] {
            let served = service.operations.iter().map(|known| {
                let prepared = (known.prepare)(sample(known.input)).expect(known.spec.name);
                (known.spec.name, What::Served(known, prepared))
            });
            let refused = service.refused.iter().map(|known| (known.name, What::Refused(known)));
            for (name, what) in served.chain(refused) {
                let Some(Question { action, resource }) = question(&what, &home()) else {
                    assert_eq!(name, "GetCallerIdentity", "AWS answers only this one to everybody");
                    continue;
                };
                let denied = ask(&received, &nobody, action, &resource);
                assert!(matches!(denied, Err(Refusal::AccessDenied { .. })), "{name}: {denied:?}");
                assert!(ask(&received, &root, action, &resource).is_ok(), "{name}");
                rows += 1;
            }
        }
        assert!(rows > 190, "only {rows} operations were tried");
    }

    #[test]
    fn root_is_allowed_and_the_system_has_no_way_in() {
        let received = received();
        let account = home().account;
        let root = Principal::Root { account, access_key: AccessKeyId::parse("AKIAROOT").unwrap() };
        let system = Principal::System { account, job: "audit-retention" };
        let arn = "arn:aws:apigateway:eu-west-1::/restapis";
        assert!(ask(&received, &root, "apigateway:GET", arn).is_ok());
        let denied = ask(&received, &system, "apigateway:GET", arn);
        assert!(matches!(denied, Err(Refusal::AccessDenied { .. })), "{denied:?}");
    }
}
