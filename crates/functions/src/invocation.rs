//! One invocation: what is handed to a function, and what comes of it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

/// What a function is asked. Whether the caller may ask was decided before.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// Its id, told to the function as `Lambda-Runtime-Aws-Request-Id`.
    pub request_id: base::id::RequestId,
    /// The ARN that was invoked, with its qualifier if one was named.
    pub invoked_arn: Arc<str>,
    /// The event, JSON.
    pub payload: Bytes,
    /// `X-Amzn-Trace-Id`.
    pub trace_id: Option<String>,
    /// `X-Amz-Client-Context`, decoded.
    pub client_context: Option<String>,
    /// How long its caller waits; the function's own time-out counts as well.
    pub patience: Option<Duration>,
}

/// What a function did.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// What it answered, or the JSON of its error.
    pub payload: Bytes,
    /// Whether it failed: its code said so, it timed out, crashed, or was stopped. The payload is then
    /// `{"errorMessage": …, "errorType": …}`, and alone tells these apart, as in Lambda's runtimes of today.
    pub failed: bool,
    /// Which version ran.
    pub version: Arc<str>,
    /// The end of what it logged, at most 4 KiB, with Lambda's own `START`, `END` and `REPORT` lines.
    pub log_tail: Bytes,
    /// How long it ran.
    pub took: Duration,
}

/// Why a function did not run at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvokeRefusal {
    /// As many run as may.
    #[error("all {limit} concurrent invocations are taken")]
    Throttled {
        /// How many may run.
        limit: u32,
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
    /// This node failed: no room, no process, the blobs cannot be read, the remote end is away.
    #[error("the function could not be started: {why}")]
    Fault {
        /// What failed, for the operator.
        why: String,
    },
}
