//! A web ACL: its rules, and what happens to a request that none of them decides.

use std::sync::Arc;

use serde_json::Value;

use super::rule::rules;
use super::{CustomResponse, DefaultAction, ResponseBodies, Rule, RuleAction, invalid, is_name, list, number, text};
use crate::invalid::Invalid;
use crate::label;
use crate::strict::{Members, choice};

const FIELD: &str = "WEB_ACL";
/// Members that decide, then those that only describe.
const KNOWN: [&str; 15] = [
    "Name",
    "DefaultAction",
    "Rules",
    "CustomResponseBodies",
    "CaptchaConfig",
    "ChallengeConfig",
    "TokenDomains",
    "AssociationConfig",
    "LabelNamespace",
    "Id",
    "ARN",
    "Description",
    "VisibilityConfig",
    "DataProtectionConfig",
    "Capacity",
];
const TOKEN_DOMAINS_MAX: usize = 10;

/// A web ACL as AWS's JSON has it. <https://docs.aws.amazon.com/waf/latest/APIReference/API_WebACL.html>
#[derive(Debug, Clone)]
pub struct WebAcl {
    /// `Name`.
    pub name: Arc<str>,
    /// Before its own labels: `awswaf:{account}:webacl:{name}:`. Absent where it is not known yet.
    pub label_namespace: Option<Arc<str>>,
    /// For a request that no rule decides.
    pub default_action: DefaultAction,
    /// By ascending priority.
    pub rules: Vec<Rule>,
    /// Bodies of custom responses by their keys.
    pub bodies: ResponseBodies,
    /// How long a solved puzzle counts, in seconds; 300 where AWS's document does not say.
    pub captcha_immunity_s: u32,
    /// How long a passed challenge counts, in seconds; 300 where AWS's document does not say.
    pub challenge_immunity_s: u32,
    /// Domains whose tokens are accepted besides the request's own host, in lower case.
    pub token_domains: Vec<Box<str>>,
    /// How much of a body is inspected: 16, 32, 48 or 64 KB.
    pub body_bytes_max: usize,
}

impl WebAcl {
    /// Reads AWS's `WebACL`. Members that only describe (`Id`, `ARN`, `Description`, …) may stand in it; any other is
    /// refused, since nothing here would act on it.
    pub fn parse(value: &Value) -> Result<WebAcl, Invalid> {
        let members = Members::read(value, FIELD, "WebACL", &KNOWN)?;
        let bodies = ResponseBodies::parse(members.get("CustomResponseBodies"))?;
        let rules = rules(members.get("Rules"), &bodies, super::rule::Home::WebAcl)?;
        overriding_bodies(&rules, &bodies)?;
        Ok(WebAcl {
            name: text(members.required("Name")?, FIELD, "Name", 128, is_name)?.into(),
            label_namespace: members.get("LabelNamespace").map(label::own_namespace).transpose()?,
            default_action: DefaultAction::parse(members.required("DefaultAction")?, &bodies)?,
            rules,
            captcha_immunity_s: captcha_immunity(members.get("CaptchaConfig"))?.unwrap_or(IMMUNITY_DEFAULT_S),
            challenge_immunity_s: challenge_immunity(members.get("ChallengeConfig"))?.unwrap_or(IMMUNITY_DEFAULT_S),
            token_domains: token_domains(members.get("TokenDomains"))?,
            body_bytes_max: body_bytes_max(members.get("AssociationConfig"))?,
            bodies,
        })
    }

    /// The ARNs it names, each once, in their order.
    pub fn references(&self) -> Vec<&str> {
        super::rule::references(&self.rules)
    }
}

/// A group's rule that is made to block answers with one of the web ACL's bodies, which must be there.
fn overriding_bodies(rules: &[Rule], bodies: &ResponseBodies) -> Result<(), Invalid> {
    let overrides = rules.iter().filter_map(|rule| rule.statement.overrides());
    for (_, action) in overrides.flat_map(|overrides| &overrides.actions) {
        if let RuleAction::Block(Some(CustomResponse { body: Some(key), .. })) = action
            && bodies.get(key).is_none()
        {
            return Err(invalid("CUSTOM_RESPONSE", &**key, "no custom response body has this key"));
        }
    }
    Ok(())
}

/// Where neither rule nor web ACL says: AWS's default.
const IMMUNITY_DEFAULT_S: u32 = 300;

/// `CaptchaConfig`: 60 seconds to three days.
pub(super) fn captcha_immunity(value: Option<&Value>) -> Result<Option<u32>, Invalid> {
    value.map(|value| immunity(value, "CaptchaConfig", 60)).transpose().map(Option::flatten)
}

/// `ChallengeConfig`: 300 seconds to three days.
pub(super) fn challenge_immunity(value: Option<&Value>) -> Result<Option<u32>, Invalid> {
    value.map(|value| immunity(value, "ChallengeConfig", 300)).transpose().map(Option::flatten)
}

fn immunity(value: &Value, parameter: &'static str, least_s: u64) -> Result<Option<u32>, Invalid> {
    const FIELD: &str = "CHALLENGE_CONFIG";
    const MOST_S: u64 = 259_200;
    let config = Members::read(value, FIELD, parameter, &["ImmunityTimeProperty"])?;
    let Some(property) = config.get("ImmunityTimeProperty") else { return Ok(None) };
    let property = Members::read(property, FIELD, "ImmunityTimeProperty", &["ImmunityTime"])?;
    let seconds = number(property.required("ImmunityTime")?, FIELD, "ImmunityTime", least_s..=MOST_S)?;
    Ok(u32::try_from(seconds).ok())
}

fn token_domains(value: Option<&Value>) -> Result<Vec<Box<str>>, Invalid> {
    const FIELD: &str = "TOKEN_DOMAIN";
    let Some(value) = value else { return Ok(Vec::new()) };
    let entries = list(value, FIELD, "TokenDomains")?;
    if entries.len() > TOKEN_DOMAINS_MAX {
        return Err(invalid(FIELD, entries.len().to_string(), "a web ACL takes at most 10 token domains"));
    }
    let allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '-' | '_');
    let mut domains = Vec::with_capacity(entries.len());
    for entry in entries {
        let domain = text(entry, FIELD, "TokenDomain", 253, allowed)?.to_ascii_lowercase();
        // SECURITY: a token for a whole top-level domain would belong to everybody in it.
        if domain.trim_matches('.') != domain || !domain.contains('.') || domain.contains("..") {
            return Err(invalid(FIELD, domain, "a token domain is a domain name below a top-level domain"));
        }
        domains.push(domain.into());
    }
    Ok(domains)
}

/// What API Gateway inspects of a body unless the web ACL asks for more.
/// <https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-setting-body-inspection-limit.html>
const BODY_DEFAULT_BYTES: usize = 16 * 1024;

fn body_bytes_max(value: Option<&Value>) -> Result<usize, Invalid> {
    const FIELD: &str = "ASSOCIATED_RESOURCE_TYPE";
    const OTHERS: [&str; 6] = [
        "CLOUDFRONT",
        "COGNITO_USER_POOL",
        "APP_RUNNER_SERVICE",
        "VERIFIED_ACCESS_INSTANCE",
        "AGENTCORE_GATEWAY",
        "APPLICATION_LOAD_BALANCER",
    ];
    const SIZES: [(&str, usize); 4] =
        [("KB_16", BODY_DEFAULT_BYTES), ("KB_32", 32 * 1024), ("KB_48", 48 * 1024), ("KB_64", 64 * 1024)];
    let Some(value) = value else { return Ok(BODY_DEFAULT_BYTES) };
    let config = Members::read(value, FIELD, "AssociationConfig", &["RequestBody"])?;
    let Some(bodies) = config.get("RequestBody") else { return Ok(BODY_DEFAULT_BYTES) };
    let mut known = OTHERS.to_vec();
    known.push("API_GATEWAY");
    let bodies = Members::read(bodies, FIELD, "RequestBody", &known)?;
    let Some(ours) = bodies.get("API_GATEWAY") else { return Ok(BODY_DEFAULT_BYTES) };
    let ours = Members::read(ours, FIELD, "API_GATEWAY", &["DefaultSizeInspectionLimit"])?;
    choice(ours.required("DefaultSizeInspectionLimit")?, FIELD, &SIZES)
}
