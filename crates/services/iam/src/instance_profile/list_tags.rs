//! ListInstanceProfileTags: a profile's tags by key.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListInstanceProfileTags.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::{arn, audited, existing};
use crate::error::declared;
use crate::page::Page;
use crate::rules::tags::{self, Tag};

/// The operation.
pub(crate) struct ListInstanceProfileTags;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListInstanceProfileTagsRequest", upper)]
pub(crate) struct Input {
    instance_profile_name: String,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// A page of tags.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListInstanceProfileTagsResponse", upper)]
pub(crate) struct Output {
    tags: Vec<Tag>,
    is_truncated: Option<bool>,
    marker: Option<String>,
}

impl Operation for ListInstanceProfileTags {
    const SPEC: Spec = Spec::read("ListInstanceProfileTags", "iam:ListInstanceProfileTags")
        .errors(&[declared::NO_ENTITY, declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn(scope, &input.instance_profile_name)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.instance_profile_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        const NAME: &str = "iam:ListInstanceProfileTags";
        let of = &input.instance_profile_name;
        let page = Page::read(call, NAME, of, input.marker.as_deref(), input.max_items)?;
        let profile = existing(call, of).await?;
        let paged = page.of(call, NAME, of, tags::view(&profile.tags), |tag| tag.key.clone());
        Ok(Output { tags: paged.items, is_truncated: Some(paged.marker.is_some()), marker: paged.marker })
    }
}
