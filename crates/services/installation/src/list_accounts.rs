//! ListAccounts: every account of this installation, by id.

use base::{Scope, Timestamp};
use model::installation::Account;
use operation::{Call, Failure, Operation, Spec};

use crate::refusal::{ACCESS_DENIED, founders_only};

/// The operation.
pub(crate) struct ListAccounts;

/// Nothing.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListAccountsRequest")]
pub(crate) struct Input {}

/// All accounts.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListAccountsResponse", upper)]
pub(crate) struct Output {
    accounts: Vec<Listed>,
}

/// An account.
#[derive(Debug, wire::Shape)]
#[shape(name = "Account", upper)]
struct Listed {
    account_id: String,
    create_date: Timestamp,
    /// Whether it is the one that was made at first start.
    founding: bool,
}

impl Operation for ListAccounts {
    const SPEC: Spec = Spec::read("ListAccounts", "portcullis:ListAccounts").errors(&[(ACCESS_DENIED, 403)]);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, scope: &Scope) -> String {
        crate::arn(scope, "account/*")
    }

    async fn run(_: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        founders_only(call)?;
        let mut known = call.tx.everywhere::<Account>().await?;
        known.sort_unstable_by_key(|account| account.id);
        let listed = |account: Account| Listed {
            founding: account.id == call.ports.installation.account,
            account_id: account.id.to_string(),
            create_date: account.created,
        };
        Ok(Output { accounts: known.into_iter().map(listed).collect() })
    }
}

#[cfg(test)]
impl Output {
    /// The accounts' ids.
    pub(crate) fn ids(&self) -> Vec<&str> {
        self.accounts.iter().map(|account| account.account_id.as_str()).collect()
    }
}
