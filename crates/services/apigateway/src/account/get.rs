//! GetAccount. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetAccount.html>

use base::Scope;
use http::Method as Verb;
use model::apigateway::Account;
use operation::{Call, Failure, Operation, Spec};

use super::AccountView;
use crate::arn;
use crate::error::declared;

/// The operation.
pub(crate) struct GetAccount;

/// What it takes.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(name = "GetAccountRequest")]
pub(crate) struct Input {}

impl Operation for GetAccount {
    const SPEC: Spec =
        Spec::read("GetAccount", "apigateway:GET").http(Verb::GET, "/account", 200).errors(declared::READ);
    type Input = Input;
    type Output = AccountView;

    fn resource(_: &Input, scope: &Scope) -> String {
        arn::of(scope, "/account")
    }

    async fn run(_: &Input, call: &mut Call<'_>) -> Result<AccountView, Failure> {
        let account = call.tx.get::<Account>(&call.scope, Account::ID).await?.unwrap_or_default();
        Ok(AccountView::of(&account, call.ports.installation.throttle))
    }
}
