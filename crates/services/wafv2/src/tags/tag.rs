//! TagResource. <https://docs.aws.amazon.com/waf/latest/APIReference/API_TagResource.html>

use base::Scope as Place;
use operation::{Call, Failure, Keys, Operation, Spec};

use crate::error::declared;
use crate::rules;
use crate::shapes::{Nothing, Tag, by_key};

/// The operation.
pub(crate) struct TagResource;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "TagResourceRequest", upper)]
pub(crate) struct Input {
    #[shape(rename = "ResourceARN")]
    resource_arn: String,
    tags: Vec<Tag>,
}

impl Operation for TagResource {
    const SPEC: Spec = Spec::write("TagResource", "wafv2:TagResource").errors(declared::TAGS);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, place: &Place) -> String {
        super::resource(&input.resource_arn, place)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        rules::tag_keys(keys, &input.tags)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        rules::some("tags", input.tags.len())?;
        let place = call.scope.clone();
        let mut tags = super::read(&input.resource_arn, &place, &mut call.tx).await?;
        tags.extend(by_key(&input.tags));
        rules::tags(&tags)?;
        super::write(&input.resource_arn, tags, call).await?;
        Ok(Nothing)
    }
}
