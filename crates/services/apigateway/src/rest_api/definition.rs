//! An API definition on its way into the store: what ImportRestApi and PutRestApi share.

use std::collections::{BTreeMap, BTreeSet};

use base::id::{AuthorizerId, RestApiId};
use model::Record;
use model::apigateway::{Authorizer, EndpointType as Stored, Resource, RestApi};
use operation::{Call, Failure};
use serde_json::Value;
use wire::Choice as _;

use crate::authorizer::room_for_one_more;
use crate::choices::EndpointType;
use crate::error::Error;
use crate::openapi::apply::{BasePath, Mode, apply};
use crate::openapi::description::Description;
use crate::openapi::document::Document;
use crate::openapi::read;
use crate::openapi::report::Report;
use crate::rules::api::{self, Endpoint};
use crate::rules::{authorizer, credentials, resource_policy};

/// A document that was read, with the call's parameters.
pub(super) struct Import {
    description: Description,
    report: Report,
    base_path: BasePath,
    endpoint_types: Option<String>,
    fail_on_warnings: bool,
}

impl Import {
    /// Reads a document. Its faults are told together, by [`Import::bring`].
    pub(super) fn read(
        body: &[u8],
        parameters: &BTreeMap<String, String>,
        fail_on_warnings: Option<bool>,
    ) -> Result<Self, Error> {
        let base_path = BasePath::parse(parameters.get("basepath").map(String::as_str))?;
        let known = ["basepath", "ignore", "endpointConfigurationTypes"];
        if let Some(unknown) = parameters.keys().find(|name| !known.contains(&name.as_str())) {
            return Err(Error::bad_request(format!("The import parameter '{unknown}' is not known")));
        }
        let document = Document::parse(body)?;
        let mut report = Report::default();
        let description = read::description(&document, &mut report);
        let endpoint_types = parameters.get("endpointConfigurationTypes").cloned();
        Ok(Self { description, report, base_path, endpoint_types, fail_on_warnings: fail_on_warnings.unwrap_or(false) })
    }

    /// The document's title.
    pub(super) fn name(&self) -> Option<&str> {
        self.description.name.as_deref()
    }

    /// How a new API shall be reached.
    pub(super) fn endpoint_type(&self) -> Result<Stored, Error> {
        let read = |text: &str| {
            EndpointType::from_text(text.trim())
                .ok_or_else(|| Error::bad_request(format!("Invalid endpoint type: '{text}'")))
        };
        let types = self.endpoint_types.as_deref().map(|list| list.split(',').map(read).collect::<Result<_, _>>());
        api::endpoint(&Endpoint { types: types.transpose()?, ..Endpoint::default() })
    }

    /// Brings it into the transaction and answers the API as it is then.
    pub(super) async fn bring(
        mut self,
        call: &mut Call<'_>,
        mut api: RestApi,
        existing: Vec<Resource>,
        mode: Mode,
    ) -> Result<RestApi, Failure> {
        let before: BTreeSet<_> = existing.iter().map(|resource| resource.id.clone()).collect();
        // SECURITY: a document that names no policy does not open an API that has one.
        if let Some(policy) = &self.description.policy {
            api.policy = resource_policy::read(policy, &api.id, &call.scope)?;
            api.policy_ids = resource_policy::ids(call, api.policy.as_deref()).await?;
        }
        let kept = self.authorizers(call, &api.id, mode).await?;
        let scope = call.scope.clone();
        let resources = apply(self.description, &mut api, existing, (mode, self.base_path, &scope), &mut self.report);
        api.warnings = self.report.finish(self.fail_on_warnings)?;
        for authorizer in &kept {
            call.tx.put(&call.scope, authorizer)?;
        }
        api::name(&api.name)?;
        let after: BTreeSet<_> = resources.iter().map(|resource| resource.id.clone()).collect();
        for gone in before.difference(&after) {
            call.tx.delete::<Resource>(&call.scope, &Resource::id_of(&api.id, gone));
        }
        for resource in &resources {
            call.tx.put(&call.scope, resource)?;
        }
        call.tx.put(&call.scope, &api)?;
        Ok(api)
    }

    /// The document's authorizers, each under the id that its name has already; those that an overwriting document does not
    /// name go.
    async fn authorizers(
        &mut self,
        call: &mut Call<'_>,
        api: &RestApiId,
        mode: Mode,
    ) -> Result<Vec<Authorizer>, Failure> {
        let existing = call.tx.all::<Authorizer>(&call.scope, &Authorizer::prefix(api)).await?;
        let named = std::mem::take(&mut self.description.protection.authorizers);
        for gone in existing.iter().filter(|old| mode == Mode::Overwrite && !named.contains_key(&old.name)) {
            call.tx.delete::<Authorizer>(&call.scope, &Record::id(gone));
        }
        let others = existing.iter().filter(|old| mode == Mode::Merge && !named.contains_key(&old.name)).count();
        let mut made = Vec::with_capacity(named.len());
        for (name, fields) in named {
            let old = existing.iter().find(|old| old.name == name).map(|old| old.id.clone());
            let id = old.unwrap_or_else(AuthorizerId::random);
            room_for_one_more(others + made.len())?;
            match authorizer::build(fields, api, id.clone(), &call.scope) {
                Ok(authorizer) => {
                    self.description.authorizer_ids.insert(name, id);
                    made.push(authorizer);
                }
                Err(error) => self.report.error(format!("Unable to create authorizer '{name}': {error}")),
            }
        }
        Ok(made)
    }
}

/// What whoever brings a document must be allowed besides: to pass the roles that it names.
pub(super) fn roles(body: &[u8]) -> Vec<(&'static str, String)> {
    let Ok(document) = Document::parse(body) else { return Vec::new() };
    let mut open = vec![&document.root];
    let mut roles = BTreeSet::new();
    while let Some(value) = open.pop() {
        match value {
            Value::Object(members) => {
                let named =
                    ["credentials", "authorizerCredentials"].map(|name| members.get(name).and_then(Value::as_str));
                roles.extend(named.into_iter().flatten().map(str::to_owned));
                open.extend(members.values());
            }
            Value::Array(items) => open.extend(items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    roles.iter().flat_map(|role| credentials::passed(Some(role))).collect()
}
