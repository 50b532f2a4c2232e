//! UpdateGroup: another name, another path. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateGroup.html>

use base::Scope;
use model::Record as _;
use model::iam::{Attachment, Group, Membership, Purpose, User};
use operation::{Call, Failure, Operation, Spec};

use super::{NAME_CHARS_MAX, arn, audited};
use crate::error::{Error, declared};
use crate::nothing::Nothing;
use crate::rules::name;
use crate::{attachment, find};

/// The operation.
pub(crate) struct UpdateGroup;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "UpdateGroupRequest", upper)]
pub(crate) struct Input {
    group_name: String,
    new_path: Option<String>,
    new_group_name: Option<String>,
}

impl Operation for UpdateGroup {
    const SPEC: Spec = Spec::write("UpdateGroup", "iam:UpdateGroup").errors(&[
        declared::NO_ENTITY,
        declared::EXISTS,
        declared::LIMIT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.group_name)
    }

    /// AWS asks for what the group becomes, too.
    fn further(input: &Input, scope: &Scope) -> Vec<(&'static str, String)> {
        if input.new_path.is_none() && input.new_group_name.is_none() {
            return Vec::new();
        }
        let path = input.new_path.as_deref().unwrap_or("/");
        let name = input.new_group_name.as_ref().unwrap_or(&input.group_name);
        vec![(Self::SPEC.action, format!("arn:aws:iam::{}:group{path}{name}", scope.account))]
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.group_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let mut group = find::group(call, &input.group_name).await?;
        if let Some(path) = &input.new_path {
            group.path = name::path(Some(path))?;
        }
        if let Some(new) = input.new_group_name.as_ref().filter(|new| **new != group.name) {
            name::check("newGroupName", new, NAME_CHARS_MAX)?;
            let same = new.eq_ignore_ascii_case(&group.name);
            if !same && !find::is_free::<Group>(call, "iam.group.folded", new).await? {
                return Err(Error::taken("Group", new).into());
            }
            group = renamed(call, group, new).await?;
        }
        call.tx.put(&call.scope, &group)?;
        Ok(Nothing)
    }
}

/// The group under its new name, which its users and the other sides of its policies learn; the old record is gone.
async fn renamed(call: &mut Call<'_>, old: Group, name: &str) -> Result<Group, Failure> {
    for member in call.tx.all::<Membership>(&call.scope, &Membership::prefix(&old.name)).await? {
        let mut user: User = find::user(call, &member.user).await?;
        user.groups.remove(&old.name);
        user.groups.insert(name.to_owned());
        call.tx.put(&call.scope, &user)?;
        call.tx.delete::<Membership>(&call.scope, &member.id());
        call.tx.put(&call.scope, &Membership { group: name.to_owned(), ..member })?;
    }
    for policy in &old.attached {
        let [before, after] =
            [old.name.as_str(), name].map(|name| attachment::record::<Group>(policy, name, Purpose::Permissions));
        call.tx.delete::<Attachment>(&call.scope, &before.id());
        call.tx.put(&call.scope, &after)?;
    }
    call.tx.delete::<Group>(&call.scope, &old.name);
    Ok(Group { name: name.to_owned(), ..old })
}
