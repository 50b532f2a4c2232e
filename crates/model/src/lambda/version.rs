//! A published version: code and settings that never change.

use base::Scope;
use serde::{Deserialize, Serialize};

use super::{Configuration, padded};
use crate::Record;

/// A version of a function.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionVersion {
    /// Whose it is and where.
    pub scope: Scope,
    /// The function's name.
    pub function: String,
    /// 1 and up.
    pub number: u64,
    /// What `$LATEST` was when it was published.
    pub configuration: Configuration,
}

impl FunctionVersion {
    /// The record's id for a version of a function.
    pub fn id_of(function: &str, number: u64) -> String {
        format!("{function}/{}", padded(number))
    }

    /// The prefix that lists a function's versions.
    pub fn prefix(function: &str) -> String {
        format!("{function}/")
    }

    /// The function that an id belongs to.
    pub fn function_of(id: &str) -> Option<&str> {
        id.split_once('/').map(|(function, _)| function)
    }
}

impl Record for FunctionVersion {
    const TABLE: &'static str = "lambda.version";

    fn id(&self) -> String {
        Self::id_of(&self.function, self.number)
    }
}
