//! Layers: code that several functions share. <https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html>

use base::{Scope, Timestamp};
use serde::{Deserialize, Serialize};

use super::{Code, padded};
use crate::Record;

/// A layer's name, with the number of its newest version: numbers are never used again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Layer {
    /// Its name.
    pub name: String,
    /// The number of the version that was published last.
    pub last_version: u64,
}

impl Record for Layer {
    const TABLE: &'static str = "lambda.layer";

    fn id(&self) -> String {
        self.name.clone()
    }
}

/// A version of a layer. It never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerVersion {
    /// Whose it is and where.
    pub scope: Scope,
    /// The layer's name.
    pub name: String,
    /// 1 and up.
    pub number: u64,
    /// What it is for.
    pub description: String,
    /// When it was made.
    pub created: Timestamp,
    /// Its content.
    pub code: Code,
    /// Runtimes it says it fits; a hint for people.
    pub runtimes: Vec<String>,
    /// Architectures it says it fits; a hint for people.
    pub architectures: Vec<String>,
    /// Its licence.
    pub license: String,
}

impl LayerVersion {
    /// The record's id.
    pub fn id_of(name: &str, number: u64) -> String {
        format!("{name}/{}", padded(number))
    }

    /// The prefix that lists a layer's versions.
    pub fn prefix(name: &str) -> String {
        format!("{name}/")
    }

    /// The ARN of the layer that it is a version of.
    pub fn layer_arn(scope: &Scope, name: &str) -> String {
        format!("arn:aws:lambda:{}:{}:layer:{name}", scope.region, scope.account)
    }

    /// Its ARN.
    pub fn arn(&self) -> String {
        format!("{}:{}", Self::layer_arn(&self.scope, &self.name), self.number)
    }
}

impl Record for LayerVersion {
    const TABLE: &'static str = "lambda.layer_version";

    fn id(&self) -> String {
        Self::id_of(&self.name, self.number)
    }
}
