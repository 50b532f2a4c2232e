//! GetResource. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetResource.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::{Methods, ResourceView};
use crate::error::declared;
use crate::{arn, find};

/// The operation.
pub(crate) struct GetResource;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetResourceRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "resource_id")]
    resource_id: String,
    #[shape(query = "embed", default)]
    embed: Vec<String>,
}

impl Operation for GetResource {
    const SPEC: Spec = Spec::read("GetResource", "apigateway:GET")
        .http(Verb::GET, "/restapis/{restapi_id}/resources/{resource_id}", 200)
        .errors(declared::READ_PART);
    type Input = Input;
    type Output = ResourceView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/resources/{}", input.rest_api_id, input.resource_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<ResourceView, Failure> {
        let methods = Methods::read(&input.embed)?;
        let resource = find::resource(call, &input.rest_api_id, &input.resource_id).await?;
        Ok(ResourceView::of(&resource, methods))
    }
}
