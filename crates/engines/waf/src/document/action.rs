//! Actions: what a rule, or a web ACL by default, does with a request.

use std::sync::Arc;

use serde_json::Value;

use super::response::headers;
use super::{CustomResponse, ResponseBodies};
use crate::invalid::Invalid;
use crate::strict::Members;

const FIELD: &str = "RULE_ACTION";

/// A rule's action. <https://docs.aws.amazon.com/waf/latest/APIReference/API_RuleAction.html>
#[derive(Debug, Clone)]
pub enum RuleAction {
    /// Ends the evaluation: the request travels on, with these headers.
    Allow(Vec<InsertedHeader>),
    /// Ends the evaluation: the request is refused, with this answer or API Gateway's own.
    Block(Option<CustomResponse>),
    /// Goes on; the headers are inserted if the request is allowed in the end.
    Count(Vec<InsertedHeader>),
    /// Ends the evaluation unless the request's token says that a puzzle was solved.
    Captcha(Vec<InsertedHeader>),
    /// Ends the evaluation unless the request's token says that a challenge was passed.
    Challenge(Vec<InsertedHeader>),
}

impl RuleAction {
    pub(super) fn parse(value: &Value, bodies: &ResponseBodies) -> Result<RuleAction, Invalid> {
        const KNOWN: [&str; 5] = ["Allow", "Block", "Count", "Captcha", "Challenge"];
        let (name, value) = Members::read(value, FIELD, "Action", &KNOWN)?.only()?;
        Ok(match name {
            "Block" => RuleAction::Block(custom_response(value, bodies)?),
            "Allow" => RuleAction::Allow(inserted(value)?),
            "Count" => RuleAction::Count(inserted(value)?),
            "Captcha" => RuleAction::Captcha(inserted(value)?),
            _ => RuleAction::Challenge(inserted(value)?),
        })
    }

    /// As records name it.
    pub fn name(&self) -> &'static str {
        match self {
            RuleAction::Allow(_) => "ALLOW",
            RuleAction::Block(_) => "BLOCK",
            RuleAction::Count(_) => "COUNT",
            RuleAction::Captcha(_) => "CAPTCHA",
            RuleAction::Challenge(_) => "CHALLENGE",
        }
    }
}

/// What happens to a request that no rule decides.
#[derive(Debug, Clone)]
pub enum DefaultAction {
    /// It travels on, with these headers.
    Allow(Vec<InsertedHeader>),
    /// It is refused, with this answer or API Gateway's own.
    Block(Option<CustomResponse>),
}

impl DefaultAction {
    pub(super) fn parse(value: &Value, bodies: &ResponseBodies) -> Result<DefaultAction, Invalid> {
        const FIELD: &str = "DEFAULT_ACTION";
        let (name, value) = Members::read(value, FIELD, "DefaultAction", &["Allow", "Block"])?.only()?;
        Ok(match name {
            "Allow" => DefaultAction::Allow(inserted(value)?),
            _ => DefaultAction::Block(custom_response(value, bodies)?),
        })
    }
}

/// A header for the integration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsertedHeader {
    /// With AWS's prefix: `x-amzn-waf-…`, in lower case.
    pub name: Arc<str>,
    /// Its value.
    pub value: Arc<str>,
}

fn inserted(value: &Value) -> Result<Vec<InsertedHeader>, Invalid> {
    const FIELD: &str = "CUSTOM_REQUEST_HANDLING";
    let action = Members::read(value, FIELD, "Action", &["CustomRequestHandling"])?;
    let Some(handling) = action.get("CustomRequestHandling") else { return Ok(Vec::new()) };
    let handling = Members::read(handling, FIELD, "CustomRequestHandling", &["InsertHeaders"])?;
    let headers = headers(handling.required("InsertHeaders")?, FIELD, "InsertHeaders")?;
    let prefixed = headers.into_iter().map(|(name, value)| InsertedHeader {
        // The prefix keeps a rule from replacing a header that the client sent.
        name: format!("x-amzn-waf-{}", name.to_ascii_lowercase()).into(),
        value: value.into(),
    });
    Ok(prefixed.collect())
}

fn custom_response(value: &Value, bodies: &ResponseBodies) -> Result<Option<CustomResponse>, Invalid> {
    let action = Members::read(value, "CUSTOM_RESPONSE", "Block", &["CustomResponse"])?;
    action.get("CustomResponse").map(|response| CustomResponse::parse(response, bodies)).transpose()
}
