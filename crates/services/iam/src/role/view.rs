//! A role as answers show it. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html>

use base::Timestamp;
use model::iam::Role;
use operation::{Call, Failure};

use super::trusted;
use crate::rules::document;
use crate::rules::tags::{self, Tag};

/// A role.
#[derive(Debug, PartialEq, Eq, wire::Shape)]
#[shape(name = "Role", upper)]
pub(crate) struct RoleView {
    path: String,
    role_name: String,
    role_id: String,
    arn: String,
    create_date: Timestamp,
    assume_role_policy_document: Option<String>,
    description: Option<String>,
    max_session_duration: Option<i32>,
    max_signin_session_duration: Option<i32>,
    permissions_boundary: Option<AttachedBoundary>,
    tags: Option<Vec<Tag>>,
    role_last_used: Option<LastUsed>,
    source_role_template: Option<Template>,
}

/// A permissions boundary.
#[derive(Debug, PartialEq, Eq, wire::Shape)]
#[shape(name = "AttachedPermissionsBoundary", upper)]
pub(crate) struct AttachedBoundary {
    // AWS's model calls it `PermissionsBoundaryPolicy`; AWS answers `Policy`.
    permissions_boundary_type: Option<String>,
    permissions_boundary_arn: Option<String>,
}

impl AttachedBoundary {
    /// The boundary with this ARN.
    pub(crate) fn of(arn: &str) -> Self {
        Self { permissions_boundary_type: Some("Policy".to_owned()), permissions_boundary_arn: Some(arn.to_owned()) }
    }
}

/// When a role was last used. Portcullis does not follow it, and says so by leaving it empty.
#[derive(Debug, PartialEq, Eq, wire::Shape)]
#[shape(name = "RoleLastUsed", upper)]
pub(crate) struct LastUsed {
    last_used_date: Option<Timestamp>,
    region: Option<String>,
}

/// A template that a role was made from; none ever was.
#[derive(Debug, PartialEq, Eq, wire::Shape)]
#[shape(name = "SourceRoleTemplate", upper)]
pub(crate) struct Template {
    template_arn: String,
    template_minor_version: i32,
}

impl RoleView {
    /// What lists show: neither tags nor boundary.
    pub(crate) async fn listed(call: &mut Call<'_>, role: &Role) -> Result<Self, Failure> {
        let trust = trusted::shown(call, role).await?;
        Ok(Self {
            path: role.path.clone(),
            role_name: role.name.clone(),
            role_id: role.id.clone(),
            arn: role.arn(),
            create_date: role.created,
            assume_role_policy_document: Some(document::encoded(&trust)),
            description: role.description.clone(),
            max_session_duration: Some(role.max_session_s.cast_signed()),
            max_signin_session_duration: None,
            permissions_boundary: None,
            tags: None,
            role_last_used: None,
            source_role_template: None,
        })
    }

    /// All of it.
    pub(crate) async fn whole(call: &mut Call<'_>, role: &Role) -> Result<Self, Failure> {
        let view = Self::listed(call, role).await?;
        Ok(Self {
            permissions_boundary: role.boundary.as_deref().map(AttachedBoundary::of),
            tags: (!role.tags.is_empty()).then(|| tags::view(&role.tags)),
            role_last_used: Some(LastUsed { last_used_date: None, region: None }),
            ..view
        })
    }

    /// What an instance profile shows of its role.
    pub(crate) async fn in_profile(call: &mut Call<'_>, role: &Role) -> Result<Self, Failure> {
        Ok(Self { description: None, max_session_duration: None, ..Self::listed(call, role).await? })
    }
}
