//! The account's alias. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html>

use serde::{Deserialize, Serialize};

use crate::Record;

/// A name for the account, unique in the installation. An account has at most one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountAlias {
    /// The alias.
    pub alias: String,
}

impl Record for AccountAlias {
    const TABLE: &'static str = "iam.account_alias";

    fn id(&self) -> String {
        self.alias.clone()
    }

    fn index(&self) -> Vec<(String, String)> {
        vec![("iam.account_alias".to_owned(), self.alias.clone())]
    }
}
