//! The port to the journey: what a service needs of it. `gateway` implements it, `portcullis` injects it.

use std::net::IpAddr;

use base::Scope;
use futures_util::future::BoxFuture;

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

/// The data plane as the control plane may ask it.
pub trait DataPlane: Send + Sync + std::fmt::Debug {
    /// Renders a stored trail. An error says what is wrong with its bytes.
    fn explain(&self, trail: &[u8]) -> Result<Explanation, String>;
    /// Decides about a request that nobody sent, and does nothing else. An error says why it cannot be asked.
    fn what_if(&self, question: WhatIf) -> BoxFuture<'_, Result<Explanation, String>>;
}
