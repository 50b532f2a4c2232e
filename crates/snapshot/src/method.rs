//! A method, ready to serve.

use std::sync::Arc;

use base::id::ResourceId;

use crate::{Authorizer, Bucket, Integration, Limit};

/// Everything a request needs once its route is found.
#[derive(Debug)]
pub struct Method {
    /// The resource it belongs to.
    pub resource_id: ResourceId,
    /// The resource's path template, such as `/pets/{id}`.
    pub resource_path: Arc<str>,
    /// The verb as configured: `ANY` stays `ANY`.
    pub verb: &'static str,
    /// A name for code generators; functions are told.
    pub operation_name: Option<Arc<str>>,
    /// Who may call.
    pub authorization: Authorization,
    /// Whether a call needs an API key of a usage plan.
    pub api_key_required: bool,
    /// How often all callers together may call it.
    pub throttle: Option<StageThrottle>,
    /// What usage plans know it by: its path and verb, such as `/pets/{id}/GET`, or `/GET` at the root.
    pub plan_key: Arc<str>,
    /// What its execution log holds.
    pub logging: Logging,
    /// What answers.
    pub integration: Integration,
}

/// Who may call. Every other type is refused at the call that sets it until it is enforced.
#[derive(Debug, Clone)]
pub enum Authorization {
    /// Anybody whom the API's resource policy lets in.
    None,
    /// Whoever signs, and is allowed by policies (`AWS_IAM`).
    Iam,
    /// Whom an authorizer lets in (`CUSTOM`).
    Custom(Arc<Authorizer>),
}

/// The stage's throttle of one method. Every method has a bucket of its own, whichever setting limits it.
#[derive(Debug, Clone)]
pub struct StageThrottle {
    /// How often.
    pub limit: Limit,
    /// Which setting says so.
    pub source: ThrottleSource,
    /// What is left. Every version of the stage shares it.
    pub bucket: Arc<Bucket>,
}

/// Which of a stage's settings throttles a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThrottleSource {
    /// The method's own.
    Method,
    /// That of all methods, `*/*`.
    Stage,
}

/// What an execution log holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Logging {
    /// Failures are logged.
    pub errors: bool,
    /// Everything is logged.
    pub info: bool,
    /// Headers and bodies too.
    pub payloads: bool,
}

impl Logging {
    /// Nothing is logged.
    pub const OFF: Logging = Logging { errors: false, info: false, payloads: false };
}

/// A method response: a status and the headers that may be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MethodAnswer {
    /// The status.
    pub status: http::StatusCode,
    /// The media type of its body: the first of its models, else `application/json`.
    pub media_type: Arc<str>,
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A method whose resource path is `name`, for route tests.
    pub(crate) fn named(name: &str) -> Arc<Method> {
        Arc::new(Method {
            resource_id: ResourceId::parse("r1").expect("an id"),
            resource_path: name.into(),
            verb: "ANY",
            operation_name: None,
            authorization: Authorization::None,
            api_key_required: false,
            throttle: None,
            plan_key: format!("{name}/ANY").into(),
            logging: Logging::OFF,
            integration: Integration::Broken { why: "a test".into() },
        })
    }
}
