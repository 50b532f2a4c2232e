//! Brings a description into an API: overwrites it whole, or merges into it.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api-update.html>

use std::collections::BTreeMap;

use base::Scope;
use base::id::{AuthorizerId, ResourceId};
use base::limits::RESOURCES_PER_API;
use model::apigateway::{HttpMethod, Method, Resource, RestApi};

use super::description::{Description, Integration, Operation};
use super::report::Report;
use crate::error::Error;
use crate::rules;

/// What happens to what is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// The document replaces it.
    Overwrite,
    /// The document wins where both say something.
    Merge,
}

/// What becomes of the document's base path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BasePath {
    /// It is left out.
    Ignore,
    /// It stands before every path.
    Prepend,
    /// All but its first segment stands before every path; that one is for a base path mapping.
    Split,
}

impl BasePath {
    /// AWS's word in the `basepath` parameter.
    pub(crate) fn parse(text: Option<&str>) -> Result<Self, Error> {
        match text {
            None | Some("ignore") => Ok(BasePath::Ignore),
            Some("prepend") => Ok(BasePath::Prepend),
            Some("split") => Ok(BasePath::Split),
            Some(other) => Err(Error::bad_request(format!(
                "Invalid basepath parameter: '{other}'. It is ignore, prepend or split"
            ))),
        }
    }

    fn prefix(self, base_path: &str) -> String {
        let trimmed = base_path.trim_matches('/');
        match self {
            BasePath::Ignore => String::new(),
            _ if trimmed.is_empty() => String::new(),
            BasePath::Prepend => format!("/{trimmed}"),
            BasePath::Split => trimmed.split_once('/').map_or(String::new(), |(_, rest)| format!("/{rest}")),
        }
    }
}

/// The API's resources afterwards; those that are not among them any more are to be removed.
pub(crate) fn apply(
    description: Description,
    api: &mut RestApi,
    existing: Vec<Resource>,
    (mode, base_path, scope): (Mode, BasePath, &Scope),
    report: &mut Report,
) -> Vec<Resource> {
    let prefix = base_path.prefix(&description.base_path);
    settings(&description, api, mode);
    let mut tree = Tree::begin(api, existing, mode);
    for path in description.paths {
        let full = format!("{prefix}{}", path.path);
        match tree.reach(&full) {
            Ok(at) => {
                for (verb, operation) in path.methods {
                    let resource = &mut tree.resources[at];
                    let method = method(operation, verb, (resource, &description.authorizer_ids, scope), report);
                    resource.methods.extend(method.map(|method| (verb, method)));
                }
            }
            Err(error) => report.error(format!("Unable to create resource at path '{full}': {error}")),
        }
    }
    tree.resources
}

fn settings(description: &Description, api: &mut RestApi, mode: Mode) {
    if let Some(name) = &description.name {
        api.name.clone_from(name);
    }
    let replaces = |new: bool| new || mode == Mode::Overwrite;
    if replaces(description.description.is_some()) {
        api.description.clone_from(&description.description);
    }
    if replaces(description.version.is_some()) {
        api.version.clone_from(&description.version);
    }
    if replaces(description.binary_media_types.is_some()) {
        api.binary_media_types = description.binary_media_types.clone().unwrap_or_default();
    }
    // A switch that closes the default endpoint stays as it is unless the document names it.
    if let Some(disabled) = description.disable_execute_api_endpoint {
        api.disable_execute_api_endpoint = disabled;
    }
    if replaces(description.api_key_source.is_some()) {
        api.api_key_source = description.api_key_source.unwrap_or_default();
    }
    if mode == Mode::Overwrite {
        api.schemas.clear();
    }
    api.schemas.extend(description.schemas.clone());
}

/// The resources under construction, the root first.
struct Tree {
    resources: Vec<Resource>,
    /// Ids of paths that were there before, so that a path keeps its id.
    known: BTreeMap<String, ResourceId>,
}

impl Tree {
    fn begin(api: &RestApi, existing: Vec<Resource>, mode: Mode) -> Self {
        let known = existing.iter().map(|resource| (resource.path.clone(), resource.id.clone())).collect();
        let root = Resource {
            rest_api_id: api.id.clone(),
            id: api.root_resource_id.clone(),
            parent_id: None,
            path_part: String::new(),
            path: "/".to_owned(),
            methods: BTreeMap::new(),
        };
        let resources = match mode {
            Mode::Merge if !existing.is_empty() => existing,
            Mode::Merge | Mode::Overwrite => vec![root],
        };
        Self { resources, known }
    }

    /// Finds the resource of a path, making what is missing on the way.
    fn reach(&mut self, path: &str) -> Result<usize, Error> {
        let at = |resources: &[Resource], path: &str| resources.iter().position(|resource| resource.path == path);
        let mut here = at(&self.resources, "/").ok_or_else(|| Error::bad_request("the API has no root resource"))?;
        for part in path.split('/').filter(|part| !part.is_empty()) {
            let below = rules::tree::join(&self.resources[here].path, part);
            here = match at(&self.resources, &below) {
                Some(found) => found,
                None => self.add(here, part)?,
            };
        }
        Ok(here)
    }

    fn add(&mut self, parent: usize, part: &str) -> Result<usize, Error> {
        if self.resources.len() >= RESOURCES_PER_API {
            return Err(Error::LimitExceeded(format!("an API has at most {RESOURCES_PER_API} resources")));
        }
        let parent = &self.resources[parent];
        let path = rules::tree::place(&self.resources, parent, part, None)?;
        let id = self.known.get(&path).cloned().unwrap_or_else(ResourceId::random);
        let resource = Resource {
            rest_api_id: parent.rest_api_id.clone(),
            id,
            parent_id: Some(parent.id.clone()),
            path_part: part.to_owned(),
            path,
            methods: BTreeMap::new(),
        };
        self.resources.push(resource);
        Ok(self.resources.len() - 1)
    }
}

fn method(
    mut operation: Operation,
    verb: HttpMethod,
    (resource, authorizers, scope): (&Resource, &BTreeMap<String, AuthorizerId>, &Scope),
    report: &mut Report,
) -> Option<Method> {
    let path = &resource.path;
    let id = operation.authorizer.as_ref().and_then(|name| authorizers.get(name));
    operation.method.authorizer_id = id.map(ToString::to_string);
    let mut method = match rules::method::build(operation.method) {
        Ok(method) => method,
        Err(error) => {
            report.error(format!("Unable to put method '{verb}' on resource at path '{path}': {error}"));
            return None;
        }
    };
    for (status, response) in operation.responses {
        match rules::method_response::build(response.parameters, response.models) {
            Ok(response) => {
                method.responses.insert(status, response);
            }
            Err(error) => report.error(format!(
                "Unable to put method response '{status}' for method '{verb}' on resource at path '{path}': {error}"
            )),
        }
    }
    if let Some(found) = operation.integration
        && let Err(error) = integrate(found, &mut method, resource, scope)
    {
        report.error(format!("Unable to put integration on '{verb}' for resource at path '{path}': {error}"));
        return None;
    }
    Some(method)
}

fn integrate(found: Integration, method: &mut Method, resource: &Resource, scope: &Scope) -> Result<(), Error> {
    let id = resource.id.as_str();
    let mut integration = rules::integration::build(found.fields, &method.request_parameters, id, scope)?;
    for (status, fields) in found.responses {
        rules::status_code::check(&status)?;
        let response = rules::integration_response::build(fields, method.responses.get(&status))?;
        integration.responses.insert(status, response);
    }
    method.integration = Some(integration);
    Ok(())
}
