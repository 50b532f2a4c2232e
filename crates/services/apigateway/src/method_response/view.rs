//! A method response as it is answered. <https://docs.aws.amazon.com/apigateway/latest/api/API_MethodResponse.html>

use std::collections::BTreeMap;

use model::apigateway::MethodResponse;

/// A method response on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "MethodResponse")]
pub(crate) struct MethodResponseView {
    pub(crate) status_code: Option<String>,
    #[shape(default)]
    pub(crate) response_parameters: BTreeMap<String, bool>,
    #[shape(default)]
    pub(crate) response_models: BTreeMap<String, String>,
}

impl MethodResponseView {
    /// A method response as AWS answers it.
    pub(crate) fn of(status: &str, response: &MethodResponse) -> Self {
        Self {
            status_code: Some(status.to_owned()),
            response_parameters: response.parameters.clone(),
            response_models: response.models.clone(),
        }
    }
}
