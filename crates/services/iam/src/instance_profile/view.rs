//! An instance profile as answers show it. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_InstanceProfile.html>

use base::Timestamp;
use model::iam::{InstanceProfile, Role};
use operation::{Call, Failure};

use crate::role::view::RoleView;
use crate::rules::tags::{self, Tag};

/// A profile.
#[derive(Debug, PartialEq, Eq, wire::Shape)]
#[shape(name = "InstanceProfile", upper)]
pub(crate) struct ProfileView {
    path: String,
    instance_profile_name: String,
    instance_profile_id: String,
    arn: String,
    create_date: Timestamp,
    roles: Vec<RoleView>,
    tags: Option<Vec<Tag>>,
}

impl ProfileView {
    /// What lists show: no tags.
    pub(crate) async fn listed(call: &mut Call<'_>, profile: &InstanceProfile) -> Result<Self, Failure> {
        let role = match &profile.role {
            Some(name) => call.tx.get::<Role>(&call.scope, name).await?,
            None => None,
        };
        let mut roles = Vec::new();
        if let Some(role) = role {
            roles.push(RoleView::in_profile(call, &role).await?);
        }
        Ok(Self { roles, tags: None, ..Self::made(profile) })
    }

    /// All of it.
    pub(crate) async fn whole(call: &mut Call<'_>, profile: &InstanceProfile) -> Result<Self, Failure> {
        Ok(Self { tags: Some(tags::view(&profile.tags)), ..Self::listed(call, profile).await? })
    }

    /// A profile that was just made; AWS leaves its tags out when there are none.
    pub(crate) fn made(profile: &InstanceProfile) -> Self {
        Self {
            path: profile.path.clone(),
            instance_profile_name: profile.name.clone(),
            instance_profile_id: profile.id.clone(),
            arn: profile.arn(),
            create_date: profile.created,
            roles: Vec::new(),
            tags: Some(tags::view(&profile.tags)).filter(|tags| !tags.is_empty()),
        }
    }
}
