//! TagResource: adds and replaces tags. <https://docs.aws.amazon.com/apigateway/latest/api/API_TagResource.html>

use std::collections::BTreeMap;

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::target::{Target, policy_arn};
use crate::error::declared;
use crate::nothing::Nothing;
use crate::rules::tags;

/// The operation.
pub(crate) struct TagResource;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "TagResourceRequest")]
pub(crate) struct Input {
    #[shape(uri = "resource_arn")]
    resource_arn: String,
    tags: BTreeMap<String, String>,
}

impl Operation for TagResource {
    const SPEC: Spec = Spec::write("TagResource", "apigateway:PUT")
        .http(Verb::PUT, "/tags/{resource_arn}", 204)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        policy_arn(&input.resource_arn, scope)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let target = Target::find(call, &input.resource_arn).await?;
        let mut all = target.tags().clone();
        all.extend(input.tags.clone());
        tags::check(&all)?;
        target.put(call, all)?;
        Ok(Nothing)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{FOREIGN, World, text};

    #[tokio::test]
    async fn apis_stages_keys_and_plans_are_tagged() {
        let world = World::new().await;
        let (api, _) = world.api().await;
        world.ok("CreateDeployment", json!({"restApiId": api, "stageName": "dev"})).await;
        let key = world.ok("CreateApiKey", json!({})).await;
        let plan = world.ok("CreateUsagePlan", json!({"name": "gold"})).await;
        for arn in [
            format!("arn:aws:apigateway:eu-west-1::/restapis/{api}"),
            format!("arn:aws:apigateway:eu-west-1::/restapis/{api}/stages/dev"),
            format!("arn:aws:apigateway:eu-west-1::/apikeys/{}", text(&key, "id")),
            format!("arn:aws:apigateway:eu-west-1::/usageplans/{}", text(&plan, "id")),
        ] {
            assert_eq!(world.ok("GetTags", json!({"resourceArn": arn})).await, json!({"tags": {}}));
            world.ok("TagResource", json!({"resourceArn": arn, "tags": {"a": "1", "b": "2"}})).await;
            world.ok("TagResource", json!({"resourceArn": arn, "tags": {"b": "3"}})).await;
            world.ok("UntagResource", json!({"resourceArn": arn, "tagKeys": ["a", "nope"]})).await;
            assert_eq!(world.ok("GetTags", json!({"resourceArn": arn})).await, json!({"tags": {"b": "3"}}));
            let reserved = json!({"resourceArn": arn, "tags": {"aws:x": "1"}});
            assert_eq!(world.refused("TagResource", reserved).await.0, "BadRequestException");
            let (code, _) =
                world.call_as(FOREIGN, "GetTags", json!({"resourceArn": arn})).await.expect_err("it is not theirs");
            assert_eq!(code, "NotFoundException");
        }
    }
}
