//! A customer's managed policy. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Policy.html>

use std::collections::BTreeMap;

use base::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Record;

/// A policy with a name of its own, which users, groups and roles share. Stored by path and name, so
/// that its ARN alone finds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManagedPolicy {
    /// The account it belongs to.
    pub account: AccountId,
    /// Its friendly name; unique in the account without regard to case.
    pub name: String,
    /// `/` or `/division/team/`.
    pub path: String,
    /// `ANPA…`, never used again.
    pub id: String,
    /// Free text.
    pub description: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// When its newest version or its default was set.
    pub updated: Timestamp,
    /// Its versions by number, at most five.
    pub versions: BTreeMap<u32, PolicyVersion>,
    /// The version in force.
    pub default_version: u32,
    /// The highest number ever given: numbers are not given twice.
    pub newest_version: u32,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

/// One version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyVersion {
    /// The document as it was set.
    pub document: String,
    /// When.
    pub created: Timestamp,
}

impl ManagedPolicy {
    /// `arn:aws:iam::ACCOUNT:policy/path/name`.
    pub fn arn(&self) -> String {
        Self::arn_of(self.account, &self.id())
    }

    /// The ARN of the record with this id.
    pub fn arn_of(account: AccountId, id: &str) -> String {
        format!("arn:aws:iam::{account}:policy{id}")
    }

    /// The account and record id in the ARN of a customer's policy.
    pub fn of_arn(arn: &str) -> Option<(AccountId, &str)> {
        let (account, rest) = arn.strip_prefix("arn:aws:iam::")?.split_once(':')?;
        let id = rest.strip_prefix("policy").filter(|id| id.starts_with('/'))?;
        Some((AccountId::parse(account).ok()?, id))
    }
}

impl Record for ManagedPolicy {
    const TABLE: &'static str = "iam.managed_policy";

    fn id(&self) -> String {
        format!("{}{}", self.path, self.name)
    }

    /// Names are unique without regard to case; unique ids in the whole installation.
    fn index(&self) -> Vec<(String, String)> {
        vec![
            ("iam.managed_policy.folded".to_owned(), format!("{}/{}", self.account, self.name.to_ascii_lowercase())),
            ("iam.unique_id".to_owned(), self.id.clone()),
        ]
    }
}
