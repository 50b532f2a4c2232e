//! Asking authorizers: what tells who asks, what a function is told, what its answer means, and how long it counts.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html>

pub(crate) mod identity;
pub(crate) mod ask;
pub(crate) mod output;
pub(crate) mod grants;
pub(crate) mod test;

use std::borrow::Cow;
use std::sync::Arc;

use base::Secret;

use crate::steps::authorize::Bearer;

pub(crate) use ask::{Asking, Unanswered};
pub use grants::Grants;
pub(crate) use grants::{Key, key};
pub(crate) use output::Grant;

/// What an authorizer said of the caller of one request.
#[derive(Debug)]
pub(crate) struct Granted {
    /// Who said so, and what.
    pub(crate) said: Said,
    /// How long it was waited for, in milliseconds: 0 where the answer was at hand.
    pub(crate) latency_ms: u64,
}

/// Who says who asks.
#[derive(Debug)]
pub(crate) enum Said {
    /// A function.
    Function(Arc<Grant>),
    /// A token whose signature is proven.
    Token(Bearer),
}

/// What stands before the names of a token's claims.
const CLAIMS: &str = "claims.";

impl Said {
    /// Who asks; empty where a token does not say.
    pub(crate) fn principal_id(&self) -> &str {
        match self {
            Self::Function(grant) => grant.principal_id(),
            Self::Token(bearer) => bearer.principal_id().unwrap_or_default(),
        }
    }

    /// The API key's value that the authorizer chose.
    pub(crate) fn usage_identifier_key(&self) -> Option<&Secret<String>> {
        match self {
            Self::Function(grant) => grant.usage_identifier_key(),
            Self::Token(_) => None,
        }
    }

    /// One value of it.
    pub(crate) fn value(&self, key: &str) -> Option<Cow<'_, str>> {
        match self {
            Self::Function(grant) => grant.value(key).map(Cow::Borrowed),
            Self::Token(bearer) if key == "principalId" => bearer.principal_id().map(Cow::Borrowed),
            Self::Token(bearer) => bearer.claim(key.strip_prefix(CLAIMS)?),
        }
    }
}
