//! DeleteAccountAlias: the account's name goes. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteAccountAlias.html>

use base::Scope;
use model::iam::AccountAlias;
use operation::{Call, Failure, Operation, Spec};

use super::create_alias::check;
use crate::error::{Error, declared};
use crate::nothing::Nothing;

/// The operation.
pub(crate) struct DeleteAccountAlias;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "DeleteAccountAliasRequest", upper)]
pub(crate) struct Input {
    account_alias: String,
}

impl Operation for DeleteAccountAlias {
    const SPEC: Spec = Spec::write("DeleteAccountAlias", "iam:DeleteAccountAlias").errors(&[
        declared::CONCURRENT,
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(_: &Input, _: &Scope) -> String {
        "*".to_owned()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let alias = &input.account_alias;
        check(alias)?;
        if call.tx.get::<AccountAlias>(&call.scope, alias).await?.is_none() {
            return Err(Error::NoSuchEntity(format!("The account alias {alias} cannot be found.")).into());
        }
        call.tx.delete::<AccountAlias>(&call.scope, alias);
        Ok(Nothing)
    }
}
