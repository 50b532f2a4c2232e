//! What the caller did wrong, with AWS's code and words. <https://docs.aws.amazon.com/waf/latest/APIReference/CommonErrors.html>

use operation::{ApiError, Failure, Members};
use waf::Invalid;

/// An API error of this service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Error {
    /// What was named does not exist, or belongs to somebody else.
    #[error("AWS WAF couldn't perform the operation because your resource doesn't exist.")]
    Nonexistent,
    /// The name is taken.
    #[error(
        "AWS WAF couldn't perform the operation because some resource in your request is a duplicate of an existing one."
    )]
    Duplicate,
    /// The change was made to an older state.
    #[error(
        "AWS WAF couldn't save your changes because you tried to update or delete a resource that has changed since you last retrieved it. Get the resource again, make any changes you need to make to the new copy, and retry your operation."
    )]
    OptimisticLock,
    /// It is in use.
    #[error(
        "AWS WAF couldn't perform the operation because your resource is being used by another resource or it's associated with another resource: {user}."
    )]
    Associated {
        /// By what.
        user: String,
    },
    /// More of something than there may be.
    #[error("AWS WAF couldn't perform the operation because you exceeded your resource limit: {what}.")]
    Limits {
        /// Of what, and how many there may be.
        what: String,
    },
    /// What cannot be done here at all.
    #[error("{0}")]
    InvalidOperation(String),
    /// A rule names what does not exist, or what is somebody else's.
    #[error("AWS WAF couldn't perform the operation because your resource doesn't exist: {0}.")]
    NoReference(String),
    /// The rate-based rule counts by something else than addresses.
    #[error("The rule you've named doesn't aggregate solely on the IP address or solely on the forwarded IP address.")]
    AggregateKeyType,
    /// The policy of a rule group.
    #[error("{0}")]
    PermissionPolicy(String),
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
    /// A document, or a member of it, is not what a rule may be.
    #[error("Error reason: {reason}, field: {field}, parameter: {parameter}")]
    InvalidParameter {
        /// AWS's name of the field.
        field: &'static str,
        /// The offending value.
        parameter: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// `WAFInvalidParameterException`. <https://docs.aws.amazon.com/waf/latest/APIReference/API_WAFInvalidParameterException.html>
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(error = "WAFInvalidParameterException", status = 400, upper)]
struct InvalidParameterException {
    #[shape(rename = "message")]
    message: String,
    field: String,
    parameter: String,
    reason: String,
}

/// `WAFLimitsExceededException`, and whatever else has one member: `Message`, as the model spells it.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(upper)]
struct MessageOnly {
    message: String,
}

impl Error {
    /// A member is not what it may be.
    pub(crate) fn parameter(field: &'static str, parameter: impl Into<String>, reason: impl Into<String>) -> Self {
        let parameter: String = parameter.into();
        Self::InvalidParameter { field, parameter: parameter.chars().take(256).collect(), reason: reason.into() }
    }

    /// A member breaks its form.
    pub(crate) fn form(member: &'static str, value: impl Into<String>, constraint: impl Into<String>) -> Self {
        let value: String = value.into();
        Self::Validation { member, value: value.chars().take(256).collect(), constraint: constraint.into() }
    }

    /// Something can be named by name, scope and id, or by its ARN, and was named in neither way or in both.
    pub(crate) fn one_way_to_name(field: &'static str) -> Self {
        Self::parameter(field, "ARN", "Name it by its Name, Scope and Id, or by its ARN alone")
    }

    /// The member belongs to a capability that does not exist here.
    // SECURITY: what cannot be enforced is refused at the call that sets it, so that nothing is ever silently open.
    pub(crate) fn not_enforced(member: &str) -> Self {
        Self::InvalidOperation(format!("{member} is not enforced by this version of Portcullis, so it is refused."))
    }
}

impl From<Invalid> for Error {
    fn from(invalid: Invalid) -> Self {
        Self::parameter(invalid.field, invalid.parameter, invalid.reason)
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let code = match &error {
            Error::Nonexistent | Error::NoReference(_) => "WAFNonexistentItemException",
            Error::Duplicate => "WAFDuplicateItemException",
            Error::OptimisticLock => "WAFOptimisticLockException",
            Error::Associated { .. } => "WAFAssociatedItemException",
            Error::Limits { .. } => "WAFLimitsExceededException",
            Error::InvalidOperation(_) => "WAFInvalidOperationException",
            Error::AggregateKeyType => "WAFUnsupportedAggregateKeyTypeException",
            Error::PermissionPolicy(_) => "WAFInvalidPermissionPolicyException",
            Error::Validation { .. } => "ValidationException",
            Error::InvalidParameter { .. } => "WAFInvalidParameterException",
        };
        let message = error.to_string();
        let members = match error {
            Error::InvalidParameter { field, parameter, reason } => Members::of(&InvalidParameterException {
                message: message.clone(),
                field: field.to_owned(),
                parameter,
                reason,
            }),
            // It is an error of every AWS service, spelt in lower case.
            Error::Validation { .. } => None,
            Error::Nonexistent
            | Error::Duplicate
            | Error::OptimisticLock
            | Error::Associated { .. }
            | Error::Limits { .. }
            | Error::InvalidOperation(_)
            | Error::NoReference(_)
            | Error::AggregateKeyType
            | Error::PermissionPolicy(_) => Members::of(&MessageOnly { message: message.clone() }),
        };
        Self { code, status: 400, message, members }
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
    type Row = (&'static str, u16);

    const PARAMETER: Row = ("WAFInvalidParameterException", 400);
    const NONEXISTENT: Row = ("WAFNonexistentItemException", 400);
    const OPERATION: Row = ("WAFInvalidOperationException", 400);
    const DUPLICATE: Row = ("WAFDuplicateItemException", 400);
    const LOCK: Row = ("WAFOptimisticLockException", 400);
    const LIMITS: Row = ("WAFLimitsExceededException", 400);
    const ASSOCIATED: Row = ("WAFAssociatedItemException", 400);

    /// Lists.
    pub(crate) const LIST: Errors = &[PARAMETER, OPERATION];
    /// Reads of one thing, and most else.
    pub(crate) const READ: Errors = &[PARAMETER, NONEXISTENT, OPERATION];
    /// Making a set.
    pub(crate) const CREATE_SET: Errors = &[PARAMETER, DUPLICATE, LIMITS, OPERATION];
    /// Changing a set.
    pub(crate) const UPDATE_SET: Errors = &[PARAMETER, NONEXISTENT, LOCK, LIMITS, OPERATION];
    /// Removing anything that others may use.
    pub(crate) const DELETE: Errors = &[PARAMETER, NONEXISTENT, LOCK, ASSOCIATED, OPERATION];
    /// Making rules.
    pub(crate) const CREATE_RULES: Errors = &[PARAMETER, NONEXISTENT, DUPLICATE, LIMITS, OPERATION];
    /// Changing rules.
    pub(crate) const UPDATE_RULES: Errors = &[PARAMETER, NONEXISTENT, LOCK, LIMITS, OPERATION];
    /// Weighing rules.
    pub(crate) const CAPACITY: Errors = &[PARAMETER, NONEXISTENT, LIMITS, OPERATION];
    /// Putting a web ACL before a stage.
    pub(crate) const ASSOCIATE: Errors = &[PARAMETER, NONEXISTENT, OPERATION];
    /// Tags.
    pub(crate) const TAGS: Errors = &[PARAMETER, NONEXISTENT, LIMITS, OPERATION];
    /// Tags that are read or taken away.
    pub(crate) const READ_TAGS: Errors = &[PARAMETER, NONEXISTENT, OPERATION];
    /// Samples, and permission policies that are read or taken away.
    pub(crate) const NARROW: Errors = &[PARAMETER, NONEXISTENT];
    /// Setting a permission policy.
    pub(crate) const POLICY: Errors = &[PARAMETER, NONEXISTENT, ("WAFInvalidPermissionPolicyException", 400)];
    /// Whom a rate-based rule limits.
    pub(crate) const RATE: Errors =
        &[PARAMETER, NONEXISTENT, OPERATION, ("WAFUnsupportedAggregateKeyTypeException", 400)];
}
