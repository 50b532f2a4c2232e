//! Judges the fields of a request as they are decoded, and makes a head of them: one buffer, and the places in it.
//! <https://www.rfc-editor.org/rfc/rfc9113#section-8>
//!
//! SECURITY: what is malformed is reset, never repaired; which host a sound request is for is checked here.

use bytes::Bytes;
use http::{Method, Version};

use crate::head::{Head, Place, ReceivedHeaders, Target};
use crate::host::{check_host, elsewhere, same_authority, without_port};
use crate::http2::hpack::{Decoder, Found, Unread};
use crate::limits::Limits;
use crate::parse::{RefusedHead, is_control, read_length};
use crate::refusal::FrontEndRefusal;

/// What is kept of a block, in bytes. INVARIANT: places have sixteen bits, and a joined cookie and `host` are added.
const KEPT_MAX: usize = 60_000;

/// What a block of fields came to.
#[derive(Debug)]
pub(super) enum Asked {
    /// A sound request, and the length that it announces.
    Request { head: Head, length: Option<u64> },
    /// One that is answered by the edge itself.
    Refused(RefusedHead),
    /// One that breaks the protocol.
    Malformed,
}

/// Whether trailers are sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trailers {
    Sound,
    Malformed,
}

/// Where a value stands.
type Span = (u16, u16);

/// What the fields say that matters to the edge, gathered in one pass.
#[derive(Debug, Default)]
struct Notes {
    malformed: bool,
    /// Why no more fields are kept.
    cut: Option<FrontEndRefusal>,
    method: Option<Span>,
    scheme: Option<Span>,
    path: Option<Span>,
    authority: Option<Span>,
    host: Option<Span>,
    hosts: usize,
    /// Whether a field came that is no pseudo-header.
    regular: bool,
    length: Option<u64>,
    cookies: usize,
    /// The first is `host`'s.
    places: Vec<Place>,
    header_bytes: usize,
}

/// Reads a block that begins a request on a connection whose handshake asked for `sni`.
pub(super) fn read_request(
    decoder: &mut Decoder,
    block: &[u8],
    sni: Option<&str>,
    limits: &Limits,
) -> Result<Asked, Unread> {
    // Common heads fit, so that they are put down once.
    let mut raw = Vec::with_capacity(512);
    let mut notes = Notes { places: Vec::with_capacity(16), ..Notes::default() };
    notes.places.push(Place::default());
    decoder.decode(block, limits.unfolded_bytes_max(), &mut raw, |raw, found| notes.take(raw, found, limits))?;
    Ok(notes.into_asked(raw, sni, limits))
}

/// Reads a block that ends a request. Trailers are let go: nothing we serve reads them, and merged into headers they would
/// be an attack.
pub(super) fn read_trailers(decoder: &mut Decoder, block: &[u8], limits: &Limits) -> Result<Trailers, Unread> {
    let (mut scratch, mut verdict) = (Vec::new(), Trailers::Sound);
    decoder.decode(block, limits.unfolded_bytes_max(), &mut scratch, |scratch, found| {
        let (name, value) = scratch[found.at..].split_at(found.name);
        if !is_sound(name, value) || is_of_connection(name, value) {
            verdict = Trailers::Malformed;
        }
        scratch.truncate(found.at);
    })?;
    Ok(verdict)
}

impl Notes {
    /// Takes the field at the end of `raw`, or cuts it off.
    fn take(&mut self, raw: &mut Vec<u8>, found: Found, limits: &Limits) {
        if self.keeps(raw, found, limits) {
            return;
        }
        raw.truncate(found.at);
    }

    fn keeps(&mut self, raw: &[u8], found: Found, limits: &Limits) -> bool {
        if self.malformed {
            return false;
        }
        let (name, value) = raw[found.at..].split_at(found.name);
        if self.cut.is_none() && raw.len() > KEPT_MAX {
            self.cut = Some(FrontEndRefusal::HeadersTooLarge);
        }
        let span = ((found.at + name.len()) as u16, value.len() as u16);
        if name.first() == Some(&b':') {
            if name == b":path" && value.len() > limits.url_bytes_max {
                self.cut = Some(FrontEndRefusal::TargetTooLong);
            }
            // What is not kept stands nowhere.
            let keeps = self.cut.is_none();
            self.malformed |= self.take_pseudo(name, if keeps { span } else { (0, 0) }, value).is_none();
            return keeps;
        }
        self.regular = true;
        self.malformed |= !is_sound(name, value) || is_of_connection(name, value);
        !self.malformed && self.take_regular(name, (found.at as u16, name.len() as u16), value, span, limits)
    }

    /// `None` is malformed: unknown, twice, or behind a regular field.
    fn take_pseudo(&mut self, name: &[u8], span: Span, value: &[u8]) -> Option<()> {
        let slot = match name {
            b":method" => &mut self.method,
            b":scheme" => &mut self.scheme,
            b":path" => &mut self.path,
            b":authority" => &mut self.authority,
            _ => return None,
        };
        if slot.replace(span).is_some() || self.regular {
            return None;
        }
        value.iter().all(|byte| !is_control(*byte)).then_some(())
    }

    fn take_regular(&mut self, name: &[u8], name_span: Span, value: &[u8], span: Span, limits: &Limits) -> bool {
        match name {
            b"host" => {
                self.hosts += 1;
                if self.cut.is_none() {
                    self.host = Some(span);
                }
                // It is put down once, whichever way the client names it.
                return self.cut.is_none();
            }
            b"content-length" => {
                let length = read_length(value);
                self.malformed |= self.length.is_some() || length.is_none();
                self.length = length;
            }
            b"cookie" => self.cookies += 1,
            _ => {}
        }
        if self.cut.is_some() {
            return false;
        }
        // Crumbs of a cookie become one field.
        self.header_bytes += value.len();
        self.header_bytes +=
            if name == b"cookie" && self.cookies > 1 { "; ".len() } else { name.len() + ": \r\n".len() };
        if self.header_bytes > limits.header_bytes_max {
            self.cut = Some(FrontEndRefusal::HeadersTooLarge);
        } else if self.places.len() - self.cookies.saturating_sub(1) >= limits.header_count_max {
            self.cut = Some(FrontEndRefusal::TooManyHeaders);
        } else {
            self.places.push(Place { name: name_span, value: span });
        }
        self.cut.is_none()
    }

    fn into_asked(mut self, mut raw: Vec<u8>, sni: Option<&str>, limits: &Limits) -> Asked {
        let (false, Some(method)) = (self.malformed, self.method) else { return Asked::Malformed };
        let Ok(method) = Method::from_bytes(part(&raw, method)) else { return Asked::Malformed };
        let Ok(path) = self.path_of(&raw, &method) else { return Asked::Malformed };
        let target = Target::new(path, 0).filter(|_| path.starts_with(b"/"));
        let verdict = self.settle_host(&mut raw, sni);
        let raw = self.join_cookies(raw);
        let header_bytes = self.header_bytes;
        let received = ReceivedHeaders::placed(Bytes::from(raw), self.places);
        let Some(target) = target else {
            return Asked::Refused(self.cut.unwrap_or(FrontEndRefusal::InvalidTarget).into());
        };
        let head = Head { method, target, version: Version::HTTP_2, received, header_bytes };
        let verdict = self.cut.map_or(verdict, Err);
        match verdict.and_then(|()| check_sizes(&head, limits)) {
            Ok(()) => Asked::Request { head, length: self.length },
            Err(refusal) => Asked::Refused(RefusedHead { refusal, head: Some(Box::new(head)) }),
        }
    }

    /// The path, where scheme and path are as the method wants them.
    fn path_of<'a>(&self, raw: &'a [u8], method: &Method) -> Result<&'a [u8], ()> {
        match (self.scheme, self.path) {
            // A tunnel has neither (section 8.5); it is refused in words.
            (None, None) if *method == Method::CONNECT && self.authority.is_some() => Ok(b"/"),
            (Some(scheme), Some(path)) if *method != Method::CONNECT => {
                // One that was too long stands nowhere.
                if self.cut == Some(FrontEndRefusal::TargetTooLong) {
                    return Ok(b"");
                }
                let path = part(raw, path);
                if is_scheme(part(raw, scheme)) && !path.is_empty() { Ok(path) } else { Err(()) }
            }
            _ => Err(()),
        }
    }

    /// Sees that the request is for one host, the connection's, and puts it down as `host`, before all other fields.
    fn settle_host(&mut self, raw: &mut Vec<u8>, sni: Option<&str>) -> Result<(), FrontEndRefusal> {
        let verdict = self.judge_host(raw, sni);
        match self.authority.or(self.host) {
            // What no host can be called may still be shown to the record, where it fits a field.
            Some(span) if part(raw, span).iter().all(|byte| !is_control(*byte)) => {
                let name = (raw.len() as u16, "host".len() as u16);
                raw.extend_from_slice(b"host");
                self.places[0] = Place { name, value: span };
                self.header_bytes += "host: \r\n".len() + usize::from(span.1);
            }
            Some(_) | None => {
                self.places.remove(0);
            }
        }
        verdict
    }

    fn judge_host(&self, raw: &[u8], sni: Option<&str>) -> Result<(), FrontEndRefusal> {
        if self.hosts > 1 {
            return Err(FrontEndRefusal::RepeatedHost);
        }
        let text = |span| std::str::from_utf8(part(raw, span)).map_err(|_| FrontEndRefusal::InvalidHost);
        let asked = match (self.authority.map(text).transpose()?, self.host.map(text).transpose()?) {
            (None, None) => return Err(FrontEndRefusal::MissingHost),
            (Some(authority), Some(host)) if !same_authority(authority, host) => {
                return Err(FrontEndRefusal::AuthorityDiffers);
            }
            (Some(asked), _) | (None, Some(asked)) => asked,
        };
        check_host(asked.as_bytes())?;
        // SECURITY: a client that reuses a connection for another host would be judged by this one's TLS (RFC 9113, 9.1.2).
        if elsewhere(without_port(asked), sni) { Err(FrontEndRefusal::Misdirected) } else { Ok(()) }
    }

    /// HTTP/2 may split a cookie into crumbs; whoever reads on expects one line (RFC 9113, section 8.2.3).
    fn join_cookies(&mut self, raw: Vec<u8>) -> Vec<u8> {
        if self.cookies < 2 {
            return raw;
        }
        let is_cookie = |place: &Place| part(&raw, place.name) == b"cookie";
        let crumbs: Vec<&[u8]> =
            self.places.iter().filter(|place| is_cookie(place)).map(|place| part(&raw, place.value)).collect();
        let whole = crumbs.join(&b"; "[..]);
        let mut joined = Vec::with_capacity(raw.len() + 2 * crumbs.len());
        let mut places: Vec<Place> = Vec::with_capacity(self.places.len());
        let mut put = |bytes: &[u8]| {
            let at = joined.len();
            joined.extend_from_slice(bytes);
            (at as u16, bytes.len() as u16)
        };
        let mut cookie = Some(&whole);
        for place in &self.places {
            let mut value = part(&raw, place.value);
            if is_cookie(place) {
                // All of them stand where the first stood.
                let Some(whole) = cookie.take() else { continue };
                value = whole;
            }
            places.push(Place { name: put(part(&raw, place.name)), value: put(value) });
        }
        self.places = places;
        joined
    }
}

fn part(raw: &[u8], (at, length): Span) -> &[u8] {
    raw.get(usize::from(at)..usize::from(at) + usize::from(length)).unwrap_or_default()
}

fn check_sizes(head: &Head, limits: &Limits) -> Result<(), FrontEndRefusal> {
    if head.method == Method::CONNECT {
        return Err(FrontEndRefusal::MethodNotServed);
    }
    if head.received.len() > limits.header_count_max {
        return Err(FrontEndRefusal::TooManyHeaders);
    }
    if head.header_bytes > limits.header_bytes_max {
        return Err(FrontEndRefusal::HeadersTooLarge);
    }
    Ok(())
}

/// Whether a name is a token without capitals, and a value holds no control character and no white space around it
/// (RFC 9113, section 8.2.1).
fn is_sound(name: &[u8], value: &[u8]) -> bool {
    let blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\t'));
    !name.is_empty()
        && name.iter().fold(true, |sound, byte| sound & NAME_BYTES[usize::from(*byte)])
        && !value.iter().fold(false, |found, byte| found | is_control(*byte))
        && !blank(value.first())
        && !blank(value.last())
}

static NAME_BYTES: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0u8;
    while byte < 128 {
        table[byte as usize] = byte.is_ascii_lowercase()
            || byte.is_ascii_digit()
            || matches!(
                byte,
                b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~'
            );
        byte += 1;
    }
    table
};

/// Whether a field speaks of an HTTP/1.1 connection (RFC 9113, section 8.2.2).
fn is_of_connection(name: &[u8], value: &[u8]) -> bool {
    match name {
        b"connection" | b"keep-alive" | b"proxy-connection" | b"transfer-encoding" | b"upgrade" => true,
        b"te" => !value.eq_ignore_ascii_case(b"trailers"),
        _ => false,
    }
}

/// `ALPHA *( ALPHA / DIGIT / "+" / "-" / "." )` (RFC 3986, section 3.1).
fn is_scheme(scheme: &[u8]) -> bool {
    scheme.first().is_some_and(u8::is_ascii_alphabetic)
        && scheme.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}
