//! An IAM group. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Group.html>

use std::collections::{BTreeMap, BTreeSet};

use base::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Record;

/// Policies that several users share. Stored by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The account it belongs to.
    pub account: AccountId,
    /// Its friendly name; unique in the account without regard to case.
    pub name: String,
    /// `/` or `/division/team/`.
    pub path: String,
    /// `AGPA…`, never used again.
    pub id: String,
    /// When it was made.
    pub created: Timestamp,
    /// Inline policies: documents by name.
    pub inline: BTreeMap<String, String>,
    /// ARNs of attached managed policies; [`super::Attachment`] tells the other way round.
    pub attached: BTreeSet<String>,
}

impl Group {
    /// `arn:aws:iam::ACCOUNT:group/path/name`.
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::{}:group{}{}", self.account, self.path, self.name)
    }
}

impl Record for Group {
    const TABLE: &'static str = "iam.group";

    fn id(&self) -> String {
        self.name.clone()
    }

    /// Names are unique without regard to case; unique ids in the whole installation.
    fn index(&self) -> Vec<(String, String)> {
        vec![
            ("iam.group.folded".to_owned(), format!("{}/{}", self.account, self.name.to_ascii_lowercase())),
            ("iam.unique_id".to_owned(), self.id.clone()),
        ]
    }
}
