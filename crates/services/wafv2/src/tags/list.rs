//! ListTagsForResource. <https://docs.aws.amazon.com/waf/latest/APIReference/API_ListTagsForResource.html>

use base::Scope as Place;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::page;
use crate::shapes::Tag;

/// The operation.
pub(crate) struct ListTagsForResource;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListTagsForResourceRequest", upper)]
pub(crate) struct Input {
    next_marker: Option<String>,
    limit: Option<i32>,
    #[shape(rename = "ResourceARN")]
    resource_arn: String,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListTagsForResourceResponse", upper)]
pub(crate) struct Output {
    next_marker: Option<String>,
    tag_info_for_resource: Option<TagInfo>,
}

/// A resource with its tags.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "TagInfoForResource", upper)]
pub(crate) struct TagInfo {
    #[shape(rename = "ResourceARN")]
    resource_arn: Option<String>,
    tag_list: Option<Vec<Tag>>,
}

const NAME: &str = "wafv2:ListTagsForResource";

impl Operation for ListTagsForResource {
    const SPEC: Spec = Spec::read("ListTagsForResource", NAME).errors(declared::READ_TAGS);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        super::resource(&input.resource_arn, place)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let page = page::read(call, NAME, &input.resource_arn, input.next_marker.as_deref(), input.limit)?;
        let place = call.scope.clone();
        let tags = super::read(&input.resource_arn, &place, &mut call.tx).await?;
        let tags = tags.into_iter().map(|(key, value)| Tag { key, value }).collect();
        let (tags, next_marker) = page.of(tags, |tag: &Tag| tag.key.clone());
        let found = TagInfo { resource_arn: Some(input.resource_arn.clone()), tag_list: Some(tags) };
        Ok(Output { next_marker, tag_info_for_resource: Some(found) })
    }
}
