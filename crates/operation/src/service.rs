//! A service: its protocol, its names, and its operations.

use std::collections::BTreeMap;

use base::Scope;
use futures_util::future::BoxFuture;
use wire::Protocol;

use crate::{Failure, Http, Registered, Transaction};

/// Reads the tags of a resource of the caller's account by its ARN; none when it does not exist or has none.
pub type TagsOf =
    for<'a> fn(&'a str, &'a Scope, &'a mut Transaction) -> BoxFuture<'a, Result<BTreeMap<String, String>, Failure>>;

/// For services whose resources have no tags.
pub fn no_tags<'a>(
    _: &'a str,
    _: &'a Scope,
    _: &'a mut Transaction,
) -> BoxFuture<'a, Result<BTreeMap<String, String>, Failure>> {
    Box::pin(async { Ok(BTreeMap::new()) })
}

/// An AWS service as `control` finds and serves it.
#[derive(Debug)]
pub struct Service {
    /// The name in credential scopes and endpoints, such as `apigateway`.
    pub name: &'static str,
    /// CloudTrail's name, such as `apigateway.amazonaws.com`.
    pub event_source: &'static str,
    /// AWS's API version, such as `2015-07-09`.
    pub api_version: &'static str,
    /// The namespace of its answers, for the protocols that answer XML.
    pub xml_namespace: Option<&'static str>,
    /// How it is spoken to.
    pub protocol: Protocol,
    /// What stands before the dot in `X-Amz-Target`; several where clients differ.
    pub targets: &'static [&'static str],
    /// A service without a region: signed for us-east-1, stored under `global`.
    pub global: bool,
    /// The tags of what an ARN names, for `aws:ResourceTag/…`; asked only when a policy looks at them.
    pub tags: TagsOf,
    /// What it does.
    pub operations: Vec<Registered>,
    /// What it knows and refuses, so that nothing is silently accepted.
    pub refused: Vec<Refused>,
}

/// An operation that exists in AWS and is refused here until it is enforced.
#[derive(Debug)]
pub struct Refused {
    /// AWS's name.
    pub name: &'static str,
    /// Its binding, for REST protocols.
    pub http: Option<Http>,
    /// The IAM action: who may not call it is told so first.
    pub action: &'static str,
    /// The message, such as "Authorizers are not enforced by this version of Portcullis yet, so they are refused."
    pub reason: &'static str,
}
