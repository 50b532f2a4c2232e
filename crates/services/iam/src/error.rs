//! What the caller did wrong, with AWS's code and words. <https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html>

use operation::{ApiError, Failure};

/// An API error of this service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(clippy::enum_variant_names, reason = "the variants are AWS's codes")]
pub(crate) enum Error {
    /// What was named does not exist.
    #[error("{0}")]
    NoSuchEntity(String),
    /// The name is taken.
    #[error("{0}")]
    EntityAlreadyExists(String),
    /// Something still depends on it.
    #[error("{0}")]
    DeleteConflict(String),
    /// There is no room for one more.
    #[error("Cannot exceed quota for {quota}: {max}")]
    LimitExceeded {
        /// AWS's name of the quota.
        quota: &'static str,
        /// Its value.
        max: usize,
    },
    /// The same, where AWS has a sentence of its own.
    #[error("{0}")]
    Exceeded(String),
    /// A policy document that is none.
    #[error("{0}")]
    MalformedPolicyDocument(String),
    /// A policy that AWS keeps for roles of its services.
    #[error("{0}")]
    PolicyNotAttachable(String),
    /// It is AWS's, whatever the caller's policies allow.
    #[error("{0}")]
    AccessDenied(String),
    /// A value contradicts a rule.
    #[error("{0}")]
    ValidationError(String),
    /// A value contradicts what is stored.
    #[error("{0}")]
    InvalidInput(String),
    /// It belongs to a capability that does not exist.
    // SECURITY: what cannot be enforced is refused at the call that sets it, so that nothing is ever silently open.
    #[error("{0} is not enforced by this version of Portcullis, so it is refused")]
    NotEnforced(String),
}

impl Error {
    /// `kind` is `user`, `group`, `role`, …
    pub(crate) fn no_such(kind: &str, name: &str) -> Self {
        Self::NoSuchEntity(format!("The {kind} with name {name} cannot be found."))
    }

    /// `kind` is `User`, `Group`, `Role`, …
    pub(crate) fn taken(kind: &str, name: &str) -> Self {
        Self::EntityAlreadyExists(format!("{kind} with name {name} already exists."))
    }

    /// `first` is what must go before.
    pub(crate) fn delete_first(first: &str) -> Self {
        Self::DeleteConflict(format!("Cannot delete entity, must {first} first."))
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let (code, status) = match &error {
            Error::NoSuchEntity(_) => ("NoSuchEntity", 404),
            Error::EntityAlreadyExists(_) => ("EntityAlreadyExists", 409),
            Error::DeleteConflict(_) => ("DeleteConflict", 409),
            Error::LimitExceeded { .. } | Error::Exceeded(_) => ("LimitExceeded", 409),
            Error::MalformedPolicyDocument(_) => ("MalformedPolicyDocument", 400),
            Error::PolicyNotAttachable(_) => ("PolicyNotAttachable", 400),
            Error::AccessDenied(_) => ("AccessDenied", 403),
            Error::ValidationError(_) | Error::NotEnforced(_) => ("ValidationError", 400),
            Error::InvalidInput(_) => ("InvalidInput", 400),
        };
        Self { code, status, message: error.to_string(), members: None }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Failure::Api(error.into())
    }
}

/// The errors AWS's model declares: code and HTTP status.
pub(crate) mod declared {
    pub(crate) const CONCURRENT: (&str, u16) = ("ConcurrentModification", 409);
    pub(crate) const DELETE_CONFLICT: (&str, u16) = ("DeleteConflict", 409);
    pub(crate) const EXISTS: (&str, u16) = ("EntityAlreadyExists", 409);
    pub(crate) const EVALUATION: (&str, u16) = ("PolicyEvaluation", 500);
    pub(crate) const FAILURE: (&str, u16) = ("ServiceFailure", 500);
    pub(crate) const INVALID: (&str, u16) = ("InvalidInput", 400);
    pub(crate) const LIMIT: (&str, u16) = ("LimitExceeded", 409);
    pub(crate) const MALFORMED_POLICY: (&str, u16) = ("MalformedPolicyDocument", 400);
    pub(crate) const NOT_ATTACHABLE: (&str, u16) = ("PolicyNotAttachable", 400);
    pub(crate) const NO_ENTITY: (&str, u16) = ("NoSuchEntity", 404);
    pub(crate) const UNMODIFIABLE: (&str, u16) = ("UnmodifiableEntity", 400);
}
