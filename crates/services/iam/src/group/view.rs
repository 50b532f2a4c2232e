//! A group as answers show it. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Group.html>

use base::Timestamp;
use model::iam::Group;

/// A group.
#[derive(Debug, PartialEq, Eq, wire::Shape)]
#[shape(name = "Group", upper)]
pub(crate) struct GroupView {
    path: String,
    group_name: String,
    group_id: String,
    arn: String,
    create_date: Timestamp,
}

impl GroupView {
    /// All of it.
    pub(crate) fn of(group: &Group) -> Self {
        Self {
            path: group.path.clone(),
            group_name: group.name.clone(),
            group_id: group.id.clone(),
            arn: group.arn(),
            create_date: group.created,
        }
    }
}
