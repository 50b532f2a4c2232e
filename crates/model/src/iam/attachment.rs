//! That a managed policy is attached: what lists a policy's users, groups and roles without reading all of them.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html>

use serde::{Deserialize, Serialize};

use crate::Record;

/// One use of one managed policy; written and removed together with the entry in its user, group or role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The policy's ARN, of this account or AWS's own.
    pub policy: String,
    /// `user`, `group` or `role`.
    pub kind: String,
    /// The name of the user, group or role.
    pub name: String,
    /// What it is used for.
    pub purpose: Purpose,
}

/// What an attached policy does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Purpose {
    /// It grants and denies.
    Permissions,
    /// It bounds.
    Boundary,
}

impl Attachment {
    /// The prefix under which a policy's uses stand.
    pub fn prefix(policy: &str) -> String {
        format!("{policy}|")
    }
}

impl Record for Attachment {
    const TABLE: &'static str = "iam.attachment";

    fn id(&self) -> String {
        let purpose = match self.purpose {
            Purpose::Permissions => "permissions",
            Purpose::Boundary => "boundary",
        };
        format!("{}|{purpose}|{}|{}", self.policy, self.kind, self.name)
    }
}
