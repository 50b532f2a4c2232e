//! FlushStageAuthorizersCache: what authorizers answered for a stage counts no more.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_FlushStageAuthorizersCache.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::nothing::Nothing;
use crate::{arn, find};

/// The operation.
pub(crate) struct FlushStageAuthorizersCache;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "FlushStageAuthorizersCacheRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "stage_name")]
    stage_name: String,
}

impl Operation for FlushStageAuthorizersCache {
    const SPEC: Spec = Spec::write("FlushStageAuthorizersCache", "apigateway:DELETE")
        .http(Verb::DELETE, "/restapis/{restapi_id}/stages/{stage_name}/cache/authorizers", 202)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        let Input { rest_api_id, stage_name } = input;
        arn::of(scope, format_args!("/restapis/{rest_api_id}/stages/{stage_name}/cache/authorizers"))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let api = find::api(call, &input.rest_api_id).await?;
        let mut stage = find::stage(call, &api.id, &input.stage_name).await?;
        // Answers are kept under the stage's count: those of an older one are found no more, on any node.
        stage.authorizers_flushed += 1;
        call.tx.put(&call.scope, &stage)?;
        Ok(Nothing)
    }
}
