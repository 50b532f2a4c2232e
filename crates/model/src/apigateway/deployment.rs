//! A deployment: the API as it was at one moment. <https://docs.aws.amazon.com/apigateway/latest/api/API_Deployment.html>

use std::collections::BTreeMap;

use base::Timestamp;
use base::id::{AuthorizerId, DeploymentId, ResourceId, RestApiId};
use serde::{Deserialize, Serialize};

use super::{Authorizer, HttpMethod, Method, Resource, RestApi};
use crate::Record;

/// An immutable copy of an API: stages serve this, never what is being edited. Only the description may change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deployment {
    /// The API it belongs to.
    pub rest_api_id: RestApiId,
    /// Unique in the API.
    pub id: DeploymentId,
    /// What it is for.
    pub description: Option<String>,
    /// When it was made.
    pub created: Timestamp,
    /// The API's own settings then.
    pub api: RestApi,
    /// Its resources then, by id.
    pub resources: BTreeMap<ResourceId, Resource>,
    /// Its authorizers then, by id.
    #[serde(default)]
    pub authorizers: BTreeMap<AuthorizerId, Authorizer>,
}

/// What `apiSummary` says of a method.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MethodSnapshot {
    /// AWS's word for who may call.
    pub authorization_type: String,
    /// Whether a call needs an API key.
    pub api_key_required: bool,
}

impl Record for Deployment {
    const TABLE: &'static str = "apigateway.deployment";

    fn id(&self) -> String {
        Self::id_of(&self.rest_api_id, &self.id)
    }
}

impl Deployment {
    /// The record's id for a deployment of an API.
    pub fn id_of(api: &RestApiId, deployment: &DeploymentId) -> String {
        format!("{api}/{deployment}")
    }

    /// The prefix that lists an API's deployments.
    pub fn prefix(api: &RestApiId) -> String {
        format!("{api}/")
    }

    /// Path to verb to what protects it.
    pub fn summary(&self) -> BTreeMap<String, BTreeMap<HttpMethod, MethodSnapshot>> {
        let of = |resource: &Resource| {
            let told = |(verb, method): (&HttpMethod, &Method)| {
                let authorization_type = method.authorization.as_str().to_owned();
                (*verb, MethodSnapshot { authorization_type, api_key_required: method.api_key_required })
            };
            resource.methods.iter().map(told).collect()
        };
        let with_methods = self.resources.values().filter(|resource| !resource.methods.is_empty());
        with_methods.map(|resource| (resource.path.clone(), of(resource))).collect()
    }
}
