//! GetAccountPasswordPolicy: rules for passwords. There are no passwords, so there is none.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccountPasswordPolicy.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use crate::error::{Error, declared};

/// The operation.
pub(crate) struct GetAccountPasswordPolicy;

/// Nothing.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetAccountPasswordPolicyRequest")]
pub(crate) struct Input {}

/// What it would answer.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetAccountPasswordPolicyResponse", upper)]
pub(crate) struct Output {
    password_policy: PasswordPolicy,
}

/// What a policy would be.
#[derive(Debug, wire::Shape)]
#[shape(upper)]
struct PasswordPolicy {
    minimum_password_length: Option<i32>,
    require_symbols: Option<bool>,
    require_numbers: Option<bool>,
    require_uppercase_characters: Option<bool>,
    require_lowercase_characters: Option<bool>,
    allow_users_to_change_password: Option<bool>,
    expire_passwords: Option<bool>,
    max_password_age: Option<i32>,
    password_reuse_prevention: Option<i32>,
    hard_expiry: Option<bool>,
}

impl Operation for GetAccountPasswordPolicy {
    const SPEC: Spec = Spec::read("GetAccountPasswordPolicy", "iam:GetAccountPasswordPolicy")
        .errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, _: &Scope) -> String {
        "*".to_owned()
    }

    async fn run(_: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let account = call.scope.account;
        Err(Error::NoSuchEntity(format!("The Password Policy with domain name {account} cannot be found.")).into())
    }
}
