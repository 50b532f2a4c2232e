//! An integration as it is answered. <https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html>

use std::collections::BTreeMap;

use model::apigateway as stored;

use crate::choices::{ConnectionType, ContentHandlingStrategy, IntegrationType, ResponseTransferMode};
use crate::integration_response::IntegrationResponseView;
use crate::templates;

/// An integration on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "Integration")]
pub(crate) struct IntegrationView {
    pub(crate) r#type: Option<IntegrationType>,
    pub(crate) http_method: Option<String>,
    pub(crate) uri: Option<String>,
    pub(crate) connection_type: Option<ConnectionType>,
    pub(crate) connection_id: Option<String>,
    pub(crate) credentials: Option<String>,
    #[shape(default)]
    pub(crate) request_parameters: BTreeMap<String, String>,
    #[shape(default)]
    pub(crate) request_templates: BTreeMap<String, Option<String>>,
    pub(crate) passthrough_behavior: Option<String>,
    pub(crate) content_handling: Option<ContentHandlingStrategy>,
    pub(crate) timeout_in_millis: Option<i32>,
    pub(crate) cache_namespace: Option<String>,
    pub(crate) cache_key_parameters: Option<Vec<String>>,
    #[shape(default)]
    pub(crate) integration_responses: BTreeMap<String, IntegrationResponseView>,
    pub(crate) tls_config: Option<TlsConfig>,
    pub(crate) response_transfer_mode: Option<ResponseTransferMode>,
    pub(crate) integration_target: Option<String>,
}

/// How the backend's certificate is checked, on the wire.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
pub(crate) struct TlsConfig {
    pub(crate) insecure_skip_verification: Option<bool>,
}

impl IntegrationView {
    /// An integration as AWS answers it.
    pub(crate) fn of(integration: &stored::Integration) -> Self {
        let kind = match integration.kind {
            stored::IntegrationType::Http => IntegrationType::Http,
            stored::IntegrationType::HttpProxy => IntegrationType::HttpProxy,
            stored::IntegrationType::Mock => IntegrationType::Mock,
            stored::IntegrationType::Aws => IntegrationType::Aws,
            stored::IntegrationType::AwsProxy => IntegrationType::AwsProxy,
        };
        let responses = integration.responses.iter();
        let tls = integration.tls_insecure_skip_verification;
        Self {
            r#type: Some(kind),
            http_method: integration.http_method.clone(),
            uri: integration.uri.clone(),
            connection_type: None,
            connection_id: None,
            credentials: integration.credentials.clone(),
            request_parameters: integration.request_parameters.clone(),
            request_templates: templates::view(&integration.request_templates),
            passthrough_behavior: Some(integration.passthrough_behavior.as_str().to_owned()),
            content_handling: None,
            timeout_in_millis: Some(integration.timeout_ms),
            cache_namespace: Some(integration.cache_namespace.clone()),
            cache_key_parameters: Some(Vec::new()),
            integration_responses: responses
                .map(|(status, response)| (status.clone(), IntegrationResponseView::of(status, response)))
                .collect(),
            tls_config: tls.map(|skip| TlsConfig { insecure_skip_verification: Some(skip) }),
            response_transfer_mode: None,
            integration_target: None,
        }
    }
}
