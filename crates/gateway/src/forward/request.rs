//! Headers on their way to a backend: what ends here is left out, what tells of the client is added.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html> and RFC 9110, section 7.6.
//!
//! They go out in the client's order and case. What a mapping sets takes the place of everything else of its name.

use edge::ReceivedHeaders;
use egress::{FieldError, FieldName, RequestHead};
use http::{HeaderName, HeaderValue};
use snapshot::Stage;

use crate::context::{put_address, put_number};
use crate::request::Request;

/// How AWS's gateways name themselves to backends.
const AGENT: &[u8] = b"HTTP/1.1 AmazonAPIGateway";

const VIA: FieldName = FieldName::new("Via");
const FORWARDED_FOR: FieldName = FieldName::new("X-Forwarded-For");
const FORWARDED_PORT: FieldName = FieldName::new("X-Forwarded-Port");
const FORWARDED_PROTO: FieldName = FieldName::new("X-Forwarded-Proto");
const TRACE_ID: FieldName = FieldName::new("X-Amzn-Trace-Id");
const API_ID: FieldName = FieldName::new("x-amzn-apigateway-api-id");

/// What becomes of a client's header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It goes on as it is.
    Passed,
    /// It is the hop's own, or AWS drops it, or ours is sent instead.
    Removed,
    /// It is the hop's own, and names others that are.
    Connection,
    /// All of them become one.
    Cookie,
    /// It goes on, unless it is for us.
    Authorization,
    /// The session token of a signature for us: it ends here once the signature is proven.
    Token,
    /// The chain that the client joins.
    ForwardedFor,
}

/// Names in lower case, with their fates. All others pass.
static FATES: [(&[u8], Fate); 26] = [
    (b"connection", Fate::Connection),
    (b"host", Fate::Removed),
    (b"content-length", Fate::Removed),
    (b"transfer-encoding", Fate::Removed),
    (b"upgrade", Fate::Removed),
    (b"te", Fate::Removed),
    (b"trailer", Fate::Removed),
    (b"expect", Fate::Removed),
    (b"max-forwards", Fate::Removed),
    (b"proxy-authenticate", Fate::Removed),
    (b"proxy-authorization", Fate::Removed),
    (b"server", Fate::Removed),
    (b"www-authenticate", Fate::Removed),
    (b"content-md5", Fate::Removed),
    (b"keep-alive", Fate::Removed),
    (b"proxy-connection", Fate::Removed),
    (b"http2-settings", Fate::Removed),
    (b"x-amzn-requestid", Fate::Removed),
    (b"x-forwarded-port", Fate::Removed),
    (b"x-forwarded-proto", Fate::Removed),
    (b"x-amzn-trace-id", Fate::Removed),
    (b"x-amzn-apigateway-api-id", Fate::Removed),
    (b"x-forwarded-for", Fate::ForwardedFor),
    (b"cookie", Fate::Cookie),
    (b"authorization", Fate::Authorization),
    (b"x-amz-security-token", Fate::Token),
];

/// The longest of these names.
const NAME_BYTES_MAX: usize = 24;

/// For each length a bit for each letter that a name of that length begins with, as [`letter_bit`] says. Most names of
/// clients fit none.
static BEGINNINGS: [u32; NAME_BYTES_MAX + 1] = {
    let mut beginnings = [0; NAME_BYTES_MAX + 1];
    let mut at = 0;
    while at < FATES.len() {
        let name = FATES[at].0;
        beginnings[name.len()] |= letter_bit(name[0]);
        at += 1;
    }
    beginnings
};

/// The same for both cases of a letter; other bytes may share theirs.
const fn letter_bit(byte: u8) -> u32 {
    1 << (byte % 32)
}

impl Fate {
    fn of(name: &[u8]) -> Self {
        let (Some(first), Some(beginnings)) = (name.first(), BEGINNINGS.get(name.len())) else { return Self::Passed };
        if beginnings & letter_bit(*first) == 0 {
            return Self::Passed;
        }
        FATES.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map_or(Self::Passed, |(_, fate)| *fate)
    }
}

/// What becomes of a client's header in an event for a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EventFate {
    /// It is told.
    Passed,
    /// It is the hop's own, or told anew.
    Removed,
    /// A signature for us.
    Signature,
    /// The session token of one.
    Token,
    /// The chain that the client joins.
    ForwardedFor,
}

/// What becomes of a client's header in an event. Functions are told the host, as in AWS.
pub(crate) fn event_fate(name: &str, value: &[u8]) -> EventFate {
    match Fate::of(name.as_bytes()) {
        Fate::Removed if name.eq_ignore_ascii_case("host") => EventFate::Passed,
        Fate::Removed | Fate::Connection => EventFate::Removed,
        Fate::Authorization if is_signature(value) => EventFate::Signature,
        Fate::Passed | Fate::Cookie | Fate::Authorization => EventFate::Passed,
        Fate::Token => EventFate::Token,
        Fate::ForwardedFor => EventFate::ForwardedFor,
    }
}

/// Headers that mappings set: each name once, with all its values.
#[derive(Debug, Default)]
pub(crate) struct Mapped(pub(crate) Vec<(HeaderName, Vec<HeaderValue>)>);

impl Mapped {
    /// The host that a mapping sets.
    pub(crate) fn host(&self) -> Option<&HeaderValue> {
        let host = self.0.iter().find(|(name, _)| name == http::header::HOST);
        host.and_then(|(_, values)| values.last())
    }

    fn names(&self, name: &[u8]) -> bool {
        self.0.iter().any(|(known, _)| known.as_str().as_bytes().eq_ignore_ascii_case(name))
    }
}

/// Writes a backend's headers behind the beginning of its request.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    pub(crate) head: &'a mut RequestHead,
    pub(crate) mapped: &'a Mapped,
    pub(crate) request: &'a Request,
    pub(crate) stage: &'a Stage,
}

impl Writer<'_> {
    /// Passes the client's headers on, and says whom they are from.
    pub(crate) fn pass_on(&mut self, received: &ReceivedHeaders) -> Result<(), FieldError> {
        let Sorted { fields, named, signed, cookies } = Sorted::of(received);
        let mut chain = Vec::with_capacity(ADDRESS_BYTES_MAX);
        let mut joined = false;
        for (fate, name, value) in &fields {
            if named.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                continue;
            }
            match fate {
                Fate::Removed | Fate::Connection => {}
                // SECURITY: a signature for us is a credential that the backend must not get to replay.
                Fate::Authorization if signed => {}
                Fate::Token if self.request.notes.signer.get().is_some() => {}
                Fate::Cookie if std::mem::replace(&mut joined, true) => {}
                Fate::Cookie if cookies > 1 => self.add(name, &join_cookies(&fields))?,
                Fate::Passed | Fate::Authorization | Fate::Token | Fate::Cookie => self.add(name, value)?,
                Fate::ForwardedFor => {
                    chain.extend_from_slice(value);
                    chain.extend_from_slice(b", ");
                }
            }
        }
        self.add_own(VIA, AGENT)?;
        self.introduce_behind(chain)?;
        self.add_mapped()
    }

    /// Writes headers that a mapping may replace, and says whom they are from.
    pub(crate) fn begin(&mut self, own: &[(FieldName, &[u8])]) -> Result<(), FieldError> {
        for (name, value) in own {
            self.add_own(*name, value)?;
        }
        self.introduce_behind(Vec::with_capacity(ADDRESS_BYTES_MAX))?;
        self.add_mapped()
    }

    fn add(&mut self, name: &[u8], value: &[u8]) -> Result<(), FieldError> {
        if self.mapped.names(name) { Ok(()) } else { self.head.add(name, value) }
    }

    fn add_own(&mut self, name: FieldName, value: &[u8]) -> Result<(), FieldError> {
        if self.mapped.names(name.as_str().as_bytes()) { Ok(()) } else { self.head.add_known(name, value) }
    }

    /// Tells the backend whom the request is from and through which API it came. The client's own chain comes with the
    /// client behind it: what stands before our entry is hearsay.
    fn introduce_behind(&mut self, mut chain: Vec<u8>) -> Result<(), FieldError> {
        let (request, stage) = (self.request, self.stage);
        put_address(request.source_ip(), &mut chain);
        self.add_own(FORWARDED_FOR, &chain)?;
        chain.clear();
        put_number(request.connection.local.port().into(), &mut chain);
        self.add_own(FORWARDED_PORT, &chain)?;
        let scheme: &[u8] = if request.connection.tls.is_some() { b"https" } else { b"http" };
        self.add_own(FORWARDED_PROTO, scheme)?;
        self.add_own(TRACE_ID, request.trace_id.as_bytes())?;
        self.add_own(API_ID, stage.api_id.as_str().as_bytes())
    }

    fn add_mapped(&mut self) -> Result<(), FieldError> {
        for (name, values) in &self.mapped.0 {
            if name == http::header::HOST {
                // It stands at the head's beginning.
                continue;
            }
            for value in values {
                self.head.add(name.as_str().as_bytes(), value.as_bytes())?;
            }
        }
        Ok(())
    }
}

/// An IPv6 address has at most 39 characters.
const ADDRESS_BYTES_MAX: usize = 39;

/// A client's headers with their fates, and what some of them say of others. All are looked at once.
struct Sorted<'r> {
    fields: Vec<(Fate, &'r [u8], &'r [u8])>,
    /// What `Connection` names (RFC 9110, section 7.6.1).
    named: Vec<&'r [u8]>,
    /// Whether an `Authorization` is a signature for us.
    signed: bool,
    cookies: usize,
}

impl<'r> Sorted<'r> {
    fn of(received: &'r ReceivedHeaders) -> Self {
        let mut sorted =
            Self { fields: Vec::with_capacity(received.len()), named: Vec::new(), signed: false, cookies: 0 };
        for (name, value) in received.lines() {
            let fate = Fate::of(name);
            match fate {
                Fate::Connection => sorted.name(value),
                Fate::Authorization => sorted.signed |= is_signature(value),
                Fate::Cookie => sorted.cookies += 1,
                Fate::Passed | Fate::Token | Fate::Removed | Fate::ForwardedFor => {}
            }
            sorted.fields.push((fate, name, value));
        }
        sorted
    }

    fn name(&mut self, connection: &'r [u8]) {
        // Most connections say only this.
        if connection == b"keep-alive" || connection == b"close" {
            return;
        }
        let names = std::str::from_utf8(connection).unwrap_or_default().split(',').map(str::trim);
        // SECURITY: a client must not be able to take away what the gateway or AWS's rules rely on.
        self.named.extend(names.filter(|name| !name.is_empty() && !is_protected(name)).map(str::as_bytes));
    }
}

/// Whether an `Authorization` is a signature for us, blanks around it aside, as whoever judges signatures reads it.
fn is_signature(value: &[u8]) -> bool {
    String::from_utf8_lossy(value).trim().starts_with("AWS4-")
}

/// HTTP/2 may split a cookie header that HTTP/1.1 must have in one (RFC 9113, section 8.2.3).
fn join_cookies(fields: &[(Fate, &[u8], &[u8])]) -> Vec<u8> {
    let cookies: Vec<&[u8]> =
        fields.iter().filter(|(fate, ..)| *fate == Fate::Cookie).map(|(_, _, value)| *value).collect();
    cookies.join(&b"; "[..])
}

/// End-to-end headers that `Connection` must not name (RFC 9110 names `Cache-Control`; the others identify the caller).
fn is_protected(name: &str) -> bool {
    const WHOLE: [&str; 5] = ["authorization", "cookie", "content-type", "cache-control", "content-encoding"];
    const FORWARDED: &str = "x-forwarded-";
    WHOLE.iter().any(|whole| name.eq_ignore_ascii_case(whole))
        || name.get(..FORWARDED.len()).is_some_and(|start| start.eq_ignore_ascii_case(FORWARDED))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fate_is_the_same_in_any_case() {
        for (name, fate) in [
            ("Connection", Fate::Connection),
            ("HOST", Fate::Removed),
            ("X-Amzn-ApiGateway-Api-Id", Fate::Removed),
            ("Proxy-Authorization", Fate::Removed),
            ("x-Forwarded-For", Fate::ForwardedFor),
            ("Cookie", Fate::Cookie),
            ("AUTHORIZATION", Fate::Authorization),
            ("X-Amz-Security-Token", Fate::Token),
            ("X-Forwarded-Host", Fate::Passed),
            ("Accept", Fate::Passed),
            ("X-A-Name-That-Is-Longer-Than-All", Fate::Passed),
            ("Cooking", Fate::Passed),
            ("Coolie", Fate::Passed),
            ("#ost", Fate::Passed),
            ("(ost", Fate::Passed),
            ("", Fate::Passed),
        ] {
            assert_eq!(Fate::of(name.as_bytes()), fate, "{name}");
        }
    }

    #[test]
    fn every_name_with_a_fate_is_found_as_most_write_it() {
        for (known, fate) in &FATES {
            let mut upper = known.to_ascii_uppercase();
            assert_eq!((Fate::of(known), Fate::of(&upper)), (*fate, *fate));
            upper.push(b'S');
            assert_eq!(Fate::of(&upper), Fate::Passed);
        }
        assert_eq!(FATES.iter().map(|(known, _)| known.len()).max(), Some(NAME_BYTES_MAX));
    }

    #[test]
    fn what_identifies_the_caller_cannot_be_named_away() {
        for name in ["Authorization", "cookie", "X-Forwarded-For", "x-forwarded-anything", "Cache-Control"] {
            assert!(is_protected(name), "{name}");
        }
        for name in ["X-Hop", "x-forwarded", "\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}", ""] {
            assert!(!is_protected(name), "{name}");
        }
    }

    #[test]
    fn blanks_hide_no_signature() {
        for (value, signature) in [
            ("AWS4-HMAC-SHA256 Credential=x", true),
            (" AWS4-HMAC-SHA256 Credential=x", true),
            ("\u{a0}\tAWS4-ECDSA-P256-SHA256 Credential=x", true),
            ("Bearer AWS4-HMAC-SHA256", false),
            ("", false),
        ] {
            assert_eq!(is_signature(value.as_bytes()), signature, "{value:?}");
        }
        assert!(is_signature(b"AWS4-HMAC-SHA256 Credential=x\xff"), "a spoiled one is kept back too");
    }
}
