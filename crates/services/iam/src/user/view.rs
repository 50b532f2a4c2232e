//! A user as answers show it. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_User.html>

use base::Timestamp;
use model::iam::User;

use crate::role::view::AttachedBoundary;
use crate::rules::tags::{self, Tag};

/// A user, or the account's root user, which has neither a name nor a path.
#[derive(Debug, PartialEq, Eq, wire::Shape)]
#[shape(name = "User", upper)]
pub(crate) struct UserView {
    pub(super) path: Option<String>,
    pub(super) user_name: Option<String>,
    pub(super) user_id: String,
    pub(super) arn: String,
    pub(super) create_date: Timestamp,
    pub(super) password_last_used: Option<Timestamp>,
    pub(super) permissions_boundary: Option<AttachedBoundary>,
    pub(super) tags: Option<Vec<Tag>>,
}

impl UserView {
    /// What lists show: neither tags nor boundary.
    pub(crate) fn listed(user: &User) -> Self {
        Self {
            path: Some(user.path.clone()),
            user_name: Some(user.name.clone()),
            user_id: user.id.clone(),
            arn: user.arn(),
            create_date: user.created,
            password_last_used: None,
            permissions_boundary: None,
            tags: None,
        }
    }

    /// All of it.
    pub(crate) fn whole(user: &User) -> Self {
        Self {
            permissions_boundary: user.boundary.as_deref().map(AttachedBoundary::of),
            tags: (!user.tags.is_empty()).then(|| tags::view(&user.tags)),
            ..Self::listed(user)
        }
    }
}
