//! What answers a method. <https://docs.aws.amazon.com/apigateway/latest/api/API_Integration.html>

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A method's integration. Every map was validated at the call that set it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Integration {
    /// How the backend is spoken to.
    pub kind: IntegrationType,
    /// The verb sent to the backend; `None` for `MOCK`. `ANY` passes the caller's on.
    pub http_method: Option<String>,
    /// The role that a function is invoked with, or `arn:aws:iam::*:user/*` for the caller's own permissions.
    #[serde(default)]
    pub credentials: Option<String>,
    /// The backend's URI with `{name}` and `${stageVariables.name}`; `None` for `MOCK`.
    pub uri: Option<String>,
    /// `integration.request.{header|querystring|path}.NAME` to where its value comes from.
    pub request_parameters: BTreeMap<String, String>,
    /// Media type to static text.
    pub request_templates: BTreeMap<String, String>,
    /// What happens to a body no template fits.
    pub passthrough_behavior: PassthroughBehavior,
    /// 50 to 29,000.
    pub timeout_ms: i32,
    /// The resource's id unless set.
    pub cache_namespace: String,
    /// Whether the backend's certificate is taken unchecked. AWS's own switch, off by default.
    pub tls_insecure_skip_verification: Option<bool>,
    /// By the method response's status code.
    pub responses: BTreeMap<String, IntegrationResponse>,
}

/// How the backend is spoken to, as far as it exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum IntegrationType {
    /// HTTP with mapping.
    Http,
    /// HTTP, passed through.
    HttpProxy,
    /// Answered here.
    Mock,
    /// A function with mapping.
    Aws,
    /// A function, passed through.
    AwsProxy,
}

impl IntegrationType {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            IntegrationType::Http => "HTTP",
            IntegrationType::HttpProxy => "HTTP_PROXY",
            IntegrationType::Mock => "MOCK",
            IntegrationType::Aws => "AWS",
            IntegrationType::AwsProxy => "AWS_PROXY",
        }
    }
}

/// What happens to a request body no template fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum PassthroughBehavior {
    /// Passed on.
    WhenNoMatch,
    /// Passed on where no template is set at all, else 415.
    WhenNoTemplates,
    /// 415.
    Never,
}

impl PassthroughBehavior {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            PassthroughBehavior::WhenNoMatch => "WHEN_NO_MATCH",
            PassthroughBehavior::WhenNoTemplates => "WHEN_NO_TEMPLATES",
            PassthroughBehavior::Never => "NEVER",
        }
    }
}

/// What becomes of a backend's answer.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct IntegrationResponse {
    /// A regular expression over the backend's status code; `None` is the default response.
    pub selection_pattern: Option<String>,
    /// `method.response.header.NAME` to `integration.response.header.NAME`, `'static'`, a context or stage variable.
    pub parameters: BTreeMap<String, String>,
    /// Media type to static text.
    pub templates: BTreeMap<String, String>,
}
