//! Why the integrate step answered as it did.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Reasons of the integrate step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Integrate {
    /// The backend began its answer.
    Answered(Answered),
    /// The mock answered.
    Mocked {
        /// The status its template selects by.
        status: u16,
    },
    /// The backend took too long.
    TimedOut {
        /// The host that was called.
        host: Arc<str>,
        /// The integration's timeout.
        timeout_ms: u64,
    },
    /// The backend could not be reached.
    Unreachable {
        /// The host that was called.
        host: Arc<str>,
        /// The client's words.
        why: Arc<str>,
    },
    /// The backend's name has no address.
    Unresolvable {
        /// The host that was to be called.
        host: Arc<str>,
        /// The client's words.
        why: Arc<str>,
    },
    /// The backend's certificate is not believed, or TLS failed otherwise.
    Untrusted {
        /// The host that was called.
        host: Arc<str>,
        /// The client's words.
        why: Arc<str>,
    },
    /// The backend's address may not be called from here.
    Forbidden {
        /// The host that was to be called.
        host: Arc<str>,
        /// The client's words.
        why: Arc<str>,
    },
    /// The backend answered something that is not HTTP.
    BadAnswer {
        /// The host that was called.
        host: Arc<str>,
        /// The client's words.
        why: Arc<str>,
    },
    /// The method's integration did not compile.
    Broken {
        /// The compiler's finding.
        why: Arc<str>,
    },
    /// Where to call or what to send cannot be made of this request.
    Unmappable {
        /// What is wrong.
        why: Arc<str>,
    },
    /// No integration response fits the backend's status.
    NoResponseFits {
        /// The status.
        status: u16,
    },
    /// The mock's request template holds no status code.
    NoMockStatus,
    /// No request template fits the body's media type, and it may not be passed on.
    UnsupportedMediaType {
        /// The media type.
        media_type: Arc<str>,
    },
    /// The body grew beyond what is taken.
    BodyTooLarge {
        /// The limit.
        max: u64,
    },
    /// The client broke off its own body, or sent it too slowly.
    BodyBroke {
        /// The edge's words.
        why: Arc<str>,
    },
    /// Other bodies fill the memory set aside for those that a function gets whole.
    NoRoom,
    /// The function may not be invoked, or does not exist.
    FunctionNotInvoked {
        /// Why, and what would allow it.
        why: Arc<str>,
    },
    /// The function failed.
    FunctionFailed {
        /// Its ARN.
        function: Arc<str>,
        /// What it said.
        message: Arc<str>,
        /// The invocation's own id.
        request_id: Arc<str>,
        /// How long it took.
        latency_us: u64,
    },
    /// The function could not run.
    FunctionNotRun {
        /// Its ARN.
        function: Arc<str>,
        /// Why.
        why: Arc<str>,
    },
    /// What the function answered is no answer of a proxy integration.
    MalformedAnswer {
        /// Its ARN.
        function: Arc<str>,
        /// What is wrong with it.
        why: Arc<str>,
    },
    /// The event is longer than Lambda takes.
    EventTooLarge {
        /// Its length.
        bytes: u64,
        /// The most it may have.
        max: u64,
    },
    /// The event was taken to be run later.
    Queued {
        /// The function's ARN.
        function: Arc<str>,
    },
}

/// A backend's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// The host that was called.
    pub host: Arc<str>,
    /// Its status.
    pub status: u16,
    /// How long it took.
    pub latency_us: u64,
    /// Its own request id.
    pub request_id: Option<Arc<str>>,
}
