//! GetStage.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_GetStage.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::StageView;
use crate::error::declared;
use crate::{arn, find};

/// The operation.
pub(crate) struct GetStage;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetStageRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "stage_name")]
    stage_name: String,
}

impl Operation for GetStage {
    const SPEC: Spec = Spec::read("GetStage", "apigateway:GET")
        .http(Verb::GET, "/restapis/{restapi_id}/stages/{stage_name}", 200)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = StageView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/stages/{}", input.rest_api_id, input.stage_name))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<StageView, Failure> {
        let api = find::api(call, &input.rest_api_id).await?;
        Ok(StageView::of(&find::stage(call, &api.id, &input.stage_name).await?))
    }
}
