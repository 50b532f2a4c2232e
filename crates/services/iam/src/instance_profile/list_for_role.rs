//! ListInstanceProfilesForRole: the profiles that hold a role.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfilesForRole.html>

use base::Scope;
use model::iam::{InstanceProfile, Role};
use operation::{Call, Failure, Operation, Spec};

use super::view::ProfileView;
use crate::error::declared;
use crate::holder;
use crate::page::Page;

/// The operation.
pub(crate) struct ListInstanceProfilesForRole;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListInstanceProfilesForRoleRequest", upper)]
pub(crate) struct Input {
    role_name: String,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// A page of profiles.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListInstanceProfilesForRoleResponse", upper)]
pub(crate) struct Output {
    instance_profiles: Vec<ProfileView>,
    is_truncated: Option<bool>,
    marker: Option<String>,
}

impl Operation for ListInstanceProfilesForRole {
    const SPEC: Spec = Spec::read("ListInstanceProfilesForRole", "iam:ListInstanceProfilesForRole")
        .errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        holder::arn::<Role>(scope, &input.role_name)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        holder::audited::<Role>(&input.role_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        const NAME: &str = "iam:ListInstanceProfilesForRole";
        let page = Page::read(call, NAME, &input.role_name, input.marker.as_deref(), input.max_items)?;
        let role = holder::find::<Role>(call, &input.role_name).await?;
        let mut all = call.tx.all::<InstanceProfile>(&call.scope, "").await?;
        all.retain(|profile| profile.role.as_ref() == Some(&role.name));
        let paged = page.of(call, NAME, &input.role_name, all, |profile| profile.name.clone());
        let mut instance_profiles = Vec::with_capacity(paged.items.len());
        for profile in &paged.items {
            instance_profiles.push(ProfileView::listed(call, profile).await?);
        }
        Ok(Output { instance_profiles, is_truncated: Some(paged.marker.is_some()), marker: paged.marker })
    }
}
