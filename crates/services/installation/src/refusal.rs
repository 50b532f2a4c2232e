//! The errors of this service.

use operation::{ApiError, Call};

/// What the caller sent cannot be.
pub(crate) const VALIDATION: &str = "ValidationException";
/// The token was not given for this query.
pub(crate) const INVALID_TOKEN: &str = "InvalidNextTokenException";
/// It exists already.
pub(crate) const CONFLICT: &str = "ConflictException";
/// It is not the caller's business.
pub(crate) const ACCESS_DENIED: &str = "AccessDeniedException";
/// There is nothing under that name.
pub(crate) const NOT_FOUND: &str = "ResourceNotFoundException";

/// An input that cannot be.
pub(crate) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError { code: VALIDATION, status: 400, message: message.into(), members: None }
}

/// A token of another query, or of nobody.
pub(crate) fn invalid_token() -> ApiError {
    let message = "NextToken is not valid, or it was returned by a request with different parameters.".to_owned();
    ApiError { code: INVALID_TOKEN, status: 400, message, members: None }
}

/// It is there already.
pub(crate) fn conflict(message: impl Into<String>) -> ApiError {
    ApiError { code: CONFLICT, status: 409, message: message.into(), members: None }
}

/// SECURITY: the installation's own business is for principals of the founding account, whatever other accounts allow theirs.
pub(crate) fn founders_only(call: &Call<'_>) -> Result<(), ApiError> {
    let founding = call.ports.installation.account;
    if call.principal.account() == founding {
        return Ok(());
    }
    let message = format!("Accounts are made and listed by principals of the account {founding} only.");
    Err(ApiError { code: ACCESS_DENIED, status: 403, message, members: None })
}

/// Nothing there.
pub(crate) fn not_found(message: impl Into<String>) -> ApiError {
    ApiError { code: NOT_FOUND, status: 404, message: message.into(), members: None }
}

/// How many things one answer holds: what was asked for, within bounds.
pub(crate) fn limit(asked: Option<i32>, default: i32, max: i32) -> Result<usize, ApiError> {
    let limit = asked.unwrap_or(default);
    let valid = usize::try_from(limit).ok().filter(|_| (1..=max).contains(&limit));
    valid.ok_or_else(|| invalid(format!("Limit must be between 1 and {max}.")))
}
