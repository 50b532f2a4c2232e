//! What a request says about itself before anything is proven: who, when, for what scope, over which headers.

use base::id::AccessKeyId;
use base::{Secret, Timestamp};

use crate::refusal::{Incomplete, Refusal};
use crate::{Algorithm, CredentialScope, Received, RegionSet, authorization, presigned};

/// Where the signature was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// In the `Authorization` header.
    Header,
    /// In the query string.
    Presigned {
        /// `X-Amz-Expires`; without it the request lives as long as one signed in its header.
        expires_s: Option<i64>,
    },
}

/// A signature that was read but not yet checked. Nothing in it may be trusted before [`Claim::verify`].
#[derive(Debug, Clone)]
pub struct Claim {
    /// SigV4 or SigV4A.
    pub algorithm: Algorithm,
    /// Whose key is said to have signed.
    pub access_key_id: AccessKeyId,
    /// The day, region and service that the key is derived for.
    pub scope: CredentialScope,
    /// SigV4A's regions.
    pub region_set: Option<RegionSet>,
    /// When it was signed.
    pub timestamp: Timestamp,
    /// The token of temporary credentials.
    pub session_token: Option<Secret<String>>,
    /// Header or query string.
    pub form: Form,
    /// Lower case, sorted, each once.
    pub(crate) signed_headers: Vec<String>,
    /// The signature itself; a presigned one is as good as a password until it expires.
    pub(crate) signature: Secret<String>,
}

impl Claim {
    /// Reads the signature of a request, from its header or its query string.
    pub fn parse(received: &Received<'_>) -> Result<Self, Refusal> {
        let authorization = received.only_text("Authorization")?;
        let parameters = presigned::Parameters::collect(received.query)?;
        match (authorization, parameters.hold_a_signature()) {
            (None, false) => Err(Refusal::MissingToken),
            (Some(_), true) => Err(Refusal::Incomplete(Incomplete::TwoForms)),
            (Some(header), false) => authorization::parse(header, received, parameters.into_session_token()),
            (None, true) => parameters.into_claim(received),
        }
    }

    /// The names of the headers that are said to be signed: lower case, sorted, each once.
    pub fn signed_headers(&self) -> impl Iterator<Item = &str> {
        self.signed_headers.iter().map(String::as_str)
    }

    /// Tells whether a header is said to be signed; `name` is in lower case.
    pub(crate) fn signs(&self, name: &str) -> bool {
        self.signed_headers.binary_search_by(|signed| signed.as_str().cmp(name)).is_ok()
    }
}

/// Reads `host;x-amz-date`.
pub(crate) fn signed_headers(list: &str) -> Result<Vec<String>, Refusal> {
    let mut names = Vec::new();
    for name in list.split(';') {
        // SECURITY: a name that is no token (a line break, a colon) could shift the lines of the canonical request.
        if name.is_empty() || !name.bytes().all(is_token_byte) {
            return Err(Refusal::Incomplete(Incomplete::SignedHeaders));
        }
        names.push(name.to_ascii_lowercase());
    }
    names.sort_unstable();
    names.dedup();
    Ok(names)
}

/// RFC 9110, section 5.6.2, and the colon that begins HTTP/2's pseudo-headers is not among them.
fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}
