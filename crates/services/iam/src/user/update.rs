//! UpdateUser: another name, another path. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html>

use base::Scope;
use model::iam::User;
use operation::{Call, Failure, Operation, Spec};

use super::{NAME_CHARS_MAX, arn, audited, rename};
use crate::error::{Error, declared};
use crate::find;
use crate::nothing::Nothing;
use crate::rules::name;

/// The operation.
pub(crate) struct UpdateUser;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "UpdateUserRequest", upper)]
pub(crate) struct Input {
    user_name: String,
    new_path: Option<String>,
    new_user_name: Option<String>,
}

impl Operation for UpdateUser {
    const SPEC: Spec = Spec::write("UpdateUser", "iam:UpdateUser").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::EXISTS,
        declared::CONCURRENT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.user_name)
    }

    /// AWS asks for what the user becomes, too.
    fn further(input: &Input, scope: &Scope) -> Vec<(&'static str, String)> {
        if input.new_path.is_none() && input.new_user_name.is_none() {
            return Vec::new();
        }
        let path = input.new_path.as_deref().unwrap_or("/");
        let name = input.new_user_name.as_ref().unwrap_or(&input.user_name);
        vec![(Self::SPEC.action, format!("arn:aws:iam::{}:user{path}{name}", scope.account))]
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(Some(&input.user_name))
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let mut user = find::user(call, &input.user_name).await?;
        if let Some(path) = &input.new_path {
            user.path = name::path(Some(path))?;
        }
        if let Some(new) = input.new_user_name.as_ref().filter(|new| **new != user.name) {
            name::check("newUserName", new, NAME_CHARS_MAX)?;
            let same = new.eq_ignore_ascii_case(&user.name);
            if !same && !find::is_free::<User>(call, "iam.user.folded", new).await? {
                return Err(Error::taken("User", new).into());
            }
            user = rename::to(call, user, new).await?;
        }
        call.tx.put(&call.scope, &user)?;
        Ok(Nothing)
    }
}
