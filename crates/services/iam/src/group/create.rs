//! CreateGroup: a group without users and permissions.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateGroup.html>

use std::collections::{BTreeMap, BTreeSet};

use base::Scope;
use model::iam::Group;
use operation::{Call, Failure, Operation, Spec};

use super::view::GroupView;
use super::{GROUPS_MAX, NAME_CHARS_MAX, audited};
use crate::error::{Error, declared};
use crate::find;
use crate::ids::{Prefix, unique};
use crate::rules::name;
use crate::time::whole_second;

/// The operation.
pub(crate) struct CreateGroup;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "CreateGroupRequest", upper)]
pub(crate) struct Input {
    path: Option<String>,
    group_name: String,
}

/// The group.
#[derive(Debug, wire::Shape)]
#[shape(name = "CreateGroupResponse", upper)]
pub(crate) struct Output {
    group: GroupView,
}

impl Operation for CreateGroup {
    const SPEC: Spec = Spec::write("CreateGroup", "iam:CreateGroup").errors(&[
        declared::LIMIT,
        declared::EXISTS,
        declared::NO_ENTITY,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        format!("arn:aws:iam::{}:group{}{}", scope.account, input.path.as_deref().unwrap_or("/"), input.group_name)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.group_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        name::check("groupName", &input.group_name, NAME_CHARS_MAX)?;
        let path = name::path(input.path.as_deref())?;
        if !find::is_free::<Group>(call, "iam.group.folded", &input.group_name).await? {
            return Err(Error::taken("Group", &input.group_name).into());
        }
        if !call.tx.has_room::<Group>(&call.scope, "", 1, u64::from(GROUPS_MAX)).await? {
            return Err(Error::LimitExceeded { quota: "GroupsPerAccount", max: GROUPS_MAX as usize }.into());
        }
        let group = Group {
            account: call.scope.account,
            name: input.group_name.clone(),
            path,
            id: unique(Prefix::Group),
            created: whole_second(call.now),
            inline: BTreeMap::new(),
            attached: BTreeSet::new(),
        };
        call.tx.put(&call.scope, &group)?;
        Ok(Output { group: GroupView::of(&group) })
    }
}
