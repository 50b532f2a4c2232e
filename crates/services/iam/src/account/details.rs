//! Users, groups, roles and policies with everything that belongs to them.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UserDetail.html>

use std::collections::{BTreeMap, BTreeSet};

use base::Timestamp;
use model::iam::{Group, InstanceProfile, Role, User};
use operation::{Call, Failure};

use crate::attachment::list::AttachedPolicy;
use crate::find::Managed;
use crate::instance_profile::view::ProfileView;
use crate::policy::usage::Usage;
use crate::policy::view::{VersionView, version_id};
use crate::role::trusted;
use crate::role::view::{AttachedBoundary, LastUsed};
use crate::rules::document;
use crate::rules::tags::{self, Tag};

/// An inline policy.
#[derive(Debug, PartialEq, Eq, wire::Shape)]
#[shape(upper)]
pub(super) struct PolicyDetail {
    policy_name: Option<String>,
    policy_document: Option<String>,
}

/// A user.
#[derive(Debug, PartialEq, Eq, wire::Shape)]
#[shape(upper)]
pub(super) struct UserDetail {
    path: Option<String>,
    user_name: Option<String>,
    user_id: Option<String>,
    arn: Option<String>,
    create_date: Option<Timestamp>,
    user_policy_list: Vec<PolicyDetail>,
    group_list: Option<Vec<String>>,
    attached_managed_policies: Vec<AttachedPolicy>,
    permissions_boundary: Option<AttachedBoundary>,
    tags: Option<Vec<Tag>>,
}

/// A group.
#[derive(Debug, PartialEq, Eq, wire::Shape)]
#[shape(upper)]
pub(super) struct GroupDetail {
    path: Option<String>,
    group_name: Option<String>,
    group_id: Option<String>,
    arn: Option<String>,
    create_date: Option<Timestamp>,
    group_policy_list: Vec<PolicyDetail>,
    attached_managed_policies: Vec<AttachedPolicy>,
}

/// A role.
#[derive(Debug, PartialEq, Eq, wire::Shape)]
#[shape(upper)]
pub(super) struct RoleDetail {
    path: Option<String>,
    role_name: Option<String>,
    role_id: Option<String>,
    arn: Option<String>,
    create_date: Option<Timestamp>,
    assume_role_policy_document: Option<String>,
    instance_profile_list: Option<Vec<ProfileView>>,
    role_policy_list: Vec<PolicyDetail>,
    attached_managed_policies: Vec<AttachedPolicy>,
    permissions_boundary: Option<AttachedBoundary>,
    tags: Option<Vec<Tag>>,
    role_last_used: Option<LastUsed>,
}

/// A managed policy.
#[derive(Debug, PartialEq, Eq, wire::Shape)]
#[shape(upper)]
pub(super) struct ManagedPolicyDetail {
    policy_name: Option<String>,
    policy_id: Option<String>,
    arn: Option<String>,
    path: Option<String>,
    default_version_id: Option<String>,
    attachment_count: Option<i32>,
    permissions_boundary_usage_count: Option<i32>,
    is_attachable: Option<bool>,
    description: Option<String>,
    create_date: Option<Timestamp>,
    update_date: Option<Timestamp>,
    policy_version_list: Option<Vec<VersionView>>,
}

impl UserDetail {
    pub(super) fn of(user: &User) -> Self {
        Self {
            path: Some(user.path.clone()),
            user_name: Some(user.name.clone()),
            user_id: Some(user.id.clone()),
            arn: Some(user.arn()),
            create_date: Some(user.created),
            user_policy_list: inline(&user.inline),
            group_list: Some(user.groups.iter().cloned().collect()),
            attached_managed_policies: attached(&user.attached),
            permissions_boundary: user.boundary.as_deref().map(AttachedBoundary::of),
            tags: Some(tags::view(&user.tags)),
        }
    }
}

impl GroupDetail {
    pub(super) fn of(group: &Group) -> Self {
        Self {
            path: Some(group.path.clone()),
            group_name: Some(group.name.clone()),
            group_id: Some(group.id.clone()),
            arn: Some(group.arn()),
            create_date: Some(group.created),
            group_policy_list: inline(&group.inline),
            attached_managed_policies: attached(&group.attached),
        }
    }
}

impl RoleDetail {
    /// `profiles` are all of the account's.
    pub(super) async fn of(call: &mut Call<'_>, role: &Role, profiles: &[InstanceProfile]) -> Result<Self, Failure> {
        let trust = trusted::shown(call, role).await?;
        let mut list = Vec::new();
        for profile in profiles.iter().filter(|profile| profile.role.as_ref() == Some(&role.name)) {
            list.push(ProfileView::listed(call, profile).await?);
        }
        Ok(Self {
            path: Some(role.path.clone()),
            role_name: Some(role.name.clone()),
            role_id: Some(role.id.clone()),
            arn: Some(role.arn()),
            create_date: Some(role.created),
            assume_role_policy_document: Some(document::encoded(&trust)),
            instance_profile_list: Some(list),
            role_policy_list: inline(&role.inline),
            attached_managed_policies: attached(&role.attached),
            permissions_boundary: role.boundary.as_deref().map(AttachedBoundary::of),
            tags: Some(tags::view(&role.tags)),
            role_last_used: None,
        })
    }
}

impl ManagedPolicyDetail {
    pub(super) fn of(policy: &Managed, usage: Usage) -> Self {
        let blank = Self {
            policy_name: None,
            policy_id: None,
            arn: Some(policy.arn()),
            path: Some(policy.path().to_owned()),
            default_version_id: None,
            attachment_count: Some(usage.permissions),
            permissions_boundary_usage_count: Some(usage.boundaries),
            is_attachable: Some(true),
            description: None,
            create_date: None,
            update_date: None,
            policy_version_list: None,
        };
        match policy {
            Managed::Own(own) => {
                let versions = own.versions.iter().rev();
                let versions = versions.map(|(number, version)| VersionView::whole(own, *number, version));
                Self {
                    policy_name: Some(own.name.clone()),
                    policy_id: Some(own.id.clone()),
                    default_version_id: Some(version_id(own.default_version)),
                    description: own.description.clone(),
                    create_date: Some(own.created),
                    update_date: Some(own.updated),
                    policy_version_list: Some(versions.collect()),
                    ..blank
                }
            }
            Managed::Aws(known) => Self {
                policy_name: Some(known.name.to_owned()),
                policy_id: Some(known.id.to_owned()),
                default_version_id: Some(version_id(known.version)),
                create_date: known.created.parse().ok(),
                update_date: known.updated.parse().ok(),
                policy_version_list: Some(vec![VersionView::aws_whole(known)]),
                ..blank
            },
        }
    }
}

fn inline(policies: &BTreeMap<String, String>) -> Vec<PolicyDetail> {
    let detail = |(name, text): (&String, &String)| PolicyDetail {
        policy_name: Some(name.clone()),
        policy_document: Some(document::encoded(text)),
    };
    policies.iter().map(detail).collect()
}

fn attached(arns: &BTreeSet<String>) -> Vec<AttachedPolicy> {
    arns.iter().map(|arn| AttachedPolicy::of(arn)).collect()
}
