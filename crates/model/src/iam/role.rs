//! An IAM role. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html>

use std::collections::{BTreeMap, BTreeSet};

use base::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Record;

/// Permissions that others take on for a time. Stored by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// The account it belongs to.
    pub account: AccountId,
    /// Its friendly name; unique in the account without regard to case.
    pub name: String,
    /// `/` or `/division/team/`.
    pub path: String,
    /// `AROA…`, never used again.
    pub id: String,
    /// When it was made.
    pub created: Timestamp,
    /// Free text.
    pub description: Option<String>,
    /// The longest session, 3,600 to 43,200 seconds.
    pub max_session_s: u32,
    /// The document that says who may take it on, as it was set.
    pub trust: String,
    /// Principals that the trust policy names by ARN, and the unique ids they had when it was set: a user or role
    /// made anew under an old name is somebody else.
    pub trusted_ids: BTreeMap<String, String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Inline policies: documents by name.
    pub inline: BTreeMap<String, String>,
    /// ARNs of attached managed policies; [`super::Attachment`] tells the other way round.
    pub attached: BTreeSet<String>,
    /// The ARN of the managed policy that bounds its permissions.
    pub boundary: Option<String>,
}

impl Role {
    /// `arn:aws:iam::ACCOUNT:role/path/name`.
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::{}:role{}{}", self.account, self.path, self.name)
    }
}

impl Record for Role {
    const TABLE: &'static str = "iam.role";

    fn id(&self) -> String {
        self.name.clone()
    }

    /// Names are unique without regard to case; unique ids in the whole installation.
    fn index(&self) -> Vec<(String, String)> {
        vec![
            ("iam.role.folded".to_owned(), format!("{}/{}", self.account, self.name.to_ascii_lowercase())),
            ("iam.unique_id".to_owned(), self.id.clone()),
        ]
    }
}
