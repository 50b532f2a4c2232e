//! An IAM user. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_User.html>

use std::collections::{BTreeMap, BTreeSet};

use base::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Record;

/// Somebody who signs with keys of their own. Stored by name, so that lists come in the order of names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The account it belongs to.
    pub account: AccountId,
    /// Its friendly name; unique in the account without regard to case.
    pub name: String,
    /// `/` or `/division/team/`.
    pub path: String,
    /// `AIDA…`, never used again.
    pub id: String,
    /// When it was made.
    pub created: Timestamp,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// The groups it is in, by name; [`super::Membership`] tells the other way round.
    pub groups: BTreeSet<String>,
    /// Inline policies: documents by name.
    pub inline: BTreeMap<String, String>,
    /// ARNs of attached managed policies; [`super::Attachment`] tells the other way round.
    pub attached: BTreeSet<String>,
    /// The ARN of the managed policy that bounds its permissions.
    pub boundary: Option<String>,
}

impl User {
    /// `arn:aws:iam::ACCOUNT:user/path/name`.
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::{}:user{}{}", self.account, self.path, self.name)
    }
}

impl Record for User {
    const TABLE: &'static str = "iam.user";

    fn id(&self) -> String {
        self.name.clone()
    }

    /// Names are unique without regard to case; unique ids in the whole installation.
    fn index(&self) -> Vec<(String, String)> {
        vec![
            ("iam.user.folded".to_owned(), format!("{}/{}", self.account, self.name.to_ascii_lowercase())),
            ("iam.unique_id".to_owned(), self.id.clone()),
        ]
    }
}
