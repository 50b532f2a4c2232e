//! Models of bodies: only the built-in ones exist so far.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html>

use std::collections::BTreeMap;

use super::media_type;
use crate::error::Error;

/// The models every API has. Neither restricts anything.
pub(crate) const BUILT_IN: [&str; 2] = ["Empty", "Error"];

/// Checks a map from media type to model.
pub(crate) fn check(models: &BTreeMap<String, String>) -> Result<(), Error> {
    models.iter().try_for_each(|(media_type, model)| {
        media_type::check(media_type)?;
        if BUILT_IN.contains(&model.as_str()) {
            return Ok(());
        }
        Err(Error::bad_request(format!("Invalid model identifier specified: {model}")))
    })
}
