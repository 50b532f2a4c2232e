//! ListLayers. <https://docs.aws.amazon.com/lambda/latest/api/API_ListLayers.html>

use base::Scope;
use http::Method as Verb;
use model::lambda::{Layer, LayerVersion};
use operation::{Call, Failure, Operation, Spec};

use super::view::{LayerVersionsListItem, fits};
use crate::error::declared;
use crate::page;

/// The operation.
pub(crate) struct ListLayers;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListLayersRequest", upper)]
pub(crate) struct Input {
    #[shape(query = "CompatibleRuntime")]
    compatible_runtime: Option<String>,
    #[shape(query = "Marker")]
    marker: Option<String>,
    #[shape(query = "MaxItems")]
    max_items: Option<i32>,
    #[shape(query = "CompatibleArchitecture")]
    compatible_architecture: Option<String>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListLayersResponse", upper)]
pub(crate) struct Output {
    next_marker: Option<String>,
    layers: Vec<LayersListItem>,
}

/// A layer with its newest version that fits.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct LayersListItem {
    layer_name: Option<String>,
    layer_arn: Option<String>,
    latest_matching_version: Option<LayerVersionsListItem>,
}

const NAME: &str = "lambda:ListLayers";

impl Operation for ListLayers {
    const SPEC: Spec = Spec::read("ListLayers", NAME).http(Verb::GET, "/2018-10-31/layers", 200).errors(declared::LIST);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, _: &Scope) -> String {
        "*".to_owned()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let (runtime, architecture) = (input.compatible_runtime.as_deref(), input.compatible_architecture.as_deref());
        let query = format!("{}\0{}", runtime.unwrap_or_default(), architecture.unwrap_or_default());
        let page = page::read(call, NAME, &query, input.marker.as_deref(), input.max_items)?;
        let scope = call.scope.clone();
        let listed = call.tx.page::<Layer>(&scope, "", page.after.as_deref(), page.limit).await?;
        let mut layers = Vec::new();
        for layer in listed.items {
            let versions = call.tx.all::<LayerVersion>(&scope, &LayerVersion::prefix(&layer.name)).await?;
            // One whose versions are all gone is no layer any more, though its numbers are not used again.
            if let Some(newest) = versions.iter().rev().find(|version| fits(version, runtime, architecture)) {
                layers.push(LayersListItem {
                    layer_arn: Some(LayerVersion::layer_arn(&scope, &layer.name)),
                    layer_name: Some(layer.name),
                    latest_matching_version: Some(LayerVersionsListItem::of(newest)),
                });
            }
        }
        Ok(Output { next_marker: page.next(listed.next), layers })
    }
}
