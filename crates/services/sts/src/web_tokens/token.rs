//! A provider's token, taken apart; nothing in it is true yet.

use base::limits::WEB_IDENTITY_TOKEN_BYTES_MAX;
use jwt::{Claims, Jws, Refusal};
use operation::Untrue;
use serde::Deserialize;
use serde_json::Value;

/// A token's parts.
#[derive(Debug)]
pub(super) struct Token<'a> {
    pub(super) jws: Jws<'a>,
    pub(super) claims: Claims,
    pub(super) own: Own,
}

/// The claims that only AWS reads.
#[derive(Debug, Deserialize)]
pub(super) struct Own {
    pub(super) azp: Option<String>,
    pub(super) amr: Option<Many>,
    #[serde(rename = "https://aws.amazon.com/tags")]
    pub(super) tags: Option<Tags>,
    #[serde(rename = "https://aws.amazon.com/source_identity")]
    pub(super) source_identity: Option<String>,
}

/// One text or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Many {
    One(String),
    Several(Vec<String>),
}

/// Session tags. <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-idp>
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Tags {
    #[serde(default)]
    pub(super) principal_tags: std::collections::BTreeMap<String, Many>,
    #[serde(default)]
    pub(super) transitive_tag_keys: Vec<String>,
}

impl Many {
    pub(super) fn all(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::Several(texts) => texts,
        }
    }
}

impl<'a> Token<'a> {
    pub(super) fn read(text: &'a str) -> Result<Self, Untrue> {
        let jws = Jws::parse(text, WEB_IDENTITY_TOKEN_BYTES_MAX).map_err(|refusal| {
            if refusal == Refusal::NoKeyId { Untrue::Invalid(super::no_key()) } else { malformed() }
        })?;
        let claims = Claims::parse(&jws.payload).map_err(|_| malformed())?;
        let own = serde_json::from_value(Value::Object(claims.members().clone())).map_err(|_| malformed())?;
        Ok(Self { jws, claims, own })
    }

    /// The issuer as providers are named: without `https://`.
    pub(super) fn issuer(&self) -> Result<String, Untrue> {
        let issuer = self.claims.issuer.as_deref().ok_or_else(|| missing("iss"))?;
        let is_url = issuer.strip_prefix("https://").is_some_and(|rest| !rest.is_empty() && rest.len() <= 255);
        let named = is_url.then(|| issuers::named(issuer)).flatten();
        let named = named.and_then(|named| named.strip_prefix("https://").map(str::to_owned));
        named.ok_or_else(|| Untrue::Invalid("Issuer of the token must be an https URL".to_owned()))
    }
}

fn malformed() -> Untrue {
    let message = "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
    Untrue::Invalid(message.to_owned())
}

pub(super) fn missing(claim: &str) -> Untrue {
    Untrue::Invalid(format!("Missing a required claim: {claim}"))
}
