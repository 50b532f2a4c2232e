//! DeleteStage.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteStage.html>

use base::Scope;
use http::Method as Verb;
use model::Record;
use model::apigateway::Stage;
use model::wafv2::Association;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::nothing::Nothing;
use crate::{arn, find};

/// The operation.
pub(crate) struct DeleteStage;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteStageRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "stage_name")]
    stage_name: String,
}

impl Operation for DeleteStage {
    const SPEC: Spec = Spec::write("DeleteStage", "apigateway:DELETE")
        .http(Verb::DELETE, "/restapis/{restapi_id}/stages/{stage_name}", 202)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/stages/{}", input.rest_api_id, input.stage_name))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let api = find::api(call, &input.rest_api_id).await?;
        let stage = find::stage(call, &api.id, &input.stage_name).await?;
        remove(call, &stage);
        Ok(Nothing)
    }
}

/// Removes a stage with whatever tells that it is there.
pub(crate) fn remove(call: &mut Call<'_>, stage: &Stage) {
    if let Some(web_acl) = &stage.web_acl_arn {
        let association = Association::of(web_acl, &stage.rest_api_id, &stage.name);
        call.tx.delete::<Association>(&call.scope, &association.id());
    }
    call.tx.delete::<Stage>(&call.scope, &stage.id());
}
