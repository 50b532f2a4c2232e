//! A resource as it is answered. <https://docs.aws.amazon.com/apigateway/latest/api/API_Resource.html>

use std::collections::BTreeMap;

use model::apigateway::Resource;

use crate::error::Error;
use crate::method::MethodView;

/// A resource on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "Resource")]
pub(crate) struct ResourceView {
    pub(crate) id: Option<String>,
    pub(crate) parent_id: Option<String>,
    pub(crate) path_part: Option<String>,
    pub(crate) path: Option<String>,
    #[shape(default)]
    pub(crate) resource_methods: BTreeMap<String, MethodView>,
}

/// How much is told of a resource's methods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Methods {
    /// Their verbs.
    Named,
    /// All (`embed=methods`).
    Embedded,
}

impl Methods {
    /// Reads `embed`.
    pub(crate) fn read(embed: &[String]) -> Result<Self, Error> {
        match embed.iter().find(|word| *word != "methods") {
            Some(word) => Err(Error::bad_request(format!("Invalid embed parameter specified: {word}"))),
            None if embed.is_empty() => Ok(Methods::Named),
            None => Ok(Methods::Embedded),
        }
    }
}

impl ResourceView {
    /// A resource as AWS answers it.
    pub(crate) fn of(resource: &Resource, methods: Methods) -> Self {
        let is_root = resource.parent_id.is_none();
        let method = |(verb, method): (&model::apigateway::HttpMethod, &model::apigateway::Method)| {
            let view = match methods {
                Methods::Named => MethodView::default(),
                Methods::Embedded => MethodView::of(*verb, method),
            };
            (verb.to_string(), view)
        };
        Self {
            id: Some(resource.id.to_string()),
            parent_id: resource.parent_id.as_ref().map(ToString::to_string),
            path_part: Some(resource.path_part.clone()).filter(|_| !is_root),
            path: Some(resource.path.clone()),
            resource_methods: resource.methods.iter().map(method).collect(),
        }
    }
}
