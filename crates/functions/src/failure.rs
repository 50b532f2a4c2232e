//! How a function fails, in Lambda's words.
//! <https://docs.aws.amazon.com/lambda/latest/dg/troubleshooting-invocation.html>

use std::time::Duration;

use base::id::RequestId;
use bytes::Bytes;
use serde_json::Value;

use crate::cell::Ending;

/// The most a function may answer, in bytes (AWS: 6 MB, and a hundred bytes that its message names as well).
pub(crate) const RESPONSE_BYTES_MAX: usize = 6_291_556;
/// The longest event, in bytes (AWS: 6 MB).
pub(crate) const EVENT_BYTES_MAX: usize = 6_291_456;

/// Why an invocation came to no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failed {
    /// The code said so, in a document of its own.
    Said(Bytes),
    /// It took longer than it may.
    TimedOut(Duration),
    /// Its process ended.
    Ended(Ending),
    /// The kernel ended it for want of memory.
    OutOfMemory,
    /// Nothing could be started.
    NotStarted(String),
    /// It answered more than it may.
    TooLarge,
    /// Its answer broke off.
    Truncated,
    /// Its cell broke, or was taken away.
    Cell,
}

impl Failed {
    /// Its `errorType`, for all that were not said by the code itself.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Said(_) => "Runtime.Unknown",
            Self::TimedOut(_) => "Sandbox.Timedout",
            Self::Ended(_) => "Runtime.ExitError",
            Self::OutOfMemory => "Runtime.OutOfMemory",
            Self::NotStarted(_) => "Runtime.InvalidEntrypoint",
            Self::TooLarge => "Function.ResponseSizeTooLarge",
            Self::Truncated => "Runtime.TruncatedResponse",
            Self::Cell => "Sandbox.Failure",
        }
    }

    /// What happened, without the request.
    fn words(&self) -> String {
        match self {
            Self::Said(_) => "the function reported an error".to_owned(),
            Self::TimedOut(after) => format!("Task timed out after {:.2} seconds", after.as_secs_f64()),
            Self::Ended(Ending::Exited(0)) => "Runtime exited without providing a reason".to_owned(),
            Self::Ended(Ending::Exited(status)) => format!("Runtime exited with error: exit status {status}"),
            Self::Ended(Ending::Signalled(signal)) => {
                format!("Runtime exited with error: signal: {}", signal_name(*signal))
            }
            Self::OutOfMemory => "Runtime exited with error: signal: killed".to_owned(),
            Self::NotStarted(why) => why.clone(),
            Self::TooLarge => {
                format!("Response payload size exceeded maximum allowed payload size ({RESPONSE_BYTES_MAX} bytes).")
            }
            Self::Truncated => "the response broke off".to_owned(),
            Self::Cell => "the instance broke".to_owned(),
        }
    }

    /// The document that the caller gets.
    pub(crate) fn payload(&self, id: &RequestId) -> Bytes {
        let message = match self {
            Self::Said(payload) => return payload.clone(),
            Self::TooLarge => self.words(),
            Self::TimedOut(_)
            | Self::Ended(_)
            | Self::OutOfMemory
            | Self::NotStarted(_)
            | Self::Truncated
            | Self::Cell => {
                format!("RequestId: {id} Error: {}", self.words())
            }
        };
        document(self.kind(), &message)
    }

    /// What Lambda adds to the log.
    pub(crate) fn line(&self, id: &RequestId, now: jiff::Timestamp) -> Option<String> {
        match self {
            Self::Said(_) => None,
            Self::TimedOut(_) => Some(format!("{now:.3} {id} {}", self.words())),
            Self::Ended(_)
            | Self::OutOfMemory
            | Self::NotStarted(_)
            | Self::TooLarge
            | Self::Truncated
            | Self::Cell => Some(format!("RequestId: {id} Error: {}\n{}", self.words(), self.kind())),
        }
    }

    /// What the `REPORT` line says of it.
    pub(crate) fn status(&self) -> String {
        match self {
            Self::Said(_) => String::new(),
            Self::TimedOut(_) => "Status: timeout\t".to_owned(),
            Self::Ended(_)
            | Self::OutOfMemory
            | Self::NotStarted(_)
            | Self::TooLarge
            | Self::Truncated
            | Self::Cell => {
                format!("Status: error\tError Type: {}\t", self.kind())
            }
        }
    }
}

/// The document of an error that the code reported, made sound where it is none.
pub(crate) fn reported(payload: Bytes, kind: Option<&str>) -> Bytes {
    let sound = serde_json::from_slice::<&serde_json::value::RawValue>(&payload)
        .is_ok_and(|value| value.get().starts_with('{'));
    if sound {
        return payload;
    }
    let kind = kind.filter(|kind| kind.len() <= 256).unwrap_or("Runtime.Unknown");
    document(kind, &String::from_utf8_lossy(payload.get(..1_024).unwrap_or(&payload)))
}

/// An error's document, its members in AWS's order.
fn document(kind: &str, message: &str) -> Bytes {
    format!(r#"{{"errorType":{},"errorMessage":{}}}"#, Value::from(kind), Value::from(message)).into()
}

/// A signal as Lambda's supervisor names it.
fn signal_name(signal: i32) -> String {
    match signal {
        libc::SIGHUP => "hangup".to_owned(),
        libc::SIGINT => "interrupt".to_owned(),
        libc::SIGQUIT => "quit".to_owned(),
        libc::SIGILL => "illegal instruction".to_owned(),
        libc::SIGTRAP => "trace/breakpoint trap".to_owned(),
        libc::SIGABRT => "aborted".to_owned(),
        libc::SIGBUS => "bus error".to_owned(),
        libc::SIGFPE => "floating point exception".to_owned(),
        libc::SIGKILL => "killed".to_owned(),
        libc::SIGSEGV => "segmentation fault".to_owned(),
        libc::SIGPIPE => "broken pipe".to_owned(),
        libc::SIGTERM => "terminated".to_owned(),
        other => format!("signal {other}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(failed: &Failed) -> String {
        let id = RequestId::parse("8a1b7c9e-0000-4000-8000-000000000001").expect("an id");
        String::from_utf8(failed.payload(&id).to_vec()).expect("it is text")
    }

    #[test]
    fn each_failure_has_awss_document() {
        let id = "RequestId: 8a1b7c9e-0000-4000-8000-000000000001 Error: ";
        for (failed, kind, message) in [
            (
                Failed::TimedOut(Duration::from_secs(3)),
                "Sandbox.Timedout",
                format!("{id}Task timed out after 3.00 seconds"),
            ),
            (
                Failed::Ended(Ending::Exited(1)),
                "Runtime.ExitError",
                format!("{id}Runtime exited with error: exit status 1"),
            ),
            (
                Failed::Ended(Ending::Exited(0)),
                "Runtime.ExitError",
                format!("{id}Runtime exited without providing a reason"),
            ),
            (
                Failed::Ended(Ending::Signalled(11)),
                "Runtime.ExitError",
                format!("{id}Runtime exited with error: signal: segmentation fault"),
            ),
            (Failed::OutOfMemory, "Runtime.OutOfMemory", format!("{id}Runtime exited with error: signal: killed")),
            (
                Failed::TooLarge,
                "Function.ResponseSizeTooLarge",
                "Response payload size exceeded maximum allowed payload size (6291556 bytes).".to_owned(),
            ),
        ] {
            assert_eq!(check(&failed), format!(r#"{{"errorType":"{kind}","errorMessage":"{message}"}}"#));
        }
    }

    #[test]
    fn an_error_that_is_no_document_becomes_one() {
        for (payload, kept) in
            [(r#"{"errorMessage":"x"}"#, true), ("[]", false), ("", false), ("{", false), ("plain", false)]
        {
            let made = reported(Bytes::from(payload), Some("Function.Mine"));
            assert_eq!(made == payload, kept, "{payload}");
            let value: serde_json::Value = serde_json::from_slice(&made).expect("it is JSON");
            assert!(kept || value["errorType"] == "Function.Mine", "{value}");
        }
    }
}
