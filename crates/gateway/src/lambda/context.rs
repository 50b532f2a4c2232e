//! The `requestContext` of an event.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html>

use std::borrow::Cow;

use base::id::{AccessKeyId, ApiKeyId};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use snapshot::Variable;

use super::event::{Facts, verb};
use crate::authorizer::{self, Granted};
use crate::context::Values;
use crate::request::{KeyNote, Signer};
use crate::steps::authorize::Bearer;

/// What an event tells of the circumstances of its request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestContext<'a> {
    resource_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorizer: Option<Said<'a>>,
    resource_path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    operation_name: Option<&'a str>,
    http_method: &'a str,
    extended_request_id: &'a str,
    request_time: String,
    path: &'a str,
    account_id: &'a str,
    protocol: &'static str,
    stage: &'a str,
    domain_prefix: &'a str,
    request_time_epoch: i64,
    request_id: &'a str,
    identity: Identity<'a>,
    domain_name: &'a str,
    deployment_id: &'a str,
    api_id: &'a str,
}

/// Who asks, as far as it is known. AWS names what does not exist, too.
// SECURITY: it may hold an API key's value, so it has no `Debug`.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Identity<'a> {
    cognito_identity_pool_id: Option<&'a str>,
    account_id: Option<&'a str>,
    cognito_identity_id: Option<&'a str>,
    caller: Option<&'a str>,
    source_ip: String,
    principal_org_id: Option<&'a str>,
    access_key: Option<&'a str>,
    cognito_authentication_type: Option<&'a str>,
    cognito_authentication_provider: Option<&'a str>,
    user_arn: Option<&'a str>,
    user_agent: Option<Cow<'a, str>>,
    user: Option<&'a str>,
    // AWS names these two only where a method asks for a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    api_key_id: Option<&'a str>,
}

/// What the authorizer said of the caller: texts all of them, but how long it took.
#[derive(Debug)]
struct Said<'a>(&'a Granted);

impl Serialize for Said<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Granted { said, latency_ms } = self.0;
        let mut map = serializer.serialize_map(None)?;
        match said {
            authorizer::Said::Function(grant) => {
                for (key, value) in grant.context() {
                    map.serialize_entry(key, value)?;
                }
            }
            authorizer::Said::Token(bearer) => map.serialize_entry("claims", &Claims(bearer))?,
        }
        map.serialize_entry("principalId", said.principal_id())?;
        map.serialize_entry("integrationLatency", latency_ms)?;
        map.end()
    }
}

/// A token's claims, all of them as texts.
struct Claims<'a>(&'a Bearer);

impl Serialize for Claims<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.claims())
    }
}

impl<'a> RequestContext<'a> {
    pub(super) fn of(facts: &Facts<'a>, granted: Option<&'a Granted>) -> Self {
        let Facts { request, stage, method, .. } = *facts;
        let values = Values { request, stage: Some(stage), ending: None };
        let time = values.get(Variable::RequestTime).unwrap_or_default();
        let host = request.host.as_deref().unwrap_or_default();
        Self {
            resource_id: method.resource_id.as_str(),
            authorizer: granted.map(Said),
            resource_path: &method.resource_path,
            operation_name: method.operation_name.as_deref(),
            http_method: verb(facts),
            extended_request_id: request.extended_id(),
            request_time: String::from_utf8(time).unwrap_or_default(),
            path: request.target.as_ref().map_or("/", crate::target::Target::path),
            account_id: stage.scope.account.as_str(),
            // AWS says so whatever the client speaks.
            protocol: "HTTP/1.1",
            stage: stage.name.as_str(),
            domain_prefix: host.split('.').next().unwrap_or_default(),
            request_time_epoch: request.received.as_millisecond(),
            request_id: request.shown_id(),
            identity: Identity::of(facts),
            domain_name: host,
            deployment_id: stage.deployment_id.as_str(),
            api_id: stage.api_id.as_str(),
        }
    }
}

impl<'a> Identity<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let request = facts.request;
        let signer: Option<&'a Signer> = request.notes.signer.get().map(Box::as_ref);
        let key: Option<&'a KeyNote> = request.notes.key.get().map(Box::as_ref);
        Self {
            account_id: signer.map(|signer| signer.account.as_str()),
            caller: signer.map(|signer| signer.id.as_str()),
            source_ip: request.source_ip().to_string(),
            access_key: signer.and_then(|signer| signer.access_key.as_ref()).map(AccessKeyId::as_str),
            user_arn: signer.map(|signer| signer.arn.as_str()),
            user_agent: request.user_agent.as_ref().map(|agent| String::from_utf8_lossy(agent.as_bytes())),
            user: signer.map(|signer| signer.id.as_str()),
            api_key: key.map(|key| key.value.expose().as_str()),
            api_key_id: key.and_then(|key| key.id.as_ref()).map(ApiKeyId::as_str),
            ..Self::default()
        }
    }
}
