//! UntagResource. <https://docs.aws.amazon.com/apigateway/latest/api/API_UntagResource.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::target::{Target, policy_arn};
use crate::error::declared;
use crate::nothing::Nothing;

/// The operation.
pub(crate) struct UntagResource;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UntagResourceRequest")]
pub(crate) struct Input {
    #[shape(uri = "resource_arn")]
    resource_arn: String,
    #[shape(query = "tagKeys")]
    tag_keys: Vec<String>,
}

impl Operation for UntagResource {
    const SPEC: Spec = Spec::write("UntagResource", "apigateway:DELETE")
        .http(Verb::DELETE, "/tags/{resource_arn}", 204)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        policy_arn(&input.resource_arn, scope)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let target = Target::find(call, &input.resource_arn).await?;
        let mut left = target.tags().clone();
        left.retain(|key, _| !input.tag_keys.contains(key));
        target.put(call, left)?;
        Ok(Nothing)
    }
}
