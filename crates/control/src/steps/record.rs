//! Audit: one record a call. A successful write carries it in its own transaction; every other call is recorded
//! before it is answered.

use base::{AccountId, Region, Scope};
use operation::{Principal, Service};
use serde_json::Value as Json;
use store_resources::AuditEntry;

use crate::Received;
use crate::audit::{self, Record};
use crate::refusal::Words;

/// What the steps found out about a call, for its record.
#[derive(Debug, Default, Clone)]
pub(crate) struct Notes<'c> {
    pub(crate) service: Option<&'c Service>,
    pub(crate) event_name: Option<&'static str>,
    pub(crate) read_only: bool,
    pub(crate) principal: Option<Principal>,
    pub(crate) claimed_key: Option<String>,
    pub(crate) parameters: Option<Json>,
    pub(crate) resources: Vec<(String, String)>,
}

/// The installation's own account and region: whose records the calls of strangers join.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    pub(crate) account: AccountId,
    pub(crate) region: Region,
}

/// How a call ended.
pub(crate) enum Ending<'a> {
    /// With an output.
    Done {
        /// The output, for writes.
        response: Option<Json>,
        /// What it made.
        made: Vec<(String, String)>,
    },
    /// With these words.
    Refused(&'a Words),
}

/// The entry of a call.
pub(crate) fn entry(received: &Received, notes: &Notes<'_>, home: &Home, ending: Ending<'_>) -> AuditEntry {
    let account = notes.principal.as_ref().map_or(home.account, Principal::account);
    let scope = Scope { account, region: home.region.clone() };
    let (response, made, error) = match ending {
        Ending::Done { response, made } => (response, made, None),
        Ending::Refused(words) => (None, Vec::new(), Some((words.code.as_str(), words.message.as_str()))),
    };
    audit::entry(&Record {
        scope: &scope,
        aws_region: if notes.service.is_some_and(|service| service.global) {
            "us-east-1"
        } else {
            home.region.as_str()
        },
        request_id: received.request_id,
        now: received.now,
        principal: notes.principal.as_ref(),
        claimed_key: notes.claimed_key.as_deref(),
        event_source: notes.service.map_or("portcullis.amazonaws.com", |service| service.event_source),
        api_version: notes.service.map(|service| service.api_version),
        event_name: notes.event_name.unwrap_or("UnknownOperation"),
        read_only: notes.read_only,
        source_ip: Some(received.source),
        user_agent: received.header("user-agent"),
        host: received.header("host"),
        parameters: notes.parameters.clone(),
        response,
        error,
        resources: notes.resources.iter().cloned().chain(made).collect(),
    })
}
