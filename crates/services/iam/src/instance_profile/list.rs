//! ListInstanceProfiles: profiles by name.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfiles.html>

use base::Scope;
use model::iam::InstanceProfile;
use operation::{Call, Failure, Operation, Spec};

use super::view::ProfileView;
use crate::error::declared;
use crate::page::Page;
use crate::rules::name;

/// The operation.
pub(crate) struct ListInstanceProfiles;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListInstanceProfilesRequest", upper)]
pub(crate) struct Input {
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// A page of profiles.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListInstanceProfilesResponse", upper)]
pub(crate) struct Output {
    instance_profiles: Vec<ProfileView>,
    is_truncated: Option<bool>,
    marker: Option<String>,
}

impl Operation for ListInstanceProfiles {
    const SPEC: Spec = Spec::read("ListInstanceProfiles", "iam:ListInstanceProfiles").errors(&[declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        let prefix = input.path_prefix.as_deref().unwrap_or("/");
        format!("arn:aws:iam::{}:instance-profile{prefix}", scope.account)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let prefix = name::path_prefix(input.path_prefix.as_deref())?;
        let page = Page::read(call, "iam:ListInstanceProfiles", &prefix, input.marker.as_deref(), input.max_items)?;
        let mut all = call.tx.all::<InstanceProfile>(&call.scope, "").await?;
        all.retain(|profile| profile.path.starts_with(&prefix));
        let paged = page.of(call, "iam:ListInstanceProfiles", &prefix, all, |profile| profile.name.clone());
        let mut instance_profiles = Vec::with_capacity(paged.items.len());
        for profile in &paged.items {
            instance_profiles.push(ProfileView::listed(call, profile).await?);
        }
        Ok(Output { instance_profiles, is_truncated: Some(paged.marker.is_some()), marker: paged.marker })
    }
}
