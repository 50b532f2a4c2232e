//! Why a call was not done, and AWS's words for it in each protocol.

use operation::Failure;
use store_resources::Revision;
use wire::{DecodeError, Invalid, Protocol};

/// Why a call was not done.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// No such service here.
    UnknownService {
        /// The name that was asked for.
        name: String,
    },
    /// No such operation of this service.
    UnknownOperation {
        /// The name or route that was asked for.
        name: String,
    },
    /// The body is larger than any call needs.
    TooLarge,
    /// The body ended early, or came too slowly.
    Truncated,
    /// The bodies of other calls fill the memory that is there for them.
    NoRoom,
    /// The signature.
    Signature(sigv4::Refusal),
    /// The bytes.
    Undecodable(DecodeError),
    /// The input's members.
    Invalid {
        /// Which and why.
        invalid: Invalid,
    },
    /// No policy allows it, or one denies it.
    AccessDenied {
        /// AWS's sentence.
        message: String,
        /// Why, sealed for those of the caller's account who may know.
        encoded: Option<String>,
    },
    /// Known, and refused until it is enforced.
    NotEnforced {
        /// The service's sentence.
        reason: &'static str,
    },
    /// The operation failed.
    Failed(Failure),
    /// Other writers were faster too many times.
    Busy,
    /// Stored, but this node does not serve it yet.
    NotServedYet {
        /// What was stored.
        revision: Revision,
    },
    /// The record could not be written, so the call must not be answered.
    Unrecorded(store_resources::Fault),
}

impl From<sigv4::Refusal> for Refusal {
    fn from(refusal: sigv4::Refusal) -> Self {
        Refusal::Signature(refusal)
    }
}

impl From<DecodeError> for Refusal {
    fn from(error: DecodeError) -> Self {
        Refusal::Undecodable(error)
    }
}

/// What the caller is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Words {
    /// AWS's code.
    pub(crate) code: String,
    /// AWS's message.
    pub(crate) message: String,
    /// The HTTP status.
    pub(crate) status: u16,
}

fn words(code: impl Into<String>, status: u16, message: impl Into<String>) -> Words {
    Words { code: code.into(), message: message.into(), status }
}

impl Refusal {
    /// Whether a stranger could cause it: such records are bounded.
    pub(crate) fn is_of_a_stranger(&self) -> bool {
        match self {
            Refusal::UnknownService { .. }
            | Refusal::UnknownOperation { .. }
            | Refusal::TooLarge
            | Refusal::Truncated
            | Refusal::NoRoom
            | Refusal::Signature(_) => true,
            Refusal::Undecodable(_)
            | Refusal::Invalid { .. }
            | Refusal::AccessDenied { .. }
            | Refusal::NotEnforced { .. }
            | Refusal::Failed(_)
            | Refusal::Busy
            | Refusal::NotServedYet { .. }
            | Refusal::Unrecorded(_) => false,
        }
    }

    /// The words in a protocol's record. They leave out the canonical request, which the caller's signed headers and
    /// query stand in: a record is read by others than the caller.
    pub(crate) fn words_on_record(&self, protocol: Protocol) -> Words {
        let told = self.words(protocol);
        match self {
            // SECURITY: signed headers may hold session tokens and cookies.
            Refusal::Signature(refusal @ sigv4::Refusal::Mismatch(sigv4::Mismatch::Signature { .. })) => {
                Words { message: refusal.reason(), ..told }
            }
            Refusal::Signature(_)
            | Refusal::UnknownService { .. }
            | Refusal::UnknownOperation { .. }
            | Refusal::TooLarge
            | Refusal::Truncated
            | Refusal::NoRoom
            | Refusal::Undecodable(_)
            | Refusal::Invalid { .. }
            | Refusal::AccessDenied { .. }
            | Refusal::NotEnforced { .. }
            | Refusal::Failed(_)
            | Refusal::Busy
            | Refusal::NotServedYet { .. }
            | Refusal::Unrecorded(_) => told,
        }
    }

    /// AWS's words in a protocol.
    pub(crate) fn words(&self, protocol: Protocol) -> Words {
        let json = match protocol {
            Protocol::RestJson | Protocol::Json10 | Protocol::Json11 => true,
            Protocol::Query | Protocol::RestXml => false,
        };
        match self {
            Refusal::UnknownService { name } => {
                words("UnknownOperationException", 404, format!("the service `{name}` is not served here"))
            }
            Refusal::UnknownOperation { name } if json => {
                words("UnknownOperationException", 404, format!("the operation `{name}` is not known"))
            }
            Refusal::UnknownOperation { name } => {
                words("InvalidAction", 400, format!("Could not find operation {name}"))
            }
            Refusal::TooLarge => words("RequestEntityTooLargeException", 413, "the request body is too large"),
            Refusal::Truncated => words("RequestTimeoutException", 400, "the request body ended early"),
            Refusal::NoRoom => words("ServiceUnavailableException", 503, "too many calls at once; please try again"),
            Refusal::Signature(refusal) if json => {
                words(refusal.json_code(), denial_status(protocol), refusal.to_string())
            }
            Refusal::Signature(refusal) => words(refusal.query_code(), refusal.query_status(), refusal.to_string()),
            Refusal::Undecodable(error) => words(error.code, 400, error.message.clone()),
            Refusal::Invalid { invalid } => words(invalid_code(protocol), 400, invalid.to_string()),
            Refusal::AccessDenied { message, .. } if json => {
                words("AccessDeniedException", denial_status(protocol), message.clone())
            }
            Refusal::AccessDenied { message, .. } => words("AccessDenied", 403, message.clone()),
            Refusal::NotEnforced { reason } => words(not_enforced_code(protocol), 400, *reason),
            Refusal::Failed(Failure::Api(error)) => words(error.code, error.status, error.message.clone()),
            Refusal::Failed(Failure::Resources(_) | Failure::Records(_) | Failure::Broken { .. })
            | Refusal::Unrecorded(_) => words(
                "InternalFailure",
                500,
                "The request processing has failed because of an unknown error, exception or failure.",
            ),
            Refusal::Busy => words("TooManyRequestsException", 429, "other writers were faster; please try again"),
            Refusal::NotServedYet { revision } => words(
                "ServiceUnavailableException",
                503,
                format!("the change is stored as revision {revision}, but this node does not serve it yet"),
            ),
        }
    }
}

/// REST services deny with 403; those that speak JSON 1.x answer 400 to whatever the caller did wrong.
fn denial_status(protocol: Protocol) -> u16 {
    match protocol {
        Protocol::RestJson | Protocol::Query | Protocol::RestXml => 403,
        Protocol::Json10 | Protocol::Json11 => 400,
    }
}

fn invalid_code(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::RestJson => "BadRequestException",
        Protocol::Json10 | Protocol::Json11 => "ValidationException",
        Protocol::Query => "ValidationError",
        Protocol::RestXml => "InvalidInput",
    }
}

fn not_enforced_code(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::RestJson => "BadRequestException",
        Protocol::Json10 | Protocol::Json11 => "UnsupportedOperationException",
        Protocol::Query | Protocol::RestXml => "UnsupportedOperation",
    }
}
