//! CreateAccountAlias: a name for the account, which takes the place of the one it has.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccountAlias.html>

use base::Scope;
use model::iam::AccountAlias;
use operation::{Call, Failure, Operation, Spec};

use crate::error::{Error, declared};
use crate::nothing::Nothing;

/// The operation.
pub(crate) struct CreateAccountAlias;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "CreateAccountAliasRequest", upper)]
pub(crate) struct Input {
    account_alias: String,
}

impl Operation for CreateAccountAlias {
    const SPEC: Spec = Spec::write("CreateAccountAlias", "iam:CreateAccountAlias").errors(&[
        declared::CONCURRENT,
        declared::EXISTS,
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
        match call.tx.find::<AccountAlias>("iam.account_alias", alias).await? {
            Some((scope, _)) if scope != call.scope => {
                let taken = format!("The account alias {alias} already exists.");
                return Err(Error::EntityAlreadyExists(taken).into());
            }
            Some(_) => return Ok(Nothing),
            None => {}
        }
        for old in call.tx.all::<AccountAlias>(&call.scope, "").await? {
            call.tx.delete::<AccountAlias>(&call.scope, &old.alias);
        }
        call.tx.put(&call.scope, &AccountAlias { alias: alias.clone() })?;
        Ok(Nothing)
    }
}

/// Lower-case letters, digits and single dashes inside; twelve digits would be an account.
pub(super) fn check(alias: &str) -> Result<(), Error> {
    const PATTERN: &str = "^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$";
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let sound = (3..=63).contains(&alias.len())
        && alias.bytes().all(fits)
        && !alias.starts_with('-')
        && !alias.ends_with('-')
        && !alias.contains("--");
    let is_account = alias.len() == 12 && alias.bytes().all(|byte| byte.is_ascii_digit());
    if sound && !is_account {
        return Ok(());
    }
    let shown: String = alias.chars().take(64).collect();
    Err(Error::ValidationError(format!(
        "1 validation error detected: Value '{shown}' at 'accountAlias' failed to satisfy constraint: Member must satisfy regular expression pattern: {PATTERN}"
    )))
}
