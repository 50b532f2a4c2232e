//! An account's settings for API Gateway. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetAccount.html>

use serde::{Deserialize, Serialize};

use crate::Record;

/// One document per account and region.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The role AWS would write logs with; stages may log only once it is set, as in AWS.
    pub cloudwatch_role_arn: Option<String>,
}

impl Record for Account {
    const TABLE: &'static str = "apigateway.account";

    fn id(&self) -> String {
        Self::ID.to_owned()
    }
}

impl Account {
    /// The one id of this table.
    pub const ID: &'static str = "settings";
}
