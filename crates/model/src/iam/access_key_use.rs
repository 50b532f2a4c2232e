//! When an access key was last used. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKeyLastUsed.html>

use base::Timestamp;
use base::id::AccessKeyId;
use serde::{Deserialize, Serialize};

use crate::Record;

/// A key's latest use, to the minute. Stored under the key's account and `global`; a key never used has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessKeyUse {
    /// Which.
    pub key: AccessKeyId,
    /// When.
    pub when: Timestamp,
    /// The service it signed for, such as `apigateway`.
    pub service: String,
    /// The region it signed for.
    pub region: String,
}

impl Record for AccessKeyUse {
    const TABLE: &'static str = "iam.access_key_use";

    fn id(&self) -> String {
        self.key.to_string()
    }
}
