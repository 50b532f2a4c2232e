//! A method, ready to serve.

use std::sync::Arc;

use base::id::ResourceId;

use crate::{Authorizer, Integration};

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
            logging: Logging::OFF,
            integration: Integration::Broken { why: "a test".into() },
        })
    }
}
