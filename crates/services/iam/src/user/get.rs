//! GetUser: a user by its name, or the caller. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html>

use base::Scope;
use model::iam::Owner;
use model::installation::Account;
use operation::{Call, Failure, Operation, Spec};

use super::audited;
use super::view::UserView;
use crate::error::declared;
use crate::{caller, find};

/// The operation.
pub(crate) struct GetUser;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetUserRequest", upper)]
pub(crate) struct Input {
    user_name: Option<String>,
}

/// The user.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetUserResponse", upper)]
pub(crate) struct Output {
    user: UserView,
}

impl Operation for GetUser {
    const SPEC: Spec = Spec::read("GetUser", "iam:GetUser").errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        caller::arn(scope, input.user_name.as_deref())
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(input.user_name.as_deref())
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let user = match caller::meant(call, input.user_name.as_deref())? {
            Owner::User(name) => UserView::whole(&find::user(call, &name).await?),
            Owner::Root => root(call).await?,
        };
        Ok(Output { user })
    }
}

async fn root(call: &mut Call<'_>) -> Result<UserView, Failure> {
    let id = call.scope.account;
    let account = call.tx.get::<Account>(&call.scope, id.as_str()).await?;
    let account = account.ok_or_else(|| Failure::Broken { what: format!("the account `{id}` is not stored") })?;
    Ok(UserView {
        path: None,
        user_name: None,
        user_id: id.to_string(),
        arn: format!("arn:aws:iam::{id}:root"),
        create_date: crate::time::whole_second(account.created),
        password_last_used: None,
        permissions_boundary: None,
        tags: None,
    })
}
