//! An API's resource policy: who may call it from where.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies.html>
//!
//! AWS takes abbreviated resources (`execute-api:/prod/GET/pets`) and stores whole ARNs of the one API; so do we, and the
//! engine that will enforce the policy reads it before it is stored.

use std::collections::BTreeMap;

use base::Scope;
use base::id::RestApiId;
use operation::{Call, Failure, named_principals};
use policy::{Kind, Policy, characters};
use serde_json::Value;

use crate::error::Error;

/// AWS's quota, in characters without white space.
const CHARACTERS_MAX: usize = 8192;

/// Reads a policy for an API; `None` takes it away. AWS also takes the document with its quotes escaped, as it answers it.
pub(crate) fn read(text: &str, api: &RestApiId, scope: &Scope) -> Result<Option<String>, Error> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    if text.len() > 16 * CHARACTERS_MAX || characters(text) > CHARACTERS_MAX {
        return Err(Error::LimitExceeded(format!("The resource policy is longer than {CHARACTERS_MAX} characters")));
    }
    let unescaped = unescape(text);
    let text = unescaped.as_deref().unwrap_or(text);
    let mut document: Value = serde_json::from_str(text).map_err(|fault| malformed(&fault))?;
    let place = format!("arn:aws:execute-api:{}:{}:{api}/", scope.region, scope.account);
    // The engine refuses doubled members, which a JSON value would quietly lose: it reads the text itself too.
    let whole = text.replace("\\/", "/").replace("\"execute-api:/", &format!("\"{place}"));
    Policy::parse(&whole, Kind::Resource).map_err(|fault| malformed(&fault))?;
    expand(&mut document, &place);
    let stored = document.to_string();
    let policy = Policy::parse(&stored, Kind::Resource).map_err(|fault| malformed(&fault))?;
    // SECURITY: a denial by a key that nothing ever sets would deny nobody.
    if let Some(key) = identity::silently_open(&policy) {
        return Err(Error::not_enforced(format!("a resource policy that relies on the condition key `{key}`")));
    }
    Ok(Some(stored))
}

/// The ids of those whom a policy names. Whoever does not exist cannot be named.
pub(crate) async fn ids(call: &mut Call<'_>, policy: Option<&str>) -> Result<BTreeMap<String, String>, Failure> {
    let Some(policy) = policy else { return Ok(BTreeMap::new()) };
    let ids = named_principals::ids(&mut call.tx, call.scope.account, policy).await?;
    ids.map_err(|nobody| malformed(&nobody).into())
}

/// The policy as AWS answers it: with quotes and slashes escaped once more, which clients undo.
pub(crate) fn escaped(policy: &str) -> String {
    policy.replace('\\', "\\\\").replace('"', "\\\"").replace('/', "\\/")
}

/// What AWS asks for besides the right to change the API, for the document `arn` stands for.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-create-attach.html>
pub(crate) fn permission(arn: String) -> (&'static str, String) {
    ("apigateway:UpdateRestApiPolicy", arn)
}

fn unescape(text: &str) -> Option<String> {
    if !text.trim_start().starts_with("{\\\"") && !text.trim_start().starts_with("{ \\\"") {
        return None;
    }
    serde_json::from_str(&format!("\"{}\"", text.trim().replace('\n', " "))).ok()
}

fn malformed(fault: &dyn std::fmt::Display) -> Error {
    Error::bad_request(format!(
        "Invalid policy document. Please check the policy syntax and ensure that Principals are valid. ({fault})"
    ))
}

/// Rewrites abbreviated resources of every statement.
fn expand(document: &mut Value, place: &str) {
    let statements = match document.get_mut("Statement") {
        Some(Value::Array(statements)) => statements.iter_mut().collect(),
        Some(statement) => vec![statement],
        None => Vec::new(),
    };
    for statement in statements {
        for element in ["Resource", "NotResource"] {
            match statement.get_mut(element) {
                Some(Value::Array(resources)) => resources.iter_mut().for_each(|resource| expand_one(resource, place)),
                Some(resource) => expand_one(resource, place),
                None => {}
            }
        }
    }
}

fn expand_one(resource: &mut Value, place: &str) {
    if let Value::String(text) = resource
        && let Some(rest) = text.strip_prefix("execute-api:/")
    {
        *text = format!("{place}{rest}");
    }
}

#[cfg(test)]
mod tests {
    use base::{AccountId, Region};
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read_here(text: &str) -> Result<Option<String>, Error> {
        let scope =
            Scope { account: AccountId::parse("123456789012").unwrap(), region: Region::parse("eu-west-1").unwrap() };
        read(text, &RestApiId::parse("a1").unwrap(), &scope)
    }

    fn statement(more: &Value) -> String {
        let mut statement = json!({"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke"});
        statement.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
    }

    #[test]
    fn an_abbreviated_resource_becomes_a_whole_arn_of_this_api() {
        let whole = "arn:aws:execute-api:eu-west-1:123456789012:a1/prod/GET/pets";
        let given = statement(&json!({"Resource": ["execute-api:/prod/GET/pets", "execute-api:/*"]}));
        let stored: Value = serde_json::from_str(&read_here(&given).unwrap().unwrap()).unwrap();
        let resources = json!([whole, "arn:aws:execute-api:eu-west-1:123456789012:a1/*"]);
        assert_eq!(stored["Statement"][0]["Resource"], resources);
        let again = read_here(&stored.to_string()).unwrap().unwrap();
        assert_eq!(serde_json::from_str::<Value>(&again).unwrap(), stored, "what is stored is stored again unchanged");
    }

    #[test]
    fn what_was_answered_can_be_sent_back() {
        let stored = read_here(&statement(&json!({"Resource": "execute-api:/*"}))).unwrap().unwrap();
        let answered = escaped(&stored);
        assert!(answered.contains(r#"{\"Statement\""#) && answered.contains(r"\/*"), "{answered}");
        assert_eq!(read_here(&answered).unwrap().unwrap(), stored);
    }

    #[test]
    fn nothing_takes_the_policy_away() {
        assert_eq!(read_here(""), Ok(None));
        assert_eq!(read_here(" \n"), Ok(None));
    }

    #[test]
    fn what_the_engine_cannot_read_is_refused() {
        for bad in [
            "{}".to_owned(),
            "[]".to_owned(),
            "nonsense".to_owned(),
            statement(&json!({"Resource": "execute-api:/*", "Effect": "Permit"})),
            statement(&json!({"Resource": "execute-api:/*", "Principal": {"AWS": "bob"}})),
            statement(&json!({"Resource": "execute-api:/*", "Condition": {"Nope": {"aws:SourceIp": "10.0.0.0/8"}}})),
            statement(&json!({"Resource": "execute-api:/*"})).replacen(
                "\"Effect\"",
                "\"Effect\":\"Deny\",\"Effect\"",
                1,
            ),
            statement(&json!({})),
        ] {
            let refused = read_here(&bad);
            assert!(
                matches!(&refused, Err(Error::BadRequest(text)) if text.starts_with("Invalid policy document.")),
                "{bad}: {refused:?}"
            );
        }
        let long = statement(&json!({"Resource": "execute-api:/*", "Sid": "x".repeat(9000)}));
        assert!(matches!(read_here(&long), Err(Error::LimitExceeded(_))));
    }

    proptest! {
        #[test]
        fn any_text_is_a_policy_or_an_error(text in r#"[{}\[\]":,/\\ a-z*]{0,60}"#) {
            let _ = read_here(&text);
        }
    }
}
