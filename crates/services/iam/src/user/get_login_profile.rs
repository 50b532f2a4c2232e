//! GetLoginProfile: a user's password for the console. There is no console, so nobody has one.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html>

use base::{Scope, Timestamp};
use model::iam::Owner;
use operation::{Call, Failure, Operation, Spec};

use super::audited;
use crate::error::{Error, declared};
use crate::{caller, find};

/// The operation.
pub(crate) struct GetLoginProfile;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetLoginProfileRequest", upper)]
pub(crate) struct Input {
    user_name: Option<String>,
}

/// What it would answer.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetLoginProfileResponse", upper)]
pub(crate) struct Output {
    login_profile: LoginProfile,
}

/// What a profile would be.
#[derive(Debug, wire::Shape)]
#[shape(upper)]
struct LoginProfile {
    user_name: String,
    create_date: Timestamp,
    password_reset_required: Option<bool>,
    max_signin_session_duration: Option<i32>,
}

impl Operation for GetLoginProfile {
    const SPEC: Spec =
        Spec::read("GetLoginProfile", "iam:GetLoginProfile").errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        caller::arn(scope, input.user_name.as_deref())
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(input.user_name.as_deref())
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let name = match caller::meant(call, input.user_name.as_deref())? {
            Owner::User(name) => find::user(call, &name).await?.name,
            Owner::Root => call.scope.account.to_string(),
        };
        Err(Error::NoSuchEntity(format!("Login Profile for User {name} cannot be found.")).into())
    }
}
