//! That a user is in a group: what lists a group's users without reading every user.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddUserToGroup.html>

use serde::{Deserialize, Serialize};

use crate::Record;

/// One user in one group; written and removed together with the entry in [`super::User::groups`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The group's name.
    pub group: String,
    /// The user's name.
    pub user: String,
}

impl Membership {
    /// The prefix under which a group's members stand.
    pub fn prefix(group: &str) -> String {
        format!("{group}/")
    }

    /// The id of one membership.
    pub fn id_of(group: &str, user: &str) -> String {
        format!("{group}/{user}")
    }
}

impl Record for Membership {
    const TABLE: &'static str = "iam.membership";

    fn id(&self) -> String {
        Self::id_of(&self.group, &self.user)
    }
}
