//! ListPolicyTags: a policy's tags by key.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPolicyTags.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::{audited, existing};
use crate::error::declared;
use crate::find::Managed;
use crate::page::Page;
use crate::rules::tags::{self, Tag};

/// The operation.
pub(crate) struct ListPolicyTags;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListPolicyTagsRequest", upper)]
pub(crate) struct Input {
    policy_arn: String,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// A page of tags.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListPolicyTagsResponse", upper)]
pub(crate) struct Output {
    tags: Vec<Tag>,
    is_truncated: Option<bool>,
    marker: Option<String>,
}

impl Operation for ListPolicyTags {
    const SPEC: Spec = Spec::read("ListPolicyTags", "iam:ListPolicyTags").errors(&[
        declared::NO_ENTITY,
        declared::FAILURE,
        declared::INVALID,
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, _: &Scope) -> String {
        input.policy_arn.clone()
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.policy_arn)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let arn = &input.policy_arn;
        let page = Page::read(call, "iam:ListPolicyTags", arn, input.marker.as_deref(), input.max_items)?;
        let all = match existing(call, arn).await? {
            Managed::Own(policy) => tags::view(&policy.tags),
            Managed::Aws(_) => Vec::new(),
        };
        let paged = page.of(call, "iam:ListPolicyTags", arn, all, |tag| tag.key.clone());
        Ok(Output { tags: paged.items, is_truncated: Some(paged.marker.is_some()), marker: paged.marker })
    }
}
