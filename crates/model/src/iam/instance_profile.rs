//! An instance profile: a name for a role, which Terraform and others make beside it.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_InstanceProfile.html>

use std::collections::BTreeMap;

use base::{AccountId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Record;

/// A container for at most one role. Stored by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstanceProfile {
    /// The account it belongs to.
    pub account: AccountId,
    /// Its friendly name.
    pub name: String,
    /// `/` or `/division/team/`.
    pub path: String,
    /// `AIPA…`, never used again.
    pub id: String,
    /// When it was made.
    pub created: Timestamp,
    /// The role's name.
    pub role: Option<String>,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
}

impl InstanceProfile {
    /// `arn:aws:iam::ACCOUNT:instance-profile/path/name`.
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::{}:instance-profile{}{}", self.account, self.path, self.name)
    }
}

impl Record for InstanceProfile {
    const TABLE: &'static str = "iam.instance_profile";

    fn id(&self) -> String {
        self.name.clone()
    }

    /// Names are unique without regard to case.
    fn index(&self) -> Vec<(String, String)> {
        vec![("iam.instance_profile.folded".to_owned(), format!("{}/{}", self.account, self.name.to_ascii_lowercase()))]
    }
}
