//! A JSON Web Token, taken apart; nothing in it is true yet. <https://www.rfc-editor.org/rfc/rfc7519>

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use operation::Untrue;
use serde::Deserialize;
use serde_json::Value;

/// The bound on a token in bytes (AWS).
const TOKEN_BYTES_MAX: usize = 20_000;
const AUDIENCES_MAX: usize = 100;

/// A token's parts.
#[derive(Debug)]
pub(super) struct Token<'a> {
    pub(super) header: Header,
    pub(super) body: Body,
    /// What the signature is over.
    pub(super) signed: &'a [u8],
    pub(super) signature: Vec<u8>,
}

/// Which key signed it, and how.
#[derive(Debug, Deserialize)]
pub(super) struct Header {
    pub(super) alg: Algorithm,
    #[serde(default)]
    pub(super) kid: String,
    /// Extensions that must be understood; none is.
    crit: Option<Value>,
    /// A payload that is not encoded (RFC 7797), or compressed.
    b64: Option<Value>,
    zip: Option<Value>,
}

/// SECURITY: `none` and shared secrets are not among them, so they cannot be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(super) enum Algorithm {
    Rs256,
    Rs384,
    Rs512,
    Ps256,
    Ps384,
    Ps512,
    Es256,
    Es384,
}

/// What it says.
#[derive(Debug, Deserialize)]
pub(super) struct Body {
    pub(super) iss: Option<String>,
    pub(super) sub: Option<String>,
    pub(super) aud: Option<Many>,
    pub(super) azp: Option<String>,
    pub(super) exp: Option<f64>,
    pub(super) nbf: Option<f64>,
    pub(super) iat: Option<f64>,
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
        let malformed = || {
            let message =
                "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)";
            Untrue::Invalid(message.to_owned())
        };
        if text.len() > TOKEN_BYTES_MAX {
            return Err(malformed());
        }
        let (signed, signature) = text.rsplit_once('.').ok_or_else(malformed)?;
        let (header, body) = signed.split_once('.').filter(|(_, body)| !body.contains('.')).ok_or_else(malformed)?;
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed());
        let header: Header = serde_json::from_slice(&decode(header)?).map_err(|_| malformed())?;
        let body: Body = serde_json::from_slice(&decode(body)?).map_err(|_| malformed())?;
        if header.crit.is_some() || header.b64.is_some() || header.zip.is_some() {
            return Err(malformed());
        }
        if body.aud.as_ref().is_some_and(|aud| aud.all().len() > AUDIENCES_MAX) {
            return Err(malformed());
        }
        Ok(Self { header, body, signed: signed.as_bytes(), signature: decode(signature)? })
    }

    /// The issuer as providers are named: without `https://`.
    pub(super) fn issuer(&self) -> Result<String, Untrue> {
        let issuer = self.body.iss.as_deref().ok_or_else(|| missing("iss"))?;
        let rest = issuer.strip_prefix("https://").filter(|rest| !rest.is_empty() && rest.len() <= 255);
        let rest = rest.ok_or_else(|| Untrue::Invalid("Issuer of the token must be an https URL".to_owned()))?;
        Ok(named(rest))
    }
}

/// A host's name has no case, and no path is the same as `/`.
pub(super) fn named(rest: &str) -> String {
    match rest.split_once('/') {
        None | Some((_, "")) => rest.trim_end_matches('/').to_ascii_lowercase(),
        Some((host, path)) => format!("{}/{path}", host.to_ascii_lowercase()),
    }
}

pub(super) fn missing(claim: &str) -> Untrue {
    Untrue::Invalid(format!("Missing a required claim: {claim}"))
}
