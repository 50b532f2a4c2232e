//! The layers of a function: they exist, are the account's own, and there are five at most.
//! <https://docs.aws.amazon.com/lambda/latest/dg/adding-layers.html>

use model::lambda::{LayerUse, LayerVersion};
use operation::{Call, Failure};

use crate::error::Error;
use crate::name::LayerRef;

const LAYERS_MAX: usize = 5;

/// Finds the layer versions that a call names.
pub(crate) async fn find(arns: &[String], call: &mut Call<'_>) -> Result<Vec<LayerUse>, Failure> {
    if arns.len() > LAYERS_MAX {
        return Err(Error::invalid("Cannot reference more than 5 layers.").into());
    }
    let mut found: Vec<LayerUse> = Vec::with_capacity(arns.len());
    for arn in arns {
        let named = LayerRef::version(arn, &call.scope)?;
        let number = named.number.unwrap_or_default();
        let version = call.tx.get::<LayerVersion>(&call.scope, &LayerVersion::id_of(&named.name, number)).await?;
        let Some(version) = version else {
            return Err(Error::invalid(format!("Layer version {arn} does not exist.")).into());
        };
        let layer = LayerVersion::layer_arn(&call.scope, &named.name);
        if found.iter().any(|used| used.arn.rsplit_once(':').is_some_and(|(of, _)| of == layer)) {
            return Err(Error::invalid(format!("Two different versions of the same layer are not allowed to be referenced in the same function. {layer}")).into());
        }
        found.push(LayerUse { arn: version.arn(), code: version.code });
    }
    Ok(found)
}
