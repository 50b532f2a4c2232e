//! GetDeployments. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetDeployments.html>

use base::Scope;
use base::id::{DeploymentId, RestApiId};
use http::Method as Verb;
use model::apigateway::Deployment;
use operation::{Call, Failure, Operation, Spec};

use super::{DeploymentView, Summary};
use crate::error::{Error, declared};
use crate::page::{Page, position};
use crate::{arn, find};

/// The operation.
pub(crate) struct GetDeployments;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetDeploymentsRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(query = "position")]
    position: Option<String>,
    #[shape(query = "limit")]
    limit: Option<i32>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "Deployments")]
pub(crate) struct Output {
    position: Option<String>,
    #[shape(wire = "item")]
    items: Vec<DeploymentView>,
}

impl Operation for GetDeployments {
    const SPEC: Spec = Spec::read("GetDeployments", "apigateway:GET")
        .http(Verb::GET, "/restapis/{restapi_id}/deployments", 200)
        .errors(declared::READ_DEPLOYMENT);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/deployments", input.rest_api_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let page = Page::read(input.position.as_deref(), input.limit)?;
        let api = find::api(call, &input.rest_api_id).await?;
        let after = page.after.as_deref().map(|after| behind(&api.id, after)).transpose()?;
        let prefix = Deployment::prefix(&api.id);
        let found = call.tx.page::<Deployment>(&call.scope, &prefix, after.as_deref(), page.limit).await?;
        let last = found.items.last().filter(|_| found.next.is_some());
        Ok(Output {
            position: last.map(|last| position(last.id.as_str())),
            items: found.items.iter().map(|deployment| DeploymentView::of(deployment, Summary::Absent)).collect(),
        })
    }
}

/// The record's id behind which the page begins.
fn behind(api: &RestApiId, after: &str) -> Result<String, Error> {
    let wrong = |_| Error::bad_request("Invalid position parameter specified");
    Ok(Deployment::id_of(api, &DeploymentId::parse(after).map_err(wrong)?))
}
