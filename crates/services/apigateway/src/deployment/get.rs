//! GetDeployment. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetDeployment.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::{DeploymentView, Summary};
use crate::error::declared;
use crate::{arn, find};

/// The operation.
pub(crate) struct GetDeployment;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetDeploymentRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "deployment_id")]
    deployment_id: String,
    #[shape(query = "embed", default)]
    embed: Vec<String>,
}

impl Operation for GetDeployment {
    const SPEC: Spec = Spec::read("GetDeployment", "apigateway:GET")
        .http(Verb::GET, "/restapis/{restapi_id}/deployments/{deployment_id}", 200)
        .errors(declared::READ_DEPLOYMENT);
    type Input = Input;
    type Output = DeploymentView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/deployments/{}", input.rest_api_id, input.deployment_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<DeploymentView, Failure> {
        let summary = Summary::read(&input.embed)?;
        let api = find::api(call, &input.rest_api_id).await?;
        let deployment = find::deployment(call, &api.id, &input.deployment_id).await?;
        Ok(DeploymentView::of(&deployment, summary))
    }
}
