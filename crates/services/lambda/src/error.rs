//! What the caller did wrong, with AWS's code and words. <https://docs.aws.amazon.com/lambda/latest/api/CommonErrors.html>

use operation::{ApiError, Failure};

/// An API error of this service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// What was named does not exist, or belongs to somebody else.
    #[error("{0}")]
    NotFound(String),
    /// The call contradicts a rule.
    #[error("{0}")]
    InvalidParameter(String),
    /// It contradicts something that exists.
    #[error("{0}")]
    Conflict(String),
    /// It was meant for another revision.
    #[error(
        "The RevisionId provided does not match the latest RevisionId. Call the {call} API to retrieve the latest RevisionId for your resource."
    )]
    Precondition {
        /// Which call tells the newest one.
        call: &'static str,
    },
    /// The policy would become too long.
    #[error("The final policy size ({bytes}) is bigger than the limit ({max}).")]
    PolicyLength {
        /// How long.
        bytes: usize,
        /// How long it may be.
        max: usize,
    },
    /// The account's code takes all the room there is.
    #[error("Code storage limit exceeded.")]
    CodeStorage,
    /// The role is another account's.
    #[error("Cross-account pass role is not allowed.")]
    ForeignRole,
    /// The event is too large.
    #[error("{bytes} byte payload is too large for the {mode} invocation type (limit {max} bytes)")]
    RequestTooLarge {
        /// Its length.
        bytes: usize,
        /// How it was to be invoked.
        mode: &'static str,
        /// The most it may have.
        max: usize,
    },
    /// The event is no JSON.
    #[error("Could not parse request body into json: {0}")]
    RequestContent(String),
    /// As many run as may.
    #[error("{0}")]
    TooManyRequests(String),
    /// The function cannot run here.
    #[error("{0}")]
    InvalidRuntime(String),
    /// The function could not be started, through no fault of the caller's.
    #[error("The function could not be started; the node's own log says why.")]
    Service,
    /// A member breaks the form that AWS's model prescribes.
    #[error("1 validation error detected: Value '{value}' at '{member}' failed to satisfy constraint: {constraint}")]
    Validation {
        /// The member.
        member: &'static str,
        /// What it holds.
        value: String,
        /// What it should have held.
        constraint: String,
    },
    /// The property belongs to a capability that does not exist here.
    // SECURITY: what cannot be enforced is refused at the call that sets it, so that nothing is ever silently open.
    #[error("{property} is not enforced by this version of Portcullis, so it is refused")]
    NotEnforced {
        /// The property.
        property: String,
    },
}

impl Error {
    /// What was named does not exist.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::NotFound(message.into())
    }

    /// The call contradicts a rule.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::InvalidParameter(message.into())
    }

    /// It contradicts something that exists.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::Conflict(message.into())
    }

    /// A member breaks its form.
    pub(crate) fn form(member: &'static str, value: impl Into<String>, constraint: impl Into<String>) -> Self {
        let value: String = value.into();
        Self::Validation { member, value: value.chars().take(256).collect(), constraint: constraint.into() }
    }

    /// The property belongs to a capability that does not exist here.
    pub(crate) fn not_enforced(property: impl Into<String>) -> Self {
        Self::NotEnforced { property: property.into() }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let (code, status) = match &error {
            Error::NotFound(_) => ("ResourceNotFoundException", 404),
            Error::InvalidParameter(_) | Error::NotEnforced { .. } => ("InvalidParameterValueException", 400),
            Error::Conflict(_) => ("ResourceConflictException", 409),
            Error::Precondition { .. } => ("PreconditionFailedException", 412),
            Error::PolicyLength { .. } => ("PolicyLengthExceededException", 400),
            Error::CodeStorage => ("CodeStorageExceededException", 400),
            Error::ForeignRole => ("AccessDeniedException", 403),
            Error::RequestTooLarge { .. } => ("RequestTooLargeException", 413),
            Error::RequestContent(_) => ("InvalidRequestContentException", 400),
            Error::TooManyRequests(_) => ("TooManyRequestsException", 429),
            Error::InvalidRuntime(_) => ("InvalidRuntimeException", 502),
            Error::Service => ("ServiceException", 500),
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

    const INVALID: (&str, u16) = ("InvalidParameterValueException", 400);
    const CONFLICT: (&str, u16) = ("ResourceConflictException", 409);
    const NOT_FOUND: (&str, u16) = ("ResourceNotFoundException", 404);
    const SERVICE: (&str, u16) = ("ServiceException", 500);
    const TOO_MANY: (&str, u16) = ("TooManyRequestsException", 429);
    const PRECONDITION: (&str, u16) = ("PreconditionFailedException", 412);
    const CODE_STORAGE: (&str, u16) = ("CodeStorageExceededException", 400);

    /// Reads of one thing.
    pub(crate) const READ: Errors = &[INVALID, SERVICE, TOO_MANY, NOT_FOUND];
    /// Lists of everything.
    pub(crate) const LIST: Errors = &[INVALID, SERVICE, TOO_MANY];
    /// Reads that name nothing.
    pub(crate) const ACCOUNT: Errors = &[SERVICE, TOO_MANY];
    /// Most writes.
    pub(crate) const WRITE: Errors = &[INVALID, CONFLICT, SERVICE, TOO_MANY, NOT_FOUND];
    /// Writes that bring code.
    pub(crate) const CODE: Errors = &[INVALID, CONFLICT, SERVICE, TOO_MANY, NOT_FOUND, CODE_STORAGE];
    /// Writes that bring code and may name a revision.
    pub(crate) const REVISED_CODE: Errors =
        &[INVALID, CONFLICT, SERVICE, TOO_MANY, NOT_FOUND, CODE_STORAGE, PRECONDITION];
    /// Writes that may name a revision.
    pub(crate) const REVISED: Errors = &[INVALID, CONFLICT, SERVICE, TOO_MANY, NOT_FOUND, PRECONDITION];
    /// Removing an alias.
    pub(crate) const DELETE_ALIAS: Errors = &[INVALID, CONFLICT, SERVICE, TOO_MANY];
    /// Publishing a layer.
    pub(crate) const LAYER: Errors = &[INVALID, SERVICE, TOO_MANY, NOT_FOUND, CODE_STORAGE];
    /// Adding a permission.
    pub(crate) const PERMISSION: Errors =
        &[INVALID, CONFLICT, SERVICE, TOO_MANY, ("PolicyLengthExceededException", 400), NOT_FOUND, PRECONDITION];
    /// Removing a permission.
    pub(crate) const REMOVE_PERMISSION: Errors = &[INVALID, SERVICE, TOO_MANY, NOT_FOUND, PRECONDITION];
    /// Invoking.
    pub(crate) const INVOKE: Errors = &[
        INVALID,
        CONFLICT,
        SERVICE,
        TOO_MANY,
        NOT_FOUND,
        ("RequestTooLargeException", 413),
        ("InvalidRequestContentException", 400),
        ("InvalidRuntimeException", 502),
    ];
}
