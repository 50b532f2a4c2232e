//! What is known of a request from its first moment to its record, shared by the steps, its bodies and its record.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use base::id::{AccessKeyId, ApiKeyId, RequestId};
use base::{AccountId, Clock, Secret, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::USER_AGENT;
use http::{HeaderValue, Method as Verb, Version};
use identity::Caller;
use policy::Principal;
use snapshot::Method;

use crate::authorizer::Granted;

use crate::execution_log::Exchange;
use crate::target::Target;
use crate::trace::{TRACE_ID, TraceId};

/// A request's facts. Headers and body travel with the steps' evidence instead: they are moved on, not kept.
#[derive(Debug)]
pub struct Request {
    /// Our id: the key of everything recorded.
    pub id: RequestId,
    /// The id that the client claims in `x-amzn-RequestId`, where it is a UUID; it is echoed as in AWS.
    pub claimed_id: Option<RequestId>,
    /// The id the caller sees, as text: its own where it claims one, else ours.
    shown_id: [u8; uuid::fmt::Hyphenated::LENGTH],
    /// `x-amz-apigw-id`: sixteen characters.
    pub extended_id: [u8; 16],
    /// `X-Amzn-Trace-Id`: the client's, else a fresh one.
    pub trace_id: TraceId,
    /// The verb; none when the request line could not be read.
    pub verb: Option<Verb>,
    /// The version the client spoke.
    pub version: Version,
    /// The host the request is for, without its port, cut to what a host may be long.
    pub host: Option<Arc<str>>,
    /// The target; none when the request line could not be read.
    pub target: Option<Target>,
    /// `User-Agent`.
    pub user_agent: Option<HeaderValue>,
    /// The connection it came on.
    pub connection: Arc<edge::Connection>,
    /// When it arrived.
    pub received: Timestamp,
    /// The same on the clock that measures durations.
    pub started: Duration,
    /// What the steps leave for the record.
    pub notes: Notes,
}

/// What the steps leave for the record, beside the trail. Each is written once, by the step that its field names. Most
/// requests have but a method: the others are boxed, so that nobody pays for room that is not used.
#[derive(Debug, Default)]
pub struct Notes {
    /// The method, from the route step.
    pub method: OnceLock<Arc<Method>>,
    /// What the web ACL said, from the firewall step; only where one is attached.
    pub firewall: OnceLock<Box<ScreenNote>>,
    /// Who signed, from the authorize step.
    pub signer: OnceLock<Box<Signer>>,
    /// What an authorizer said of the caller, from the authorize step.
    pub(crate) authorizer: OnceLock<Box<Granted>>,
    /// Its lines of the execution log; only where the method's logging asks.
    authorizer_log: Mutex<Vec<String>>,
    /// The API key, from the meter step; only where the method asks for one.
    pub key: OnceLock<Box<KeyNote>>,
    /// What went to the backend and came back, from the integrate step; only where the method's logging asks.
    exchange: OnceLock<Box<Mutex<Exchange>>>,
}

/// What a web ACL said, as `$context` tells it.
#[derive(Debug)]
pub struct ScreenNote {
    /// The web ACL's ARN.
    pub arn: Arc<str>,
    /// Whether the request passed; `None` where it could not be judged.
    pub verdict: Option<ScreenVerdict>,
    /// Why it could not be judged.
    pub error: Option<Arc<str>>,
    /// What it took, in microseconds.
    pub latency_us: u64,
}

/// `$context.wafResponseCode`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScreenVerdict {
    /// It passed.
    Allow,
    /// It was blocked, or interrupted.
    Block,
}

impl ScreenVerdict {
    /// AWS's word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "WAF_ALLOW",
            Self::Block => "WAF_BLOCK",
        }
    }
}

/// The API key that a request brought.
#[derive(Debug)]
pub struct KeyNote {
    /// Its value, as it was sent.
    pub value: Secret<String>,
    /// Its id, where it is the value of a key.
    pub id: Option<ApiKeyId>,
}

/// Who signed, as `$context.identity` tells it.
#[derive(Debug)]
pub struct Signer {
    /// Its account.
    pub account: AccountId,
    /// Its unique id: `AIDA…`, `AROA…:session`, or the account's own for its root user.
    pub id: String,
    /// Its ARN.
    pub arn: String,
    /// The key it signed with.
    pub access_key: Option<AccessKeyId>,
}

impl Notes {
    /// Keeps who signed.
    pub(crate) fn caller(&self, caller: &Caller) {
        let id = match caller.principal() {
            Principal::User { id, .. } => id.clone(),
            Principal::AssumedRole { id, session, .. } => format!("{id}:{session}"),
            Principal::Root { .. }
            | Principal::FederatedUser { .. }
            | Principal::Anonymous
            | Principal::Service { .. }
            | Principal::Federated { .. } => caller.account().to_string(),
        };
        let arn = caller.principal().arn().unwrap_or_default();
        // Only the authorize step writes it, once a request.
        let signer = Signer { account: caller.account(), id, arn, access_key: caller.access_key().cloned() };
        let _ = self.signer.set(Box::new(signer));
    }

    /// Adds a line about the authorizer to the execution log.
    pub(crate) fn log_authorizer(&self, line: String) {
        self.authorizer_log.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    /// The lines about the authorizer.
    pub(crate) fn authorizer_log(&self) -> Vec<String> {
        self.authorizer_log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keeps the API key.
    pub(crate) fn key(&self, key: KeyNote) {
        // Only the meter step writes it, once a request.
        let _ = self.key.set(Box::new(key));
    }

    /// The exchange with the backend.
    pub fn exchange(&self) -> MutexGuard<'_, Exchange> {
        self.exchange.get_or_init(Box::default).lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A host name is at most 253 characters long (RFC 1035), an IPv6 literal far less.
const HOST_BYTES_MAX: usize = 255;

impl Request {
    /// Takes the facts of a head that arrived now; of a head that could not be read, there are few.
    pub fn new(head: Option<&edge::Head>, connection: Arc<edge::Connection>, clock: &dyn Clock) -> Self {
        let received = clock.now();
        let named = head.map(|head| Named::of(&head.received)).unwrap_or_default();
        let (id, claimed_id) = (RequestId::random(), named.request_id);
        Self {
            id,
            claimed_id,
            shown_id: hyphenated(claimed_id.unwrap_or(id)),
            extended_id: extended_id(),
            trace_id: TraceId::of(named.trace_id, received),
            verb: head.map(|head| head.method.clone()),
            version: head.map_or(Version::HTTP_11, |head| head.version),
            host: head.and_then(edge::Head::host).filter(|host| host.len() <= HOST_BYTES_MAX).map(Arc::from),
            target: head.map(|head| Target::read(head.target.clone())),
            user_agent: named.user_agent,
            connection,
            received,
            started: clock.elapsed(),
            notes: Notes::default(),
        }
    }

    /// The id the caller sees: its own where it claims one, else ours.
    pub fn shown_id(&self) -> &str {
        std::str::from_utf8(&self.shown_id).expect("hexadecimal and hyphens are ASCII")
    }

    /// The same as bytes.
    pub fn shown_id_bytes(&self) -> &[u8] {
        &self.shown_id
    }

    /// The client's address.
    pub fn source_ip(&self) -> IpAddr {
        self.connection.peer.ip()
    }

    /// The sixteen characters of `x-amz-apigw-id`.
    pub fn extended_id(&self) -> &str {
        std::str::from_utf8(&self.extended_id).expect("base64 is ASCII")
    }
}

/// The header that names a request.
pub static REQUEST_ID: http::HeaderName = http::HeaderName::from_static("x-amzn-requestid");

/// The headers that a request's facts are made of, found in one pass.
#[derive(Default)]
struct Named {
    request_id: Option<RequestId>,
    trace_id: Option<HeaderValue>,
    user_agent: Option<HeaderValue>,
}

impl Named {
    /// Takes the first of each name, as if each had been looked up.
    fn of(headers: &edge::ReceivedHeaders) -> Self {
        let [request_id, trace_id, user_agent] =
            headers.first_of([REQUEST_ID.as_str(), TRACE_ID.as_str(), USER_AGENT.as_str()]);
        Self {
            request_id: request_id.and_then(|at| claimed_id(headers.value_at(at)?.as_bytes())),
            trace_id: trace_id.and_then(|at| headers.value_at(at)),
            user_agent: user_agent.and_then(|at| headers.value_at(at)),
        }
    }
}

fn claimed_id(value: &[u8]) -> Option<RequestId> {
    // Only the hyphenated form is a UUID to AWS; the parser would take others.
    let text = std::str::from_utf8(value).ok().filter(|text| text.len() == 36)?;
    RequestId::parse(text).ok()
}

/// Lower-case hexadecimal in groups, as AWS writes ids: written once, because headers and logs repeat it.
fn hyphenated(RequestId(id): RequestId) -> [u8; uuid::fmt::Hyphenated::LENGTH] {
    let mut text = [b'-'; uuid::fmt::Hyphenated::LENGTH];
    let bytes = id.as_bytes();
    for (group, at) in [(0..4, 0), (4..6, 9), (6..8, 14), (8..10, 19), (10..16, 24)] {
        let length = group.len() * 2;
        put_hex(&bytes[group], &mut text[at..at + length]);
    }
    text
}

/// Eleven random bytes, so that base64 ends in one `=` as AWS's ids do.
fn extended_id() -> [u8; 16] {
    let mut text = [b'='; 16];
    let bytes = uuid::Uuid::new_v4().into_bytes();
    // The first six bytes and the last five are free of the UUID's fixed bits.
    let mut random = [0; 11];
    random[..6].copy_from_slice(&bytes[..6]);
    random[6..].copy_from_slice(&bytes[11..]);
    STANDARD.encode_slice(random, &mut text).expect("eleven bytes make sixteen characters");
    text
}

pub(crate) fn put_hex(bytes: &[u8], text: &mut [u8]) {
    for (byte, pair) in bytes.iter().zip(text.as_chunks_mut::<2>().0) {
        *pair = HEX[usize::from(*byte)];
    }
}

/// Every byte's two digits.
static HEX: [[u8; 2]; 256] = {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut table = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = [DIGITS[byte >> 4], DIGITS[byte & 15]];
        byte += 1;
    }
    table
};
