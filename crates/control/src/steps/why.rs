//! Why: the decision behind a denial in AWS's form, sealed for `sts:DecodeAuthorizationMessage`.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html>

use base::seal::MasterKey;
use model::iam::authorization_message;
use policy::{DecisionRecord, Effect, Keys, Outcome, Principal, RequestContext, StatementRecord};
use serde_json::{Map, Value, json};

/// Values of one condition key that are told.
const VALUES_MAX: usize = 16;

/// The sealed message; none for callers without an account, and none where not even the least fits.
pub(super) fn sealed(
    master_key: &MasterKey,
    request: &RequestContext<'_>,
    keys: &Keys,
    record: &DecisionRecord,
) -> Option<String> {
    let account = request.principal().account()?;
    let whole = document(request, Some(keys), record, Failures::Told);
    let less = || document(request, Some(keys), record, Failures::Untold);
    let least = || document(request, None, record, Failures::Untold);
    let seal = |document: Value| authorization_message::seal(master_key, account, &document.to_string());
    seal(whole).or_else(|| seal(less())).or_else(|| seal(least()))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failures {
    Told,
    Untold,
}

fn document(request: &RequestContext<'_>, keys: Option<&Keys>, record: &DecisionRecord, failures: Failures) -> Value {
    let denies = record.outcome == Outcome::ExplicitDeny;
    let matched = record.statements.iter().filter(|_| denies).map(|statement| matched(statement, request));
    let failed = record.others.iter().filter(|_| failures == Failures::Told).map(|trace| {
        let effect = effect(trace.effect);
        json!({ "statementId": id(&trace.statement), "effect": effect, "value": trace.to_string() })
    });
    json!({
        "allowed": false,
        "explicitDeny": denies,
        "matchedStatements": items(matched),
        "failures": items(failed),
        "context": {
            "principal": principal(request.principal()),
            "action": request.action().name(),
            "resource": request.resource(),
            "conditions": items(keys.into_iter().flat_map(Keys::each).map(|(key, values)| {
                json!({ "key": key, "values": items(values.take(VALUES_MAX).map(|value| json!({ "value": value }))) })
            })),
        },
        "reason": record.to_string(),
    })
}

fn matched(statement: &StatementRecord, request: &RequestContext<'_>) -> Value {
    json!({
        "statementId": id(statement),
        "effect": effect(Effect::Deny),
        "policy": statement.policy,
        "principals": items(principal(request.principal()).get("id").map(|id| json!({ "value": id })).into_iter()),
        "principalGroups": items(std::iter::empty()),
    })
}

fn id(statement: &StatementRecord) -> String {
    statement.sid.clone().unwrap_or_else(|| (statement.index + 1).to_string())
}

fn effect(effect: Effect) -> &'static str {
    match effect {
        Effect::Allow => "ALLOW",
        Effect::Deny => "DENY",
    }
}

fn items(items: impl Iterator<Item = Value>) -> Value {
    json!({ "items": items.collect::<Vec<_>>() })
}

fn principal(principal: &Principal) -> Value {
    let mut told = Map::new();
    let mut tell = |key: &str, value: &str| told.insert(key.to_owned(), json!(value));
    match principal {
        Principal::User { id, name, .. } => {
            tell("id", id);
            tell("name", name);
        }
        Principal::AssumedRole { id, session, .. } => {
            tell("id", &format!("{id}:{session}"));
        }
        Principal::Root { account } => {
            tell("id", account.as_str());
        }
        Principal::FederatedUser { .. }
        | Principal::Anonymous
        | Principal::Service { .. }
        | Principal::Federated { .. } => {}
    }
    if let Some(arn) = principal.arn() {
        tell("arn", &arn);
    }
    Value::Object(told)
}
