//! A resource of a REST API, with its methods. <https://docs.aws.amazon.com/apigateway/latest/api/API_Resource.html>

use std::collections::BTreeMap;

use base::id::{ResourceId, RestApiId};
use serde::{Deserialize, Serialize};

use super::{HttpMethod, Method};
use crate::Record;

/// One node of the API's tree. Methods live inside it, because they are read and deployed together.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    /// The API it belongs to.
    pub rest_api_id: RestApiId,
    /// Unique in the API.
    pub id: ResourceId,
    /// `None` for the root.
    pub parent_id: Option<ResourceId>,
    /// The last segment: text, `{name}` or `{name+}`; empty for the root.
    pub path_part: String,
    /// The whole path, such as `/pets/{id}`.
    pub path: String,
    /// Its methods.
    pub methods: BTreeMap<HttpMethod, Method>,
}

impl Record for Resource {
    const TABLE: &'static str = "apigateway.resource";

    fn id(&self) -> String {
        Self::id_of(&self.rest_api_id, &self.id)
    }
}

impl Resource {
    /// The record's id for a resource of an API.
    pub fn id_of(api: &RestApiId, resource: &ResourceId) -> String {
        format!("{api}/{resource}")
    }

    /// The prefix that lists an API's resources.
    pub fn prefix(api: &RestApiId) -> String {
        format!("{api}/")
    }
}
