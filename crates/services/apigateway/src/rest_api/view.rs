//! A REST API as it is answered. <https://docs.aws.amazon.com/apigateway/latest/api/API_RestApi.html>

use std::collections::BTreeMap;

use base::Timestamp;
use model::apigateway as stored;
use model::apigateway::RestApi;

use crate::choices::{ApiKeySourceType, ApiStatus, EndpointAccessMode, EndpointType, IpAddressType, SecurityPolicy};
use crate::rules::api::Endpoint;
use crate::rules::resource_policy;

/// A REST API on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "RestApi")]
pub(crate) struct RestApiView {
    pub(crate) id: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) created_date: Option<Timestamp>,
    pub(crate) version: Option<String>,
    #[shape(default)]
    pub(crate) warnings: Vec<String>,
    #[shape(default)]
    pub(crate) binary_media_types: Vec<String>,
    pub(crate) minimum_compression_size: Option<i32>,
    pub(crate) api_key_source: Option<ApiKeySourceType>,
    pub(crate) endpoint_configuration: Option<EndpointConfiguration>,
    pub(crate) policy: Option<String>,
    pub(crate) tags: Option<BTreeMap<String, String>>,
    pub(crate) disable_execute_api_endpoint: Option<bool>,
    pub(crate) root_resource_id: Option<String>,
    pub(crate) security_policy: Option<SecurityPolicy>,
    pub(crate) endpoint_access_mode: Option<EndpointAccessMode>,
    pub(crate) api_status: Option<ApiStatus>,
    pub(crate) api_status_message: Option<String>,
}

/// How an API is reached, on the wire.
#[derive(Debug, Clone, Default, PartialEq, wire::Shape)]
pub(crate) struct EndpointConfiguration {
    pub(crate) types: Option<Vec<EndpointType>>,
    pub(crate) ip_address_type: Option<IpAddressType>,
    #[shape(default)]
    pub(crate) vpc_endpoint_ids: Vec<String>,
}

impl EndpointConfiguration {
    /// What is asked for.
    pub(crate) fn asked(&self) -> Endpoint {
        Endpoint {
            types: self.types.clone(),
            ip_address_type: self.ip_address_type,
            vpc_endpoint_ids: self.vpc_endpoint_ids.clone(),
        }
    }
}

/// Whether an empty map of tags is shown: AWS shows it after a PATCH, and leaves it out elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tags {
    /// Left out when empty.
    WhenPresent,
    /// Always there.
    Always,
}

impl RestApiView {
    /// An API as AWS answers it.
    pub(crate) fn of(api: &RestApi, tags: Tags) -> Self {
        let endpoint = match api.endpoint_type {
            stored::EndpointType::Edge => EndpointType::Edge,
            stored::EndpointType::Regional => EndpointType::Regional,
        };
        Self {
            id: Some(api.id.to_string()),
            name: Some(api.name.clone()),
            description: api.description.clone(),
            created_date: Some(api.created),
            version: api.version.clone(),
            warnings: api.warnings.clone(),
            binary_media_types: api.binary_media_types.clone(),
            minimum_compression_size: None,
            api_key_source: Some(match api.api_key_source {
                stored::ApiKeySource::Header => ApiKeySourceType::Header,
                stored::ApiKeySource::Authorizer => ApiKeySourceType::Authorizer,
            }),
            endpoint_configuration: Some(EndpointConfiguration {
                types: Some(vec![endpoint]),
                ip_address_type: Some(IpAddressType::Ipv4),
                vpc_endpoint_ids: Vec::new(),
            }),
            policy: api.policy.as_deref().map(resource_policy::escaped),
            tags: Some(api.tags.clone()).filter(|map| tags == Tags::Always || !map.is_empty()),
            disable_execute_api_endpoint: Some(api.disable_execute_api_endpoint),
            root_resource_id: Some(api.root_resource_id.to_string()),
            security_policy: api.security_policy.map(|policy| match policy {
                stored::SecurityPolicy::Tls10 => SecurityPolicy::Tls10,
                stored::SecurityPolicy::Tls12 => SecurityPolicy::Tls12,
            }),
            endpoint_access_mode: None,
            api_status: Some(ApiStatus::Available),
            api_status_message: None,
        }
    }
}
