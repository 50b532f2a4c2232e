//! One invocation, raced against its caller's patience.

use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use base::id::RequestId;
use bytes::Bytes;
use functions::{Invocation, InvokeRefusal, Outcome};
use futures_util::FutureExt as _;
use serde::Deserialize;
use snapshot::Version;

use crate::invoke::Runner;

/// What an invocation needs beside the function.
#[derive(Debug)]
pub(crate) struct Ask {
    /// The ARN that is invoked.
    pub(crate) arn: Arc<str>,
    /// The event.
    pub(crate) event: Bytes,
    /// `X-Amzn-Trace-Id`.
    pub(crate) trace_id: Option<String>,
    /// How long it is waited for.
    pub(crate) patience: Duration,
}

/// What a function answered.
#[derive(Debug, Clone)]
pub(crate) struct Ran {
    /// The invocation's own id.
    pub(crate) request_id: RequestId,
    /// The answer, JSON as a rule.
    pub(crate) payload: Bytes,
    /// How long it took.
    pub(crate) took: Duration,
}

/// Why a function answered nothing that could be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// It took too long.
    TimedOut {
        /// How long it was waited for.
        patience: Duration,
    },
    /// It failed: what it says.
    Failed {
        /// Its `errorMessage`.
        message: Arc<str>,
        /// The whole of what it says.
        payload: Bytes,
        /// The invocation's own id.
        request_id: RequestId,
        /// How long it took.
        took: Duration,
    },
    /// The event is longer than Lambda takes.
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The most it may have.
        max: usize,
    },
    /// As many run as may.
    Throttled {
        /// What says so.
        why: Arc<str>,
    },
    /// It could not run.
    NotRun {
        /// Why.
        why: Arc<str>,
    },
}

/// Invokes a version, and waits for its answer.
pub(crate) async fn invoke(
    runner: &dyn Runner,
    clock: &dyn Clock,
    version: &Arc<Version>,
    ask: Ask,
) -> Result<Ran, Failure> {
    let request_id = RequestId::random();
    let began = clock.elapsed();
    let patience = ask.patience;
    let invocation = Invocation {
        request_id,
        invoked_arn: ask.arn,
        payload: ask.event,
        trace_id: ask.trace_id,
        client_context: None,
        patience: Some(patience),
    };
    let outcome = {
        let mut timeout = clock.sleep(patience).fuse();
        let mut running = std::pin::pin!(runner.invoke(version, invocation).fuse());
        futures_util::select_biased! {
            outcome = running => outcome,
            () = timeout => return Err(Failure::TimedOut { patience }),
        }
    };
    let took = clock.elapsed().saturating_sub(began);
    match outcome.map_err(|refusal| refused(&refusal))? {
        Outcome { failed: false, payload, .. } => Ok(Ran { request_id, payload, took }),
        Outcome { failed: true, payload, .. } => {
            Err(Failure::Failed { message: error_message(&payload), payload, request_id, took })
        }
    }
}

fn refused(refusal: &InvokeRefusal) -> Failure {
    let why = crate::reason::cut(&refusal.to_string());
    match *refusal {
        InvokeRefusal::Throttled { .. } => Failure::Throttled { why },
        InvokeRefusal::TooLarge { bytes, max } => Failure::TooLarge { bytes, max },
        InvokeRefusal::Broken { .. } | InvokeRefusal::Fault { .. } => Failure::NotRun { why },
    }
}

#[derive(Deserialize)]
struct Said<'a> {
    #[serde(rename = "errorMessage", borrow)]
    message: Option<std::borrow::Cow<'a, str>>,
}

/// The `errorMessage` of a failure; empty where it has none that is a text.
fn error_message(payload: &[u8]) -> Arc<str> {
    let said = serde_json::from_slice::<Said<'_>>(payload);
    said.ok().and_then(|said| said.message).as_deref().unwrap_or_default().into()
}

/// A number from 0 up to 1 that an id of random bits stands for.
pub(crate) fn draw(id: RequestId) -> f64 {
    let bytes = id.0.as_bytes();
    let number = u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    f64::from(number) / (f64::from(u32::MAX) + 1.0)
}
