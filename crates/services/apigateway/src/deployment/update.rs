//! UpdateDeployment: only its description may change.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateDeployment.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::{DeploymentView, Summary};
use crate::error::declared;
use crate::patch::{PatchOperation, REPLACE, Rule, Table, Tone};
use crate::{arn, find};

/// The operation.
pub(crate) struct UpdateDeployment;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateDeploymentRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "deployment_id")]
    deployment_id: String,
    #[shape(default)]
    patch_operations: Vec<PatchOperation>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Property {
    Description,
}

const TABLE: Table<Property> =
    Table { tone: Tone::Listing, rules: &[Rule::new("/description", REPLACE, Property::Description)] };

impl Operation for UpdateDeployment {
    const SPEC: Spec = Spec::write("UpdateDeployment", "apigateway:PATCH")
        .http(Verb::PATCH, "/restapis/{restapi_id}/deployments/{deployment_id}", 200)
        .errors(declared::WRITE_DEPLOYMENT);
    type Input = Input;
    type Output = DeploymentView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/deployments/{}", input.rest_api_id, input.deployment_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<DeploymentView, Failure> {
        let api = find::api(call, &input.rest_api_id).await?;
        let mut deployment = find::deployment(call, &api.id, &input.deployment_id).await?;
        for change in TABLE.read(&input.patch_operations)? {
            match change.property {
                Property::Description => deployment.description = change.optional(),
            }
        }
        call.tx.put(&call.scope, &deployment)?;
        Ok(DeploymentView::of(&deployment, Summary::Absent))
    }
}

#[cfg(test)]
impl crate::patch::Patches for UpdateDeployment {
    fn rows() -> Vec<(&'static str, &'static [crate::patch::Edit])> {
        TABLE.rows()
    }
}
