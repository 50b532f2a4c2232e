//! UntagResource. <https://docs.aws.amazon.com/waf/latest/APIReference/API_UntagResource.html>

use base::Scope as Place;
use operation::{Call, Failure, Keys, Operation, Spec};

use crate::error::declared;
use crate::rules;
use crate::shapes::Nothing;

/// The operation.
pub(crate) struct UntagResource;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UntagResourceRequest", upper)]
pub(crate) struct Input {
    #[shape(rename = "ResourceARN")]
    resource_arn: String,
    tag_keys: Vec<String>,
}

impl Operation for UntagResource {
    const SPEC: Spec = Spec::write("UntagResource", "wafv2:UntagResource").errors(declared::READ_TAGS);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, place: &Place) -> String {
        super::resource(&input.resource_arn, place)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        keys.texts("aws:TagKeys", input.tag_keys.iter().map(String::as_str))
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        rules::some("tagKeys", input.tag_keys.len())?;
        let place = call.scope.clone();
        let mut tags = super::read(&input.resource_arn, &place, &mut call.tx).await?;
        tags.retain(|key, _| !input.tag_keys.contains(key));
        super::write(&input.resource_arn, tags, call).await?;
        Ok(Nothing)
    }
}
