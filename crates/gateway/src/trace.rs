//! `X-Amzn-Trace-Id`: the client's, else a fresh one, which is written in place rather than on the heap.
//! <https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader>

use base::Timestamp;
use http::HeaderValue;

use crate::request::put_hex;

/// The header by which requests are traced.
pub static TRACE_ID: http::HeaderName = http::HeaderName::from_static("x-amzn-trace-id");

/// What X-Ray's own clients send at most, with room for a lineage.
const TRACE_ID_BYTES_MAX: usize = 512;

/// How a fresh one looks: the second it was made, then twenty-four random digits.
const FRESH: [u8; 40] = *b"Root=1-00000000-000000000000000000000000";

/// A request's trace.
#[derive(Debug, Clone)]
pub enum TraceId {
    /// As the client sent it.
    Sent(HeaderValue),
    /// Ours.
    Fresh([u8; FRESH.len()]),
}

impl TraceId {
    /// The client's where it is not too long, else a fresh one.
    pub(crate) fn of(sent: Option<HeaderValue>, now: Timestamp) -> Self {
        sent.filter(|value| value.len() <= TRACE_ID_BYTES_MAX).map_or_else(|| Self::fresh(now), Self::Sent)
    }

    fn fresh(now: Timestamp) -> Self {
        let mut text = FRESH;
        let second = u32::try_from(now.as_second().max(0)).unwrap_or(u32::MAX);
        put_hex(&second.to_be_bytes(), &mut text[7..15]);
        // The first twelve bytes of a UUID are random but for six bits.
        put_hex(&uuid::Uuid::new_v4().as_bytes()[..12], &mut text[16..]);
        Self::Fresh(text)
    }

    /// Its bytes, as a header holds them.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Sent(value) => value.as_bytes(),
            Self::Fresh(text) => text,
        }
    }

    /// Its text, where it is visible ASCII.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Sent(value) => value.to_str().ok(),
            Self::Fresh(text) => std::str::from_utf8(text).ok(),
        }
    }

    /// It as a header's value.
    pub fn header(&self) -> HeaderValue {
        match self {
            Self::Sent(value) => value.clone(),
            Self::Fresh(text) => HeaderValue::from_bytes(text).expect("hexadecimal is a header value"),
        }
    }
}
