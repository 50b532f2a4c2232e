//! A service: its protocol, its names, and its operations.

use wire::Protocol;

use crate::{Http, Registered};

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
