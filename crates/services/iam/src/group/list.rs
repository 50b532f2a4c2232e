//! ListGroups: the account's groups by name. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroups.html>

use base::Scope;
use model::iam::Group;
use operation::{Call, Failure, Operation, Spec};

use super::view::GroupView;
use crate::error::declared;
use crate::page::Page;
use crate::rules::name;

/// The operation.
pub(crate) struct ListGroups;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListGroupsRequest", upper)]
pub(crate) struct Input {
    path_prefix: Option<String>,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// A page of groups.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListGroupsResponse", upper)]
pub(crate) struct Output {
    groups: Vec<GroupView>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for ListGroups {
    const SPEC: Spec = Spec::read("ListGroups", "iam:ListGroups").errors(&[declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        format!("arn:aws:iam::{}:group{}", scope.account, input.path_prefix.as_deref().unwrap_or("/"))
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let prefix = name::path_prefix(input.path_prefix.as_deref())?;
        let page = Page::read(call, "iam:ListGroups", &prefix, input.marker.as_deref(), input.max_items)?;
        let fits = |group: &Group| group.path.starts_with(&prefix);
        let paged = page.stored::<Group>(call, "iam:ListGroups", &prefix, "", fits).await?;
        let groups = paged.items.iter().map(GroupView::of).collect();
        Ok(Output { groups, is_truncated: paged.marker.is_some(), marker: paged.marker })
    }
}
