//! A method of a resource. <https://docs.aws.amazon.com/apigateway/latest/api/API_Method.html>

use std::collections::BTreeMap;
use std::fmt;

use base::id::AuthorizerId;
use serde::{Deserialize, Serialize};

use super::Integration;

/// A method and its integration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Method {
    /// Who may call it.
    #[serde(default)]
    pub authorization: AuthorizationType,
    /// Who judges callers, where the type is `CUSTOM`.
    #[serde(default)]
    pub authorizer_id: Option<AuthorizerId>,
    /// Whether a call needs an API key of a usage plan.
    #[serde(default)]
    pub api_key_required: bool,
    /// A name for code generators.
    pub operation_name: Option<String>,
    /// `method.request.{header|querystring|path}.NAME` and whether it is required (which only a validator enforces).
    pub request_parameters: BTreeMap<String, bool>,
    /// Media type to model name; only the built-in models exist.
    pub request_models: BTreeMap<String, String>,
    /// By status code.
    pub responses: BTreeMap<String, MethodResponse>,
    /// What answers. A method without one cannot be deployed.
    pub integration: Option<Integration>,
}

/// How a method finds out who calls. Every other type is refused at the call that sets it until it is enforced.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuthorizationType {
    /// It does not: anybody may call whom the API's resource policy lets in.
    #[default]
    #[serde(rename = "NONE")]
    None,
    /// By signature; IAM policies and the resource policy decide.
    #[serde(rename = "AWS_IAM")]
    AwsIam,
    /// By an authorizer of the API.
    #[serde(rename = "CUSTOM")]
    Custom,
}

impl AuthorizationType {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::AwsIam => "AWS_IAM",
            Self::Custom => "CUSTOM",
        }
    }
}

/// What a method may answer under one status code.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct MethodResponse {
    /// `method.response.header.NAME`, and whether it is required.
    pub parameters: BTreeMap<String, bool>,
    /// Media type to model name.
    pub models: BTreeMap<String, String>,
}

/// A method's verb; `ANY` stands for all that the resource does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum HttpMethod {
    /// Every verb without a method of its own.
    Any,
    /// DELETE.
    Delete,
    /// GET.
    Get,
    /// HEAD.
    Head,
    /// OPTIONS.
    Options,
    /// PATCH.
    Patch,
    /// POST.
    Post,
    /// PUT.
    Put,
}

impl HttpMethod {
    /// All of them, in the order AWS lists them.
    pub const ALL: [HttpMethod; 8] = [
        HttpMethod::Any,
        HttpMethod::Delete,
        HttpMethod::Get,
        HttpMethod::Head,
        HttpMethod::Options,
        HttpMethod::Patch,
        HttpMethod::Post,
        HttpMethod::Put,
    ];

    /// The verb.
    pub fn as_str(self) -> &'static str {
        match self {
            HttpMethod::Any => "ANY",
            HttpMethod::Delete => "DELETE",
            HttpMethod::Get => "GET",
            HttpMethod::Head => "HEAD",
            HttpMethod::Options => "OPTIONS",
            HttpMethod::Patch => "PATCH",
            HttpMethod::Post => "POST",
            HttpMethod::Put => "PUT",
        }
    }

    /// Reads a verb in capitals.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == text)
    }
}

impl fmt::Display for HttpMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
