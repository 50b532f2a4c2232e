//! An API definition on its way into the store: what ImportRestApi and PutRestApi share.

use std::collections::{BTreeMap, BTreeSet};

use model::apigateway::{EndpointType as Stored, Resource, RestApi};
use operation::{Call, Failure};
use wire::Choice as _;

use crate::choices::EndpointType;
use crate::error::Error;
use crate::openapi::apply::{BasePath, Mode, apply};
use crate::openapi::description::Description;
use crate::openapi::document::Document;
use crate::openapi::read;
use crate::openapi::report::Report;
use crate::rules::api::{self, Endpoint};
use crate::rules::resource_policy;

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
        let resources = apply(self.description, &mut api, existing, (mode, self.base_path), &mut self.report);
        api.warnings = self.report.finish(self.fail_on_warnings)?;
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
}
