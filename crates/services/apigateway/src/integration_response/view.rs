//! An integration response as it is answered.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_IntegrationResponse.html>

use std::collections::BTreeMap;

use model::apigateway::IntegrationResponse;

use crate::choices::ContentHandlingStrategy;
use crate::templates;

/// An integration response on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "IntegrationResponse")]
pub(crate) struct IntegrationResponseView {
    pub(crate) status_code: Option<String>,
    pub(crate) selection_pattern: Option<String>,
    #[shape(default)]
    pub(crate) response_parameters: BTreeMap<String, String>,
    #[shape(default)]
    pub(crate) response_templates: BTreeMap<String, Option<String>>,
    pub(crate) content_handling: Option<ContentHandlingStrategy>,
}

impl IntegrationResponseView {
    /// An integration response as AWS answers it.
    pub(crate) fn of(status: &str, response: &IntegrationResponse) -> Self {
        Self {
            status_code: Some(status.to_owned()),
            selection_pattern: response.selection_pattern.clone(),
            response_parameters: response.parameters.clone(),
            response_templates: templates::view(&response.templates),
            content_handling: None,
        }
    }
}
