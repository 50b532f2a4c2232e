//! What answers a method, ready to be called.

use std::sync::Arc;
use std::time::Duration;

use crate::{FunctionCall, MethodAnswer, Source, Target};

/// What answers.
#[derive(Debug)]
pub enum Integration {
    /// HTTP, passed through both ways.
    HttpProxy(HttpCall),
    /// HTTP with mapping both ways.
    Http(HttpIntegration),
    /// Answered here.
    Mock(Mock),
    /// A function that gets the whole request and answers whole (`AWS_PROXY`).
    ProxyFunction(ProxyFunction),
    /// A function with mapping both ways (`AWS`).
    Function(FunctionIntegration),
    /// It cannot be called: requests are answered 500 `API_CONFIGURATION_ERROR`, and the owner is told why.
    Broken {
        /// The finding's sentence.
        why: Arc<str>,
    },
}

/// Where and how a backend is called.
#[derive(Debug)]
pub struct HttpCall {
    /// The verb, `None` to pass the caller's on.
    pub verb: Option<http::Method>,
    /// `http` or `https`.
    pub scheme: http::uri::Scheme,
    /// The URI behind `://`, stage variables filled in. Where no parameter stands before the path, `authority` is set.
    pub target: Vec<UriPiece>,
    /// The authority, when it is the same for every request; then `target` begins with the path.
    pub authority: Option<http::uri::Authority>,
    /// `integration.request.*` mappings.
    pub parameters: Vec<(Target, Source)>,
    /// How long the backend may take to begin its answer.
    pub timeout: Duration,
    /// The backend's certificate is taken unchecked (`tlsConfig.insecureSkipVerification`).
    pub insecure_skip_verification: bool,
}

/// A part of a URI template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UriPiece {
    /// Text, as it is sent.
    Text(String),
    /// `{name}`: the integration's path parameter of this name, by way of `parameters`, else the method's own.
    Parameter(String),
}

/// HTTP with mapping.
#[derive(Debug)]
pub struct HttpIntegration {
    /// The call.
    pub call: HttpCall,
    /// Media type to the static body that replaces the caller's.
    pub templates: Vec<(Arc<str>, Arc<str>)>,
    /// What happens to a body no template fits.
    pub passthrough: Passthrough,
    /// What becomes of the backend's answer.
    pub selection: Selection,
}

/// A function that gets the whole request.
#[derive(Debug)]
pub struct ProxyFunction {
    /// Which, and by whose leave.
    pub call: FunctionCall,
    /// How long it may take.
    pub timeout: Duration,
}

/// A function with mapping.
#[derive(Debug)]
pub struct FunctionIntegration {
    /// Which, and by whose leave.
    pub call: FunctionCall,
    /// How long it may take.
    pub timeout: Duration,
    /// `integration.request.*` mappings; of headers only `X-Amz-Invocation-Type` reaches Lambda.
    pub parameters: Vec<(Target, Source)>,
    /// Media type to the static event that replaces the caller's body.
    pub templates: Vec<(Arc<str>, Arc<str>)>,
    /// What happens to a body no template fits.
    pub passthrough: Passthrough,
    /// What becomes of the answer. Patterns match a failure's `errorMessage`.
    pub selection: Selection,
}

/// What happens to a request body no template fits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Passthrough {
    /// Passed on.
    WhenNoMatch,
    /// Passed on where no template is set at all, else 415.
    WhenNoTemplates,
    /// 415.
    Never,
}

/// Answered here: the request template says which status is selected.
#[derive(Debug)]
pub struct Mock {
    /// Media type to the `statusCode` its template holds; `None` where the template has none (AWS answers 500).
    pub statuses: Vec<(Arc<str>, Option<u16>)>,
    /// What happens to a body no template fits.
    pub passthrough: Passthrough,
    /// What is answered.
    pub selection: Selection,
}

/// The integration responses, by what they match.
#[derive(Debug, Default)]
pub struct Selection {
    /// Those with a pattern, matched against the whole status code, in order of their status codes.
    pub patterns: Vec<(regex::Regex, IntegrationAnswer)>,
    /// The one without a pattern.
    pub default: Option<IntegrationAnswer>,
}

impl Selection {
    /// The answer for a backend's status code.
    pub fn find(&self, status: &str) -> Option<&IntegrationAnswer> {
        let matching = self.patterns.iter().find(|(pattern, _)| pattern.is_match(status));
        matching.map(|(_, answer)| answer).or(self.default.as_ref())
    }
}

/// An integration response joined with its method response.
#[derive(Debug, Clone)]
pub struct IntegrationAnswer {
    /// The method response.
    pub method: MethodAnswer,
    /// Headers to set, and where their values come from.
    pub headers: Vec<(http::HeaderName, Source)>,
    /// Media type to static body; without one the backend's body is passed on.
    pub templates: Vec<(Arc<str>, Arc<str>)>,
}
