//! What the caller did wrong, with AWS's code and words. <https://docs.aws.amazon.com/apigateway/latest/api/CommonErrors.html>

use operation::{ApiError, Failure};

/// An API error of this service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// What was named does not exist, or belongs to somebody else.
    #[error("{0}")]
    NotFound(String),
    /// The call contradicts a rule.
    #[error("{0}")]
    BadRequest(String),
    /// It contradicts something that exists.
    #[error("{0}")]
    Conflict(String),
    /// There is no room for one more.
    #[error("{0}")]
    LimitExceeded(String),
    /// A member breaks the form that AWS's model prescribes.
    #[error("1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}")]
    Validation {
        /// The member.
        member: &'static str,
        /// What it holds.
        value: String,
        /// What it should have held.
        constraint: &'static str,
    },
    /// The property belongs to a capability that does not exist yet.
    // SECURITY: what cannot be enforced is refused at the call that sets it, so that nothing is ever silently open.
    #[error("{property} is not enforced by this version of Portcullis yet, so it is refused")]
    NotEnforced {
        /// The property with its value, as the caller wrote them.
        property: String,
    },
}

impl Error {
    /// What was named does not exist.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::NotFound(message.into())
    }

    /// The call contradicts a rule.
    pub(crate) fn bad_request(message: impl Into<String>) -> Self {
        Self::BadRequest(message.into())
    }

    /// It contradicts something that exists.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::Conflict(message.into())
    }

    /// The property belongs to a capability that does not exist yet.
    pub(crate) fn not_enforced(property: impl Into<String>) -> Self {
        Self::NotEnforced { property: property.into() }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let (code, status) = match &error {
            Error::NotFound(_) => ("NotFoundException", 404),
            Error::BadRequest(_) | Error::NotEnforced { .. } => ("BadRequestException", 400),
            Error::Conflict(_) => ("ConflictException", 409),
            Error::LimitExceeded(_) => ("LimitExceededException", 429),
            Error::Validation { .. } => ("ValidationException", 400),
        };
        Self { code, status, message: error.to_string(), members: None }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Api(error.into())
    }
}

/// The errors AWS's model declares, by operation group: code and HTTP status.
pub(crate) mod declared {
    type Errors = &'static [(&'static str, u16)];

    const BAD_REQUEST: (&str, u16) = ("BadRequestException", 400);
    const CONFLICT: (&str, u16) = ("ConflictException", 409);
    const LIMIT_EXCEEDED: (&str, u16) = ("LimitExceededException", 429);
    const NOT_FOUND: (&str, u16) = ("NotFoundException", 404);
    const UNAUTHORIZED: (&str, u16) = ("UnauthorizedException", 401);
    const TOO_MANY: (&str, u16) = ("TooManyRequestsException", 429);
    const UNAVAILABLE: (&str, u16) = ("ServiceUnavailableException", 503);

    /// Most reads.
    pub(crate) const READ: Errors = &[BAD_REQUEST, NOT_FOUND, UNAUTHORIZED, TOO_MANY];
    /// Reads of one part of an API's tree.
    pub(crate) const READ_PART: Errors = &[NOT_FOUND, UNAUTHORIZED, TOO_MANY];
    /// Reads of deployments.
    pub(crate) const READ_DEPLOYMENT: Errors = &[BAD_REQUEST, NOT_FOUND, UNAUTHORIZED, TOO_MANY, UNAVAILABLE];
    /// Most writes.
    pub(crate) const WRITE: Errors = &[BAD_REQUEST, CONFLICT, LIMIT_EXCEEDED, NOT_FOUND, UNAUTHORIZED, TOO_MANY];
    /// Writes of deployments.
    pub(crate) const WRITE_DEPLOYMENT: Errors =
        &[BAD_REQUEST, CONFLICT, LIMIT_EXCEEDED, NOT_FOUND, UNAUTHORIZED, TOO_MANY, UNAVAILABLE];
    /// Writes that meet nothing that could be missing.
    pub(crate) const CREATE_API: Errors = &[BAD_REQUEST, CONFLICT, LIMIT_EXCEEDED, UNAUTHORIZED, TOO_MANY];
    /// Writes that need no more room.
    pub(crate) const REMOVE: Errors = &[BAD_REQUEST, CONFLICT, NOT_FOUND, UNAUTHORIZED, TOO_MANY];
    /// Deleting a method.
    pub(crate) const REMOVE_METHOD: Errors = &[CONFLICT, NOT_FOUND, UNAUTHORIZED, TOO_MANY];
}
