//! ListOpenIDConnectProviderTags: a provider's tags by key. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviderTags.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::audited;
use crate::error::declared;
use crate::page::Page;
use crate::rules::tags::{self, Tag};

/// The operation.
pub(crate) struct ListOpenIDConnectProviderTags;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListOpenIDConnectProviderTagsRequest", upper)]
pub(crate) struct Input {
    #[shape(rename = "OpenIDConnectProviderArn")]
    open_id_connect_provider_arn: String,
    marker: Option<String>,
    max_items: Option<i32>,
}

/// A page of tags.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListOpenIDConnectProviderTagsResponse", upper)]
pub(crate) struct Output {
    tags: Vec<Tag>,
    is_truncated: Option<bool>,
    marker: Option<String>,
}

impl Operation for ListOpenIDConnectProviderTags {
    const SPEC: Spec = Spec::read("ListOpenIDConnectProviderTags", "iam:ListOpenIDConnectProviderTags").errors(&[
        declared::NO_ENTITY,
        declared::FAILURE,
        declared::INVALID,
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, _: &Scope) -> String {
        input.open_id_connect_provider_arn.clone()
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.open_id_connect_provider_arn)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let page = Page::read(
            call,
            "iam:ListOpenIDConnectProviderTags",
            &input.open_id_connect_provider_arn,
            input.marker.as_deref(),
            input.max_items,
        )?;
        let provider = super::find(call, &input.open_id_connect_provider_arn).await?;
        let items = tags::view(&provider.tags);
        let paged =
            page.of(call, "iam:ListOpenIDConnectProviderTags", &input.open_id_connect_provider_arn, items, |tag| {
                tag.key.clone()
            });
        Ok(Output { tags: paged.items, is_truncated: Some(paged.marker.is_some()), marker: paged.marker })
    }
}
