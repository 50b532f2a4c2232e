//! A managed policy and its versions as answers show them.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Policy.html>

use base::Timestamp;
use model::iam::aws_managed::AwsManaged;
use model::iam::{ManagedPolicy, PolicyVersion};

use super::usage::Usage;
use crate::find::Managed;
use crate::rules::document;
use crate::rules::tags::{self, Tag};

/// A managed policy.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(name = "Policy", upper)]
pub(crate) struct PolicyView {
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
    tags: Option<Vec<Tag>>,
}

/// One version of a managed policy.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(name = "PolicyVersion", upper)]
pub(crate) struct VersionView {
    document: Option<String>,
    version_id: Option<String>,
    is_default_version: Option<bool>,
    create_date: Option<Timestamp>,
}

impl PolicyView {
    /// What lists show: neither description nor tags.
    pub(crate) fn listed(policy: &Managed, usage: Usage) -> Self {
        let view = match policy {
            Managed::Own(own) => Self::own(own),
            Managed::Aws(known) => Self::aws(known),
        };
        Self {
            attachment_count: Some(usage.permissions),
            permissions_boundary_usage_count: Some(usage.boundaries),
            ..view
        }
    }

    /// All of it.
    pub(crate) fn whole(policy: &Managed, usage: Usage) -> Self {
        let (description, tags) = match policy {
            Managed::Own(own) => (own.description.clone(), tags::view(&own.tags)),
            Managed::Aws(known) => (Some(known.description.to_owned()), Vec::new()),
        };
        Self { description, tags: Some(tags), ..Self::listed(policy, usage) }
    }

    /// A policy that was just made; AWS leaves its description out, and its tags when there are none.
    pub(crate) fn made(policy: &ManagedPolicy) -> Self {
        let tags = Some(tags::view(&policy.tags)).filter(|tags| !tags.is_empty());
        Self { tags, ..Self::listed(&Managed::Own(Box::new(policy.clone())), Usage::default()) }
    }

    fn own(policy: &ManagedPolicy) -> Self {
        Self {
            policy_name: Some(policy.name.clone()),
            policy_id: Some(policy.id.clone()),
            arn: Some(policy.arn()),
            path: Some(policy.path.clone()),
            default_version_id: Some(version_id(policy.default_version)),
            create_date: Some(policy.created),
            update_date: Some(policy.updated),
            ..Self::blank()
        }
    }

    fn aws(policy: &AwsManaged) -> Self {
        Self {
            policy_name: Some(policy.name.to_owned()),
            policy_id: Some(policy.id.to_owned()),
            arn: Some(policy.arn()),
            path: Some(policy.path.to_owned()),
            default_version_id: Some(version_id(policy.version)),
            create_date: policy.created.parse().ok(),
            update_date: policy.updated.parse().ok(),
            ..Self::blank()
        }
    }

    fn blank() -> Self {
        Self {
            policy_name: None,
            policy_id: None,
            arn: None,
            path: None,
            default_version_id: None,
            attachment_count: None,
            permissions_boundary_usage_count: None,
            is_attachable: Some(true),
            description: None,
            create_date: None,
            update_date: None,
            tags: None,
        }
    }
}

impl VersionView {
    /// A version without its document, as lists show it.
    pub(crate) fn listed(policy: &ManagedPolicy, number: u32, version: &PolicyVersion) -> Self {
        Self {
            document: None,
            version_id: Some(version_id(number)),
            is_default_version: Some(number == policy.default_version),
            create_date: Some(version.created),
        }
    }

    /// A version with its document.
    pub(crate) fn whole(policy: &ManagedPolicy, number: u32, version: &PolicyVersion) -> Self {
        Self { document: Some(document::encoded(&version.document)), ..Self::listed(policy, number, version) }
    }

    /// The version of one of AWS's own policies that is in force, without its document.
    pub(crate) fn aws_listed(policy: &AwsManaged) -> Self {
        Self {
            document: None,
            version_id: Some(version_id(policy.version)),
            is_default_version: Some(true),
            create_date: policy.updated.parse().ok(),
        }
    }

    /// The same with its document.
    pub(crate) fn aws_whole(policy: &AwsManaged) -> Self {
        Self { document: Some(document::encoded(policy.document)), ..Self::aws_listed(policy) }
    }
}

/// A version's number as it travels.
pub(crate) fn version_id(number: u32) -> String {
    format!("v{number}")
}

#[cfg(test)]
mod tests {
    use model::iam::aws_managed::ALL;

    use super::*;

    #[test]
    fn every_policy_of_aws_has_its_dates() {
        for known in ALL {
            let view = PolicyView::aws(known);
            assert!(view.create_date.is_some() && view.update_date >= view.create_date, "{}", known.name);
        }
    }
}
