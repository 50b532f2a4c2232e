//! A REST API as people edit it. <https://docs.aws.amazon.com/apigateway/latest/api/API_RestApi.html>

use std::collections::BTreeMap;

use base::Timestamp;
use base::id::{ResourceId, RestApiId};
use serde::{Deserialize, Serialize};

use crate::Record;
use crate::iam::trust;

/// A REST API. Its resources are records of their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RestApi {
    /// Unique in the installation.
    pub id: RestApiId,
    /// Not unique.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// The author's own version label.
    pub version: Option<String>,
    /// What the last import had to leave out.
    pub warnings: Vec<String>,
    /// Media types whose bodies are bytes, in the order they were given.
    pub binary_media_types: Vec<String>,
    /// How it is reached. `EDGE` is served as one regional endpoint.
    pub endpoint_type: EndpointType,
    /// The lowest TLS policy asked for; what is served is never weaker than TLS 1.2 with AEAD suites.
    pub security_policy: Option<SecurityPolicy>,
    /// The API answers at its custom domains only.
    pub disable_execute_api_endpoint: bool,
    /// Where the API keys of its requests are read from. It takes effect with the next deployment.
    #[serde(default)]
    pub api_key_source: ApiKeySource,
    /// Who may call it from where: its resource policy with whole ARNs. It takes effect with the next deployment.
    #[serde(default)]
    pub policy: Option<String>,
    /// Users and roles that the policy names by ARN, and the unique ids they had when it was set: one made anew under an
    /// old name is somebody else.
    #[serde(default)]
    pub policy_ids: BTreeMap<String, String>,
    /// Schemas of an imported document, name to JSON: kept for export, enforced by nothing yet.
    #[serde(default)]
    pub schemas: BTreeMap<String, String>,
    /// The resource `/`.
    pub root_resource_id: ResourceId,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

/// Where API keys are read from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ApiKeySource {
    /// From `x-api-key`.
    #[default]
    Header,
    /// From what a Lambda authorizer answers as `usageIdentifierKey`.
    Authorizer,
}

impl ApiKeySource {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            ApiKeySource::Header => "HEADER",
            ApiKeySource::Authorizer => "AUTHORIZER",
        }
    }
}

/// How an API is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum EndpointType {
    /// Through AWS's edge network in AWS; here the same listener as `REGIONAL`.
    Edge,
    /// Directly.
    Regional,
}

impl EndpointType {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            EndpointType::Edge => "EDGE",
            EndpointType::Regional => "REGIONAL",
        }
    }
}

/// The TLS policies that exist so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SecurityPolicy {
    /// Accepted by name, served as TLS 1.2 and newer.
    #[serde(rename = "TLS_1_0")]
    Tls10,
    /// TLS 1.2 and newer.
    #[serde(rename = "TLS_1_2")]
    Tls12,
}

impl SecurityPolicy {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            SecurityPolicy::Tls10 => "TLS_1_0",
            SecurityPolicy::Tls12 => "TLS_1_2",
        }
    }
}

impl Record for RestApi {
    const TABLE: &'static str = "apigateway.restapi";

    fn id(&self) -> String {
        self.id.to_string()
    }

    /// Makes the id unique across accounts.
    fn index(&self) -> Vec<(String, String)> {
        vec![(Self::BY_ID.to_owned(), self.id.to_string())]
    }
}

impl RestApi {
    /// The policy as it was meant when it was set: users and roles stand in it by their unique ids.
    pub fn policy_by_id(&self) -> Option<String> {
        let by_id = |named: &str| self.policy_ids.get(named).filter(|_| named.starts_with("arn:aws:iam:")).cloned();
        self.policy.as_deref().map(|policy| trust::renamed(policy, by_id))
    }

    /// The index that finds an API by its id in whatever account it stands.
    pub const BY_ID: &'static str = "apigateway.restapi.id";
}
