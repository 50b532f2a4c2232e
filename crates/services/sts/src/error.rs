//! What the caller did wrong, with AWS's code and words.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html>

use operation::{ApiError, Failure, Untrue};

/// An API error of this service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// It is not for this caller.
    #[error("{0}")]
    AccessDenied(String),
    /// A value contradicts a rule.
    #[error("{0}")]
    Validation(String),
    /// A session policy that is none.
    #[error("{0}")]
    MalformedPolicyDocument(String),
    /// Policies and tags do not fit into a session.
    #[error("Packed policy consumes {percent}% of allotted space, please use smaller policy.")]
    PackedPolicyTooLarge {
        /// How much they would take.
        percent: usize,
    },
    /// A provider's token that proves nothing.
    #[error("{0}")]
    InvalidIdentityToken(String),
    /// A provider's token that proved something once.
    #[error("{0}")]
    ExpiredToken(String),
    /// A provider that cannot be reached.
    #[error("{0}")]
    IdpCommunication(String),
    /// A message that is not of this account, or none.
    #[error("Message is not valid")]
    InvalidAuthorizationMessage,
    /// It belongs to a capability that does not exist.
    // SECURITY: what cannot be enforced is refused at the call that sets it, so that nothing is ever silently open.
    #[error("{0} is not enforced by this version of Portcullis, so it is refused")]
    NotEnforced(&'static str),
}

impl Error {
    /// Says that a value breaks a constraint of AWS's model.
    pub(crate) fn constraint(member: &str, constraint: &str) -> Self {
        Self::Validation(format!(
            "1 validation error detected: Value at '{member}' failed to satisfy constraint: {constraint}"
        ))
    }

    /// AWS's words for a role that does not trust the caller, and for one that does not exist.
    pub(crate) fn not_trusted(action: &str) -> Self {
        Self::AccessDenied(format!("Not authorized to perform {action}"))
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let (code, status) = match &error {
            Error::AccessDenied(_) => ("AccessDenied", 403),
            Error::Validation(_) | Error::NotEnforced(_) => ("ValidationError", 400),
            Error::MalformedPolicyDocument(_) => declared::MALFORMED,
            Error::PackedPolicyTooLarge { .. } => declared::TOO_LARGE,
            Error::InvalidIdentityToken(_) => declared::INVALID_TOKEN,
            Error::ExpiredToken(_) => declared::EXPIRED_TOKEN,
            Error::IdpCommunication(_) => declared::COMMUNICATION,
            Error::InvalidAuthorizationMessage => declared::INVALID_MESSAGE,
        };
        Self { code, status, message: error.to_string(), members: None }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Api(error.into())
    }
}

impl From<Untrue> for Error {
    fn from(untrue: Untrue) -> Self {
        match untrue {
            Untrue::Invalid(message) => Self::InvalidIdentityToken(message),
            Untrue::Expired(message) => Self::ExpiredToken(message),
            Untrue::Unreachable(message) => Self::IdpCommunication(message),
        }
    }
}

/// The errors AWS's model declares: code and HTTP status.
pub(crate) mod declared {
    pub(crate) const COMMUNICATION: (&str, u16) = ("IDPCommunicationError", 400);
    pub(crate) const EXPIRED_TOKEN: (&str, u16) = ("ExpiredTokenException", 400);
    pub(crate) const INVALID_MESSAGE: (&str, u16) = ("InvalidAuthorizationMessageException", 400);
    pub(crate) const INVALID_TOKEN: (&str, u16) = ("InvalidIdentityToken", 400);
    pub(crate) const MALFORMED: (&str, u16) = ("MalformedPolicyDocument", 400);
    pub(crate) const TOO_LARGE: (&str, u16) = ("PackedPolicyTooLarge", 400);
}
