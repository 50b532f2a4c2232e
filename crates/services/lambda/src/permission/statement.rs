//! One permission as a statement of the policy language, in AWS's own form.

use base::{AccountId, Arn};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::add::Input;
use crate::error::Error;

/// A statement, with its members in AWS's order.
#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement<'a> {
    sid: &'a str,
    effect: &'static str,
    principal: Value,
    action: &'a str,
    resource: &'a str,
    #[serde(skip_serializing_if = "Map::is_empty")]
    condition: Map<String, Value>,
}

/// The statement that an input asks for, on `resource`.
pub(super) fn of(input: &Input, resource: &str) -> Result<String, Error> {
    refuse_unenforced(input)?;
    let (sid, action) = (id(&input.statement_id)?, action(&input.action)?);
    let statement = Statement {
        sid,
        effect: "Allow",
        principal: principal(&input.principal)?,
        action,
        resource,
        condition: condition(input)?,
    };
    Ok(serde_json::to_string(&statement).expect("plain data is JSON"))
}

/// SECURITY: a condition that nothing here ever meets, or that is about something that does not exist, is refused, so that
/// nobody believes in it.
fn refuse_unenforced(input: &Input) -> Result<(), Error> {
    for (is_set, property) in [
        (input.event_source_token.is_some(), "EventSourceToken"),
        (input.principal_org_id.is_some(), "PrincipalOrgID"),
        (input.function_url_auth_type.is_some(), "FunctionUrlAuthType"),
        (input.invoked_via_function_url.is_some(), "InvokedViaFunctionUrl"),
    ] {
        if is_set {
            return Err(Error::not_enforced(property));
        }
    }
    Ok(())
}

pub(super) fn id(text: &str) -> Result<&str, Error> {
    if crate::name::is_word(text, 100) {
        return Ok(text);
    }
    Err(Error::form("statementId", text, "Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)"))
}

fn action(text: &str) -> Result<&str, Error> {
    let letters = |name: &str| !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic());
    let of_lambda = text.strip_prefix("lambda:").is_some_and(|name| name == "*" || letters(name));
    if (of_lambda || text == "*") && text.len() <= 128 {
        return Ok(text);
    }
    let constraint = "Member must satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])";
    Err(Error::form("action", text, constraint))
}

/// Everybody, a service, an account, or somebody by ARN.
fn principal(text: &str) -> Result<Value, Error> {
    let invalid = || Error::invalid("The provided principal was invalid. Please check the principal and try again.");
    if text == "*" {
        return Ok(json!("*"));
    }
    if let Ok(account) = AccountId::parse(text) {
        return Ok(json!({"AWS": format!("arn:aws:iam::{account}:root")}));
    }
    if text.starts_with("arn:") {
        let arn = Arn::parse(text).map_err(|_| invalid())?;
        let whole = !text.contains(['*', '?']) && matches!(arn.service.as_str(), "iam" | "sts");
        return if whole { Ok(json!({"AWS": text})) } else { Err(invalid()) };
    }
    let is_service = text.len() <= 128
        && text.contains('.')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-'));
    if is_service { Ok(json!({"Service": text})) } else { Err(invalid()) }
}

fn condition(input: &Input) -> Result<Map<String, Value>, Error> {
    let mut condition = Map::new();
    if let Some(account) = &input.source_account {
        if AccountId::parse(account).is_err() {
            let constraint = "Member must satisfy regular expression pattern: \\d{12}";
            return Err(Error::form("sourceAccount", account.as_str(), constraint));
        }
        condition.insert("StringEquals".to_owned(), json!({"AWS:SourceAccount": account}));
    }
    if let Some(arn) = &input.source_arn {
        if Arn::parse(arn).is_err() || arn.len() > 1024 || arn.chars().any(char::is_control) {
            let constraint = "Member must satisfy regular expression pattern: arn:(aws[a-zA-Z0-9-]*):([a-zA-Z0-9\\-])+:([a-z]{2}(-gov)?-[a-z]+-\\d{1})?:(\\d{12})?:(.*)";
            return Err(Error::form("sourceArn", arn.as_str(), constraint));
        }
        condition.insert("ArnLike".to_owned(), json!({"AWS:SourceArn": arn}));
    }
    Ok(condition)
}
