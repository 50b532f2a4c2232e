//! GetTags. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetTags.html>

use std::collections::BTreeMap;

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::target::{Target, policy_arn};
use crate::error::declared;

/// The operation.
pub(crate) struct GetTags;

/// What it takes. AWS supports neither `position` nor `limit` yet, and a resource has 50 tags at most.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetTagsRequest")]
pub(crate) struct Input {
    #[shape(uri = "resource_arn")]
    resource_arn: String,
    #[shape(query = "position")]
    position: Option<String>,
    #[shape(query = "limit")]
    limit: Option<i32>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "Tags")]
pub(crate) struct Output {
    tags: BTreeMap<String, String>,
}

impl Operation for GetTags {
    const SPEC: Spec =
        Spec::read("GetTags", "apigateway:GET").http(Verb::GET, "/tags/{resource_arn}", 200).errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        policy_arn(&input.resource_arn, scope)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let target = Target::find(call, &input.resource_arn).await?;
        Ok(Output { tags: target.tags().clone() })
    }
}
