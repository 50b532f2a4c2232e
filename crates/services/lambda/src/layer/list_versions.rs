//! ListLayerVersions. <https://docs.aws.amazon.com/lambda/latest/api/API_ListLayerVersions.html>

use base::Scope;
use http::Method as Verb;
use model::lambda::LayerVersion;
use operation::{Call, Failure, Operation, Spec};

use super::view::{LayerVersionsListItem, fits};
use crate::error::declared;
use crate::name::LayerRef;
use crate::page;

/// The operation.
pub(crate) struct ListLayerVersions;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListLayerVersionsRequest", upper)]
pub(crate) struct Input {
    #[shape(query = "CompatibleRuntime")]
    compatible_runtime: Option<String>,
    #[shape(uri = "LayerName")]
    layer_name: String,
    #[shape(query = "Marker")]
    marker: Option<String>,
    #[shape(query = "MaxItems")]
    max_items: Option<i32>,
    #[shape(query = "CompatibleArchitecture")]
    compatible_architecture: Option<String>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListLayerVersionsResponse", upper)]
pub(crate) struct Output {
    next_marker: Option<String>,
    layer_versions: Vec<LayerVersionsListItem>,
}

const NAME: &str = "lambda:ListLayerVersions";

impl Operation for ListLayerVersions {
    const SPEC: Spec = Spec::read("ListLayerVersions", NAME)
        .http(Verb::GET, "/2018-10-31/layers/{LayerName}/versions", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        super::resource(&input.layer_name, scope)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let named = LayerRef::parse(&input.layer_name, &call.scope)?;
        let (runtime, architecture) = (input.compatible_runtime.as_deref(), input.compatible_architecture.as_deref());
        let query = [&named.name, runtime.unwrap_or_default(), architecture.unwrap_or_default()].join("\0");
        let page = page::read(call, NAME, &query, input.marker.as_deref(), input.max_items)?;
        let mut found = call.tx.all::<LayerVersion>(&call.scope, &LayerVersion::prefix(&named.name)).await?;
        found.retain(|version| fits(version, runtime, architecture));
        // The newest first.
        found.reverse();
        let key = |version: &LayerVersion| format!("{:020}", u64::MAX - version.number);
        let (found, next_marker) = page.of(found, key);
        Ok(Output { next_marker, layer_versions: found.iter().map(LayerVersionsListItem::of).collect() })
    }
}
