//! The document's frame: info, servers, paths, schemas.

use std::collections::BTreeSet;

use model::apigateway::{ApiKeySource, AuthorizationType, Deployment, HttpMethod, Method, Resource};
use serde_json::{Map, Value, json};

use super::{authorizer, operation};
use crate::openapi::document::Dialect;

/// Which extensions a document carries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Extensions {
    /// `x-amazon-apigateway-integration`.
    pub(crate) integrations: bool,
    /// Those that say who may call.
    pub(crate) authorizers: bool,
    /// Those that concern the whole API.
    pub(crate) api: bool,
}

impl Extensions {
    /// Whether the document says who may call.
    pub(crate) fn secured(self) -> bool {
        self.authorizers || self.api
    }
}

/// AWS's name of the security scheme that stands for its signature.
pub(super) const SIGV4: &str = "sigv4";

/// AWS's name of the security scheme that stands for an API key.
pub(super) const API_KEY: &str = "api_key";

/// Where the API is served.
#[derive(Debug, Clone)]
pub(crate) struct Served {
    /// The host of its default endpoint.
    pub(crate) host: String,
    /// The stage.
    pub(crate) stage: String,
}

/// A document to be.
#[derive(Debug)]
pub(crate) struct Export<'d> {
    /// What is exported.
    pub(crate) deployment: &'d Deployment,
    /// Which specification it follows.
    pub(crate) dialect: Dialect,
    /// Which extensions it carries.
    pub(crate) extensions: Extensions,
    /// Where it is served.
    pub(crate) served: Served,
}

const ENDPOINT_CONFIGURATION: &str = "x-amazon-apigateway-endpoint-configuration";

impl Export<'_> {
    /// The document.
    pub(crate) fn document(&self) -> Value {
        let mut root = Map::new();
        let Served { host, stage } = &self.served;
        root.insert("info".to_owned(), self.info());
        match self.dialect {
            Dialect::OpenApi3 => {
                root.insert("openapi".to_owned(), json!("3.0.1"));
                let server = json!({
                    "url": format!("https://{host}/{{basePath}}"),
                    "variables": { "basePath": { "default": stage } },
                });
                root.insert("servers".to_owned(), json!([server]));
                root.insert("components".to_owned(), json!({ "schemas": self.schemas() }));
            }
            Dialect::Swagger2 => {
                root.insert("swagger".to_owned(), json!("2.0"));
                root.insert("host".to_owned(), json!(host));
                root.insert("basePath".to_owned(), json!(format!("/{stage}")));
                root.insert("schemes".to_owned(), json!(["https"]));
                root.insert("definitions".to_owned(), Value::Object(self.schemas()));
            }
        }
        root.insert("paths".to_owned(), Value::Object(self.paths()));
        if self.extensions.secured() {
            self.secure(&mut root);
        }
        if self.extensions.api {
            self.extend(&mut root);
        }
        Value::Object(root)
    }

    fn info(&self) -> Value {
        let api = &self.deployment.api;
        let version = api.version.clone().unwrap_or_else(|| api.created.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        let mut info = json!({ "title": api.name, "version": version });
        if let Some(description) = &api.description {
            info["description"] = json!(description);
        }
        info
    }

    fn paths(&self) -> Map<String, Value> {
        let listed = |resource: &&Resource| !resource.methods.is_empty();
        self.deployment
            .resources
            .values()
            .filter(listed)
            .map(|resource| (resource.path.clone(), self.path(resource)))
            .collect()
    }

    fn path(&self, resource: &Resource) -> Value {
        let methods = resource.methods.iter().map(|(verb, method)| {
            let name = match verb {
                HttpMethod::Any => "x-amazon-apigateway-any-method".to_owned(),
                verb => verb.as_str().to_ascii_lowercase(),
            };
            (name, operation::write((self.dialect, self.extensions), resource, method, self.scheme(method)))
        });
        Value::Object(methods.collect())
    }

    /// What was imported, and the built-in models that methods name.
    fn schemas(&self) -> Map<String, Value> {
        let api = &self.deployment.api;
        let kept = api.schemas.iter().filter_map(|(name, text)| Some((name.clone(), serde_json::from_str(text).ok()?)));
        let mut schemas: Map<String, Value> = kept.collect();
        let methods = self.deployment.resources.values().flat_map(|resource| resource.methods.values());
        for name in methods.flat_map(operation::models) {
            let title = format!("{name} Schema");
            schemas.entry(name).or_insert_with(|| json!({ "title": title, "type": "object" }));
        }
        schemas
    }

    /// The schemes that operations name.
    fn secure(&self, root: &mut Map<String, Value>) {
        let methods = self.deployment.resources.values().flat_map(|resource| resource.methods.values());
        let named: BTreeSet<&str> = methods.filter_map(|method| self.scheme(method)).collect();
        let mut schemes = Map::new();
        if named.contains(SIGV4) {
            let scheme = json!({
                "type": "apiKey", "name": "Authorization", "in": "header", "x-amazon-apigateway-authtype": "awsSigv4",
            });
            schemes.insert(SIGV4.to_owned(), scheme);
        }
        for found in self.deployment.authorizers.values().filter(|found| named.contains(found.name.as_str())) {
            schemes.insert(found.name.clone(), authorizer::write(found));
        }
        let mut methods = self.deployment.resources.values().flat_map(|resource| resource.methods.values());
        if methods.any(|method| method.api_key_required) {
            schemes.insert(API_KEY.to_owned(), json!({ "type": "apiKey", "name": "x-api-key", "in": "header" }));
        }
        if schemes.is_empty() {
            return;
        }
        match (self.dialect, root.get_mut("components")) {
            (Dialect::OpenApi3, Some(components)) => components["securitySchemes"] = Value::Object(schemes),
            (Dialect::OpenApi3 | Dialect::Swagger2, _) => {
                root.insert("securityDefinitions".to_owned(), Value::Object(schemes));
            }
        }
    }

    /// The name of the scheme that protects a method.
    fn scheme(&self, method: &Method) -> Option<&str> {
        match method.authorization {
            AuthorizationType::None => None,
            AuthorizationType::AwsIam => Some(SIGV4),
            AuthorizationType::Custom => {
                let found = method.authorizer_id.as_ref().and_then(|id| self.deployment.authorizers.get(id));
                found.map(|found| found.name.as_str())
            }
        }
    }

    fn extend(&self, root: &mut Map<String, Value>) {
        let api = &self.deployment.api;
        if !api.binary_media_types.is_empty() {
            root.insert("x-amazon-apigateway-binary-media-types".to_owned(), json!(api.binary_media_types));
        }
        if api.api_key_source != ApiKeySource::default() {
            root.insert("x-amazon-apigateway-api-key-source".to_owned(), json!(api.api_key_source.as_str()));
        }
        if let Some(policy) = api.policy.as_deref().and_then(|policy| serde_json::from_str(policy).ok()) {
            root.insert("x-amazon-apigateway-policy".to_owned(), policy);
        }
        if api.disable_execute_api_endpoint {
            let endpoint = json!({ "disableExecuteApiEndpoint": true });
            // OpenAPI 3 says it at the server, where AWS reads it.
            match (self.dialect, root.get_mut("servers")) {
                (Dialect::OpenApi3, Some(servers)) => servers[0][ENDPOINT_CONFIGURATION] = endpoint,
                (Dialect::OpenApi3 | Dialect::Swagger2, _) => {
                    root.insert(ENDPOINT_CONFIGURATION.to_owned(), endpoint);
                }
            }
        }
    }
}
