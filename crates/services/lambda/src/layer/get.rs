//! GetLayerVersion. <https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersion.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::LayerVersionView;
use crate::error::declared;
use crate::name::LayerRef;

/// The operation.
pub(crate) struct GetLayerVersion;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetLayerVersionRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "LayerName")]
    layer_name: String,
    #[shape(uri = "VersionNumber")]
    version_number: i64,
}

impl Operation for GetLayerVersion {
    const SPEC: Spec = Spec::read("GetLayerVersion", "lambda:GetLayerVersion")
        .http(Verb::GET, "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = LayerVersionView;

    fn resource(input: &Input, scope: &Scope) -> String {
        super::version_resource(&input.layer_name, input.version_number, scope)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<LayerVersionView, Failure> {
        let named = LayerRef::parse(&input.layer_name, &call.scope)?;
        Ok(LayerVersionView::of(&super::find(call, &named.name, input.version_number).await?))
    }
}
