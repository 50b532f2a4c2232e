//! How an operation ends when it does not succeed.

use wire::{Schema, Shape, Value};

/// An error of the API: the caller's doing, in AWS's words.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// AWS's code, such as `NotFoundException`.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// The message the caller sees.
    pub message: String,
    /// What else its shape holds, for the few that hold more.
    pub members: Option<Box<Members>>,
}

/// The members of an error besides code and message, such as `Field` and `Reason`.
#[derive(Debug, Clone)]
pub struct Members {
    /// The error's shape.
    pub schema: &'static Schema,
    /// The members by name.
    pub value: Value,
}

impl Members {
    /// The members of an error's shape.
    pub fn of<T: Shape>(shape: &T) -> Option<Box<Self>> {
        Some(Box::new(Self { schema: T::SCHEMA, value: shape.to_value()? }))
    }
}

impl PartialEq for Members {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.schema, other.schema) && self.value == other.value
    }
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
