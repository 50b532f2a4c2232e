//! A method as it is answered. <https://docs.aws.amazon.com/apigateway/latest/api/API_Method.html>

use std::collections::BTreeMap;

use model::apigateway::{HttpMethod, Method};

use crate::integration::IntegrationView;
use crate::method_response::MethodResponseView;

/// A method on the wire. All its members absent, it is a name in a list of resources.
#[derive(Debug, Clone, Default, PartialEq, wire::Shape)]
#[shape(name = "Method")]
pub(crate) struct MethodView {
    pub(crate) http_method: Option<String>,
    pub(crate) authorization_type: Option<String>,
    pub(crate) authorizer_id: Option<String>,
    pub(crate) api_key_required: Option<bool>,
    pub(crate) request_validator_id: Option<String>,
    pub(crate) operation_name: Option<String>,
    #[shape(default)]
    pub(crate) request_parameters: BTreeMap<String, bool>,
    #[shape(default)]
    pub(crate) request_models: BTreeMap<String, String>,
    #[shape(default)]
    pub(crate) method_responses: BTreeMap<String, MethodResponseView>,
    pub(crate) method_integration: Option<IntegrationView>,
    #[shape(default)]
    pub(crate) authorization_scopes: Vec<String>,
}

impl MethodView {
    /// A method as AWS answers it.
    pub(crate) fn of(verb: HttpMethod, method: &Method) -> Self {
        let responses = method.responses.iter();
        Self {
            http_method: Some(verb.to_string()),
            authorization_type: Some(method.authorization.as_str().to_owned()),
            authorizer_id: method.authorizer_id.as_ref().map(ToString::to_string),
            api_key_required: Some(method.api_key_required),
            request_validator_id: None,
            operation_name: method.operation_name.clone(),
            request_parameters: method.request_parameters.clone(),
            request_models: method.request_models.clone(),
            method_responses: responses
                .map(|(status, response)| (status.clone(), MethodResponseView::of(status, response)))
                .collect(),
            method_integration: method.integration.as_ref().map(IntegrationView::of),
            authorization_scopes: Vec::new(),
        }
    }
}
