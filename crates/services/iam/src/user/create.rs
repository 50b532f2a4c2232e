//! CreateUser: a user without keys, groups and permissions.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html>

use std::collections::{BTreeMap, BTreeSet};

use base::Scope;
use model::iam::{Purpose, User};
use operation::{Call, Failure, Operation, Spec};
use policy::Keys;

use super::view::UserView;
use super::{NAME_CHARS_MAX, audited};
use crate::error::{Error, declared};
use crate::ids::{Prefix, unique};
use crate::rules::name;
use crate::rules::tags::{self, Tag};
use crate::time::whole_second;
use crate::{attachment, find};

/// AWS's quota, which it raises for nobody. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
pub(crate) const USERS_MAX: u32 = 5_000;

/// The operation.
pub(crate) struct CreateUser;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "CreateUserRequest", upper)]
pub(crate) struct Input {
    path: Option<String>,
    user_name: String,
    permissions_boundary: Option<String>,
    tags: Option<Vec<Tag>>,
}

/// The user.
#[derive(Debug, wire::Shape)]
#[shape(name = "CreateUserResponse", upper)]
pub(crate) struct Output {
    user: UserView,
}

impl Operation for CreateUser {
    const SPEC: Spec = Spec::write("CreateUser", "iam:CreateUser").errors(&[
        declared::LIMIT,
        declared::EXISTS,
        declared::NO_ENTITY,
        declared::INVALID,
        declared::CONCURRENT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        format!("arn:aws:iam::{}:user{}{}", scope.account, input.path.as_deref().unwrap_or("/"), input.user_name)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        let keys = match &input.permissions_boundary {
            Some(arn) => keys.text("iam:PermissionsBoundary", arn.as_str()),
            None => keys,
        };
        tags::keys(input.tags.as_deref().unwrap_or_default(), keys)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(Some(&input.user_name))
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        name::check("userName", &input.user_name, NAME_CHARS_MAX)?;
        let path = name::path(input.path.as_deref())?;
        let mut all_tags = BTreeMap::new();
        tags::add(&mut all_tags, input.tags.as_deref().unwrap_or_default())?;
        if !find::is_free::<User>(call, "iam.user.folded", &input.user_name).await? {
            return Err(Error::taken("User", &input.user_name).into());
        }
        if !call.tx.has_room::<User>(&call.scope, "", 1, u64::from(USERS_MAX)).await? {
            return Err(Error::LimitExceeded { quota: "UsersPerAccount", max: USERS_MAX as usize }.into());
        }
        let user = User {
            account: call.scope.account,
            name: input.user_name.clone(),
            path,
            id: unique(Prefix::User),
            created: whole_second(call.now),
            tags: all_tags,
            groups: BTreeSet::new(),
            inline: BTreeMap::new(),
            attached: BTreeSet::new(),
            boundary: input.permissions_boundary.clone(),
        };
        if let Some(arn) = &user.boundary {
            find::boundary(call, arn).await?;
            call.tx.put(&call.scope, &attachment::record::<User>(arn, &user.name, Purpose::Boundary))?;
        }
        call.tx.put(&call.scope, &user)?;
        Ok(Output { user: UserView::whole(&user) })
    }
}
