//! GetResources: by path, so that the root comes first.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_GetResources.html>

use base::Scope;
use http::Method as Verb;
use model::apigateway::Resource;
use operation::{Call, Failure, Operation, Spec};

use super::{Methods, ResourceView};
use crate::error::declared;
use crate::page::Page;
use crate::{arn, find};

/// The operation.
pub(crate) struct GetResources;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetResourcesRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(query = "position")]
    position: Option<String>,
    #[shape(query = "limit")]
    limit: Option<i32>,
    #[shape(query = "embed", default)]
    embed: Vec<String>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "Resources")]
pub(crate) struct Output {
    position: Option<String>,
    #[shape(wire = "item")]
    items: Vec<ResourceView>,
}

impl Operation for GetResources {
    const SPEC: Spec = Spec::read("GetResources", "apigateway:GET")
        .http(Verb::GET, "/restapis/{restapi_id}/resources", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/resources", input.rest_api_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let methods = Methods::read(&input.embed)?;
        let page = Page::read(input.position.as_deref(), input.limit)?;
        let api = find::api(call, &input.rest_api_id).await?;
        // An API has 300 resources at most, so they are sorted here.
        let mut all = call.tx.all::<Resource>(&call.scope, &Resource::prefix(&api.id)).await?;
        all.sort_by(|one, two| one.path.cmp(&two.path));
        let (found, position) = page.of(all, |resource| &resource.path);
        Ok(Output { position, items: found.iter().map(|resource| ResourceView::of(resource, methods)).collect() })
    }
}
