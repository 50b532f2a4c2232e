//! Layers, of the caller's own account. <https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html>

mod publish;
mod get;
mod get_by_arn;
mod list;
mod list_versions;
mod delete;
mod view;
#[cfg(test)]
mod tests;

use base::Scope;
use model::lambda::LayerVersion;
use operation::{Call, Failure, Registered};

use crate::error::Error;
use crate::name::LayerRef;
use view::LayerVersionView;

pub(super) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<publish::PublishLayerVersion>(),
        Registered::of::<get::GetLayerVersion>(),
        Registered::of::<get_by_arn::GetLayerVersionByArn>(),
        Registered::of::<list::ListLayers>(),
        Registered::of::<list_versions::ListLayerVersions>(),
        Registered::of::<delete::DeleteLayerVersion>(),
    ]
}

/// The ARN that policies name for a layer; what is no layer of the caller's stands for none.
fn resource(text: &str, scope: &Scope) -> String {
    match LayerRef::parse(text, scope) {
        Ok(named) => LayerVersion::layer_arn(scope, &named.name),
        Err(_) => LayerVersion::layer_arn(scope, "(malformed)"),
    }
}

/// The same for one of its versions.
fn version_resource(text: &str, number: i64, scope: &Scope) -> String {
    format!("{}:{number}", resource(text, scope))
}

/// A version of a layer.
async fn find(call: &mut Call<'_>, name: &str, number: i64) -> Result<LayerVersion, Failure> {
    let missing = || Error::not_found("The resource you requested does not exist.");
    let parsed = u64::try_from(number).map_err(|_| missing())?;
    let found = call.tx.get::<LayerVersion>(&call.scope, &LayerVersion::id_of(name, parsed)).await?;
    found.ok_or_else(|| missing().into())
}
