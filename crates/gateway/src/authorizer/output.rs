//! What an authorizer's function answers, read strictly: whatever is not as AWS documents it lets nobody in.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html>

use std::sync::Arc;

use base::Secret;
use base::limits::{AUTHORIZER_ANSWER_BYTES_MAX, AUTHORIZER_RESOURCE_CHARS_MAX};
use policy::{Kind, Policy};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// What an authorizer said of a caller.
#[derive(Debug)]
pub(crate) struct Grant {
    principal_id: Arc<str>,
    policy: Policy,
    context: Box<[(Arc<str>, Arc<str>)]>,
    usage_identifier_key: Option<Secret<String>>,
    bytes: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Output<'a> {
    principal_id: Option<Value>,
    #[serde(borrow)]
    policy_document: Option<&'a RawValue>,
    context: Option<Map<String, Value>>,
    usage_identifier_key: Option<Value>,
}

impl Grant {
    /// Reads an answer. An error says what is wrong with it, for the authorizer's owner.
    pub(crate) fn read(payload: &[u8]) -> Result<Self, String> {
        if payload.len() > AUTHORIZER_ANSWER_BYTES_MAX {
            return Err(format!("it has {} bytes, more than {AUTHORIZER_ANSWER_BYTES_MAX}", payload.len()));
        }
        // The library would take a list for an object.
        if payload.trim_ascii_start().first() != Some(&b'{') {
            return Err("it is no answer: no JSON object".to_owned());
        }
        let output: Output<'_> =
            serde_json::from_slice(payload).map_err(|fault| format!("it is no answer: {fault}"))?;
        let principal_id = match output.principal_id {
            Some(Value::String(text)) if !text.is_empty() => text.into(),
            Some(_) => return Err("`principalId` is not a text that says something".to_owned()),
            None => return Err("it has no `principalId`".to_owned()),
        };
        let document = output.policy_document.ok_or("it has no `policyDocument`")?.get();
        let policy =
            Policy::parse(document, Kind::Identity).map_err(|fault| format!("`policyDocument`: {}", fault.detail()))?;
        check_resources(document)?;
        let usage_identifier_key = match output.usage_identifier_key {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(Secret::new(text)),
            Some(_) => return Err("`usageIdentifierKey` is not a text".to_owned()),
        };
        Ok(Self {
            principal_id,
            policy,
            context: context(output.context.unwrap_or_default())?,
            usage_identifier_key,
            bytes: payload.len(),
        })
    }

    /// Who asks, in the authorizer's words.
    pub(crate) fn principal_id(&self) -> &str {
        &self.principal_id
    }

    /// The API key's value that the authorizer chose.
    pub(crate) fn usage_identifier_key(&self) -> Option<&Secret<String>> {
        self.usage_identifier_key.as_ref()
    }

    /// What else it says, as texts.
    pub(crate) fn context(&self) -> impl Iterator<Item = (&str, &str)> {
        self.context.iter().map(|(key, value)| (&**key, &**value))
    }

    /// One value of it, also `principalId`.
    pub(crate) fn value(&self, key: &str) -> Option<&str> {
        match key {
            "principalId" => Some(&self.principal_id),
            key => self.context().find(|(known, _)| *known == key).map(|(_, value)| value),
        }
    }

    /// What the caller may call.
    pub(crate) fn policy(&self) -> &Policy {
        &self.policy
    }

    /// About what it takes to keep it: a compiled policy is a few times as long as its text.
    pub(crate) fn weight(&self) -> usize {
        weight_of(self.bytes)
    }

    /// What the longest answer takes.
    pub(crate) const WEIGHT_MAX: usize = weight_of(AUTHORIZER_ANSWER_BYTES_MAX);
}

const fn weight_of(bytes: usize) -> usize {
    bytes * 4 + 512
}

/// Names and texts.
type Context = Box<[(Arc<str>, Arc<str>)]>;

/// AWS takes texts, numbers and booleans, and turns all of them into texts.
fn context(said: Map<String, Value>) -> Result<Context, String> {
    let text = |(key, value): (String, Value)| {
        let value = match value {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => {
                let key: String = key.chars().take(64).collect();
                return Err(format!("`context.{key}` is neither a text nor a number nor a boolean"));
            }
        };
        Ok((key.into(), value.into()))
    };
    said.into_iter().map(text).collect()
}

/// A resource is at most 512 characters long.
fn check_resources(document: &str) -> Result<(), String> {
    if document.len() <= AUTHORIZER_RESOURCE_CHARS_MAX {
        return Ok(());
    }
    let document: Value = serde_json::from_str(document).map_err(|fault| format!("`policyDocument`: {fault}"))?;
    let statements = match &document["Statement"] {
        Value::Array(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    let texts = statements.iter().flat_map(|statement| ["Resource", "NotResource"].map(|name| &statement[name]));
    let too_long = |value: &Value| match value {
        Value::String(text) => text.chars().count() > AUTHORIZER_RESOURCE_CHARS_MAX,
        Value::Array(list) => {
            list.iter().filter_map(Value::as_str).any(|text| text.chars().count() > AUTHORIZER_RESOURCE_CHARS_MAX)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => false,
    };
    if texts.into_iter().any(too_long) {
        return Err(format!("a resource in it is longer than {AUTHORIZER_RESOURCE_CHARS_MAX} characters"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn policy() -> Value {
        json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*:*:a1/*"},
        ]})
    }

    fn read(output: &Value) -> Result<Grant, String> {
        Grant::read(output.to_string().as_bytes())
    }

    #[test]
    fn an_answer_says_who_asks_and_what_they_may() {
        let grant = read(&json!({
            "principalId": "me", "policyDocument": policy(), "usageIdentifierKey": "key", "more": {},
            "context": {"text": "a", "number": 1.5, "whole": 7, "flag": true},
        }));
        let grant = grant.expect("a good answer");
        let said: Vec<_> = grant.context().collect();
        assert_eq!(said, [("flag", "true"), ("number", "1.5"), ("text", "a"), ("whole", "7")]);
        assert_eq!((grant.principal_id(), grant.value("principalId"), grant.value("none")), ("me", Some("me"), None));
        assert_eq!(grant.usage_identifier_key().map(|key| key.expose().as_str()), Some("key"));
        assert!(!format!("{grant:?}").contains("\"key\""));
    }

    #[test]
    fn whatever_is_not_as_documented_lets_nobody_in() {
        let good = json!({"principalId": "me", "policyDocument": policy()});
        assert!(read(&good).is_ok());
        for (member, value, why) in [
            ("principalId", json!(""), "principalId"),
            ("principalId", json!(7), "principalId"),
            ("principalId", json!(null), "principalId"),
            ("policyDocument", json!(null), "policyDocument"),
            ("policyDocument", json!({}), "policyDocument"),
            ("policyDocument", json!("{}"), "policyDocument"),
            ("policyDocument", json!({"Version": "2012-10-17", "Statement": []}), "policyDocument"),
            (
                "policyDocument",
                json!({"Statement": [{"Effect": "Maybe", "Action": "*", "Resource": "*"}]}),
                "policyDocument",
            ),
            ("context", json!({"a": {}}), "context.a"),
            ("context", json!({"a": ["b"]}), "context.a"),
            ("context", json!({"a": null}), "context.a"),
            ("context", json!(["a"]), "no answer"),
            ("usageIdentifierKey", json!(7), "usageIdentifierKey"),
        ] {
            let mut output = good.clone();
            output[member] = value.clone();
            let fault = read(&output).map(|_| ()).expect_err(member);
            assert!(fault.contains(why), "{member} {value}: {fault}");
        }
        for text in ["", "null", "[]", "\"me\"", "{", "{}", "{\"principalId\":\"a\",\"principalId\":\"b\"}", "\u{0}"] {
            assert!(Grant::read(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn an_answer_is_bounded() {
        let mut output = json!({"principalId": "me", "policyDocument": policy()});
        output["context"] = json!({"huge": "x".repeat(AUTHORIZER_ANSWER_BYTES_MAX)});
        assert!(read(&output).map(|_| ()).expect_err("huge").contains("more than"));
        let mut output = json!({"principalId": "me", "policyDocument": policy()});
        output["policyDocument"]["Statement"][0]["Resource"] =
            json!(["*", format!("arn:aws:execute-api:*:*:{}", "x".repeat(512))]);
        assert!(read(&output).map(|_| ()).expect_err("long").contains("512"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_an_answer_or_none(
            bytes in prop::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,40}", deep in 0usize..300,
        ) {
            let _ = Grant::read(&bytes);
            let mut output = json!({"principalId": text.clone(), "policyDocument": policy()});
            output["context"] = json!({text.clone(): text.clone()});
            prop_assert_eq!(read(&output).is_ok(), !text.is_empty());
            let _ = Grant::read(format!("{{\"context\":{}", "[".repeat(deep)).as_bytes());
        }
    }
}
