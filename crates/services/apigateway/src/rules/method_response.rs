//! What a method response may be. <https://docs.aws.amazon.com/apigateway/latest/api/API_PutMethodResponse.html>

use std::collections::BTreeMap;

use model::apigateway::MethodResponse;

use super::{models, parameters};
use crate::error::Error;

/// Checks a method response.
pub(crate) fn build(
    parameters: BTreeMap<String, bool>,
    models: BTreeMap<String, String>,
) -> Result<MethodResponse, Error> {
    parameters::check_response(&parameters)?;
    models::check(&models)?;
    Ok(MethodResponse { parameters, models })
}
