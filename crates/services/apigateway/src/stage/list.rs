//! GetStages. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetStages.html>

use base::Scope;
use http::Method as Verb;
use model::apigateway::Stage;
use operation::{Call, Failure, Operation, Spec};

use super::StageView;
use crate::error::declared;
use crate::{arn, find};

/// The operation.
pub(crate) struct GetStages;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetStagesRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(query = "deploymentId")]
    deployment_id: Option<String>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "Stages")]
pub(crate) struct Output {
    item: Vec<StageView>,
}

impl Operation for GetStages {
    const SPEC: Spec = Spec::read("GetStages", "apigateway:GET")
        .http(Verb::GET, "/restapis/{restapi_id}/stages", 200)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/stages", input.rest_api_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let api = find::api(call, &input.rest_api_id).await?;
        let stages = call.tx.all::<Stage>(&call.scope, &Stage::prefix(&api.id)).await?;
        let wanted = input.deployment_id.as_deref().filter(|id| !id.is_empty());
        let fits = |stage: &&Stage| wanted.is_none_or(|wanted| stage.deployment_id.as_str() == wanted);
        Ok(Output { item: stages.iter().filter(fits).map(StageView::of).collect() })
    }
}
