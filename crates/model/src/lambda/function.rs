//! A function: `$LATEST`, and all that hangs below the name but its published versions.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_FunctionConfiguration.html>

use std::collections::BTreeMap;

use base::{Scope, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Configuration;
use crate::Record;
use crate::iam::trust;

/// The tag that lets a function reach the network: `host`, or `none` as without it.
pub const NETWORK_TAG: &str = "portcullis:network";

/// A function. Stored by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// Whose it is and where.
    pub scope: Scope,
    /// Unique in the account and region.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// `$LATEST`.
    pub latest: Configuration,
    /// The number of the version that was published last; numbers are never used again.
    pub last_version: u64,
    /// What was published last.
    pub published: Option<Published>,
    /// Names of versions.
    pub aliases: BTreeMap<String, Alias>,
    /// Who may use it, by qualifier; the function's own policy stands under the empty one.
    pub policies: BTreeMap<String, Policy>,
    /// What may run at the same time of all versions together.
    pub reserved_concurrency: Option<u32>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// The newest published version, and what `$LATEST` was then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Published {
    /// Its number.
    pub version: u64,
    /// The revision of `$LATEST` that it was made of.
    pub revision_id: String,
}

/// A name for a version, or for two that share the calls.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alias {
    /// The version's number, or `$LATEST`.
    pub version: String,
    /// What it is for.
    pub description: String,
    /// Another version, and the share of calls that it gets.
    pub other: Option<(String, f64)>,
    /// Changes with every change.
    pub revision_id: String,
}

/// The statements of one qualifier.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// In the order in which they were added.
    pub statements: Vec<Statement>,
    /// Users and roles that the statements name by ARN, and the unique ids they had when they were named: one made anew
    /// under an old name is somebody else.
    pub ids: BTreeMap<String, String>,
    /// Changes with every change.
    pub revision_id: String,
}

/// One permission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    /// Its `Sid`.
    pub id: String,
    /// The statement as JSON.
    pub document: String,
}

impl Policy {
    /// The whole policy document, as `GetPolicy` answers it.
    pub fn document(&self) -> String {
        let read = |statement: &Statement| serde_json::from_str(&statement.document).unwrap_or(Value::Null);
        let statements: Vec<Value> = self.statements.iter().map(read).collect();
        json!({"Version": "2012-10-17", "Id": "default", "Statement": statements}).to_string()
    }

    /// The policy as it was meant when it was set: users and roles stand in it by their unique ids.
    pub fn document_by_id(&self) -> String {
        let by_id = |named: &str| self.ids.get(named).filter(|_| named.starts_with("arn:aws:iam:")).cloned();
        trust::renamed(&self.document(), by_id)
    }
}

impl Function {
    /// The ARN, without a qualifier.
    pub fn arn(&self) -> String {
        Self::arn_of(&self.scope, &self.name)
    }

    /// The ARN of a function that may not exist.
    pub fn arn_of(scope: &Scope, name: &str) -> String {
        format!("arn:aws:lambda:{}:{}:function:{name}", scope.region, scope.account)
    }

    /// Whether its tags let it reach the network.
    pub fn reaches_network(&self) -> bool {
        self.tags.get(NETWORK_TAG).is_some_and(|value| value == "host")
    }
}

impl Record for Function {
    const TABLE: &'static str = "lambda.function";

    fn id(&self) -> String {
        self.name.clone()
    }
}
