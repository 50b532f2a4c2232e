//! UpdateRole: a role's description and longest session.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateRole.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::{arn, audited, settings};
use crate::error::{Error, declared};
use crate::find;

/// The operation.
pub(crate) struct UpdateRole;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "UpdateRoleRequest", upper)]
pub(crate) struct Input {
    role_name: String,
    description: Option<String>,
    max_session_duration: Option<i32>,
    max_signin_session_duration: Option<i32>,
    reset_max_signin_session_duration: Option<bool>,
}

/// Nothing.
#[derive(Debug, wire::Shape)]
#[shape(name = "UpdateRoleResponse")]
pub(crate) struct Output {}

impl Operation for UpdateRole {
    const SPEC: Spec = Spec::write("UpdateRole", "iam:UpdateRole").errors(&[
        declared::UNMODIFIABLE,
        declared::NO_ENTITY,
        declared::INVALID,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.role_name)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.role_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        settings::no_sign_in(input.max_signin_session_duration)?;
        if input.reset_max_signin_session_duration == Some(true) {
            return Err(Error::NotEnforced("ResetMaxSigninSessionDuration".to_owned()).into());
        }
        let mut role = find::role(call, &input.role_name).await?;
        if let Some(text) = &input.description {
            role.description = settings::description(text)?;
        }
        // AWS sets what is left out back to an hour.
        let seconds = input.max_session_duration.map(settings::max_session_s).transpose()?;
        role.max_session_s = seconds.unwrap_or(settings::SESSION_S_DEFAULT);
        call.tx.put(&call.scope, &role)?;
        Ok(Output {})
    }
}
