//! The port to the journey: what a service needs of it. `gateway` implements it, `portcullis` injects it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use base::Scope;
use base::id::{ApiKeyId, UsagePlanId};
use base::id::{AuthorizerId, RequestId, RestApiId};
use bytes::Bytes;
use futures_util::future::BoxFuture;

use crate::{FirewallTest, FirewallTested, RateQuestion, RuleName, SampleQuestion, Samples, WebAclTop};

/// The decision record of one request, in words and as data.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// For people: one line a step.
    pub text: String,
    /// For programs.
    pub data: serde_json::Value,
}

/// A request that nobody sent: what would be decided about it?
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WhatIf {
    /// Whose APIs may be asked about; those of others do not exist.
    pub scope: Scope,
    /// The ARN of the caller that is supposed to have signed; nobody signs without one.
    pub caller: Option<String>,
    /// The address it is supposed to come from.
    pub source_ip: IpAddr,
    /// The verb.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// Header names and values besides `Host`.
    pub headers: Vec<(String, String)>,
}

/// An authorizer that somebody tries, as it is stored, and the request it is tried with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthorizerTest {
    /// Whose API it belongs to.
    pub scope: Scope,
    /// The API.
    pub rest_api_id: RestApiId,
    /// The authorizer.
    pub authorizer_id: AuthorizerId,
    /// Its name.
    pub name: String,
    /// `TOKEN` or `REQUEST`.
    pub kind: &'static str,
    /// The invocation of its function, with `${stageVariables.NAME}`, or the `jwt://` URI of one that proves tokens itself.
    pub uri: String,
    /// The role it is invoked with.
    pub credentials: Option<String>,
    /// Where the identity stands.
    pub identity_source: String,
    /// What a token must match.
    pub identity_validation_expression: Option<String>,
    /// Header names and values.
    pub headers: Vec<(String, String)>,
    /// Path and query.
    pub path: String,
    /// The variables of the stage that is supposed to serve it.
    pub stage_variables: BTreeMap<String, String>,
}

/// What came of trying an authorizer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuthorizerTested {
    /// The status that a caller would be answered; 0 where the authorizer succeeded, as AWS says.
    pub status: u16,
    /// The lines of the execution log.
    pub log: String,
    /// How long it took.
    pub latency_ms: u64,
    /// Who asks, in its words.
    pub principal_id: Option<String>,
    /// The policy it answered.
    pub policy: Option<String>,
    /// What else it said.
    pub context: BTreeMap<String, String>,
    /// What the token says that it proved; none where it asked a function.
    pub claims: Option<BTreeMap<String, String>>,
}

/// The data plane as the control plane may ask it.
pub trait DataPlane: Send + Sync + std::fmt::Debug {
    /// Renders a stored trail. An error says what is wrong with its bytes.
    fn explain(&self, trail: &[u8]) -> Result<Explanation, String>;
    /// Decides about a request that nobody sent, and does nothing else. An error says why it cannot be asked.
    fn what_if(&self, question: WhatIf) -> BoxFuture<'_, Result<Explanation, String>>;
    /// Asks an authorizer. An error says why it cannot be asked.
    fn test_authorizer(&self, question: AuthorizerTest) -> BoxFuture<'_, Result<AuthorizerTested, String>>;
    /// Invokes a function, or takes the event to do so later.
    fn invoke(&self, call: FunctionCall) -> BoxFuture<'_, Result<Invoked, NotInvoked>>;
    /// Whether this node's own settings give a function this name.
    fn is_configured(&self, scope: &Scope, function: &str) -> bool;
    /// Makes the counters say what was used of a plan's quotas: whatever this node has taken ahead goes back, and a key that
    /// is named is counted anew with its next call.
    fn settle<'a>(&'a self, plan: &'a UsagePlanId, key: Option<&'a ApiKeyId>) -> BoxFuture<'a, ()> {
        // Who serves no traffic has taken nothing.
        let _ = (plan, key);
        Box::pin(async {})
    }
    /// Some of the requests that a web ACL judged, newest first. An error says why they cannot be had.
    fn sampled_requests(&self, question: SampleQuestion) -> BoxFuture<'_, Result<Samples, String>> {
        // Who judges no requests has none to show.
        let _ = question;
        Box::pin(async { Ok(Samples::default()) })
    }
    /// The addresses that are over the limit of a rate-based rule. An error says why they cannot be had.
    fn rate_limited(&self, question: RateQuestion) -> BoxFuture<'_, Result<Vec<IpAddr>, String>> {
        // Who judges no requests limits nobody.
        let _ = question;
        Box::pin(async { Ok(Vec::new()) })
    }
    /// What a web ACL makes of requests that nobody sent, in their order; nothing is counted. An error says why it cannot be
    /// asked.
    fn test_web_acl(&self, question: FirewallTest) -> Result<Vec<FirewallTested>, String> {
        let _ = question;
        Err("this node judges no requests".to_owned())
    }
    /// The labels that a rule of a web ACL adds, with their namespaces. An error says why they cannot be had.
    fn labels_of_rule(&self, scope: &Scope, web_acl: &str, rule: &RuleName) -> Result<Vec<String>, String> {
        let _ = (scope, web_acl, rule);
        Err("this node judges no requests".to_owned())
    }
    /// What the web ACLs of an account did on this node, and what they took.
    fn web_acl_tops(&self, scope: &Scope) -> Vec<WebAclTop> {
        // Who judges no requests has none to show.
        let _ = scope;
        Vec::new()
    }
}

/// An invocation that somebody may do.
#[derive(Debug, Clone)]
pub struct FunctionCall {
    /// Whose function.
    pub scope: Scope,
    /// Its name.
    pub function: String,
    /// A version's number, an alias, or `$LATEST`.
    pub qualifier: Option<String>,
    /// Whether somebody waits.
    pub mode: FunctionMode,
    /// The id of the call.
    pub request_id: RequestId,
    /// The event, JSON.
    pub payload: Bytes,
    /// `X-Amzn-Trace-Id`.
    pub trace_id: Option<String>,
    /// `X-Amz-Client-Context`, decoded.
    pub client_context: Option<String>,
}

/// Whether somebody waits for what a function answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FunctionMode {
    /// Yes.
    RequestResponse,
    /// No: it runs later, and anew where it failed.
    Event,
    /// It does not run; only whether it could is asked.
    DryRun,
}

/// What came of an invocation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Invoked {
    /// What the function answered, or the JSON of its error; empty where nobody waits.
    pub payload: Bytes,
    /// `Unhandled`, where the function failed.
    pub error: Option<&'static str>,
    /// Which version ran.
    pub version: Option<String>,
    /// The end of what it logged.
    pub log_tail: Bytes,
}

/// Why a function was not invoked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotInvoked {
    /// There is no such function, version or alias.
    #[error("there is no such function")]
    Missing,
    /// As many run, or wait, as may.
    #[error("too many invocations: {why}")]
    Throttled {
        /// Which limit, for the caller.
        why: String,
    },
    /// The event is longer than Lambda takes.
    #[error("the event has {bytes} bytes, more than {max}")]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The most it may have.
        max: usize,
    },
    /// Its code or configuration cannot run here.
    #[error("the function cannot run: {why}")]
    Broken {
        /// What is wrong with it, for its owner.
        why: String,
    },
    /// This node failed.
    #[error("the function could not be started: {why}")]
    Fault {
        /// What failed, for the operator.
        why: String,
    },
}
