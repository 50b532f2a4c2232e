//! ListUserTags: a user's tags by key. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserTags.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::{arn, audited};
use crate::error::declared;
use crate::find;
use crate::page::Page;
use crate::rules::tags::{self, Tag};

/// The operation.
pub(crate) struct ListUserTags;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListUserTagsRequest", upper)]
pub(crate) struct Input {
    user_name: String,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// A page of tags.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListUserTagsResponse", upper)]
pub(crate) struct Output {
    tags: Vec<Tag>,
    is_truncated: bool,
    marker: Option<String>,
}

impl Operation for ListUserTags {
    const SPEC: Spec = Spec::read("ListUserTags", "iam:ListUserTags").errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.user_name)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(Some(&input.user_name))
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let query = &input.user_name;
        let page = Page::read(call, "iam:ListUserTags", query, input.marker.as_deref(), input.max_items)?;
        let user = find::user(call, &input.user_name).await?;
        let items = tags::view(&user.tags);
        let paged = page.of(call, "iam:ListUserTags", query, items, |tag| tag.key.clone());
        Ok(Output { tags: paged.items, is_truncated: paged.marker.is_some(), marker: paged.marker })
    }
}
