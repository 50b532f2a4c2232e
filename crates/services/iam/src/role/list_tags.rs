//! ListRoleTags: a role's tags by key. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRoleTags.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::{arn, audited};
use crate::error::declared;
use crate::find;
use crate::page::Page;
use crate::rules::tags::{self, Tag};

/// The operation.
pub(crate) struct ListRoleTags;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListRoleTagsRequest", upper)]
pub(crate) struct Input {
    role_name: String,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// A page of tags.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListRoleTagsResponse", upper)]
pub(crate) struct Output {
    tags: Vec<Tag>,
    is_truncated: Option<bool>,
    marker: Option<String>,
}

impl Operation for ListRoleTags {
    const SPEC: Spec = Spec::read("ListRoleTags", "iam:ListRoleTags").errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.role_name)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.role_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let page = Page::read(call, "iam:ListRoleTags", &input.role_name, input.marker.as_deref(), input.max_items)?;
        let role = find::role(call, &input.role_name).await?;
        let items = tags::view(&role.tags);
        let paged = page.of(call, "iam:ListRoleTags", &input.role_name, items, |tag| tag.key.clone());
        Ok(Output { tags: paged.items, is_truncated: Some(paged.marker.is_some()), marker: paged.marker })
    }
}
