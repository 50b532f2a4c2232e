//! How an operation ends when it does not succeed.

/// An error of the API: the caller's doing, in AWS's words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// AWS's code, such as `NotFoundException`.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The message the caller sees.
    pub message: String,
}

/// Why an operation did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The caller's doing.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// Our store's doing: logged in full, shown as `InternalFailure`.
    #[error(transparent)]
    Resources(#[from] store_resources::Fault),
    /// Our records' doing: likewise.
    #[error(transparent)]
    Records(#[from] store_records::Fault),
    /// A stored document or an invariant of ours is broken: likewise.
    #[error("{what}")]
    Broken {
        /// What was found.
        what: String,
    },
}
