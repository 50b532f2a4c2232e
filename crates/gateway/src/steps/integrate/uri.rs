//! The URI of a backend's request: the template filled in, the query mapped or passed on, checked once.

use std::borrow::Cow;
use std::fmt;

use egress::{Target as Asked, Trust, Upstream};
use http::uri::{Authority, Scheme};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use snapshot::integration::UriPiece;
use snapshot::{HttpCall, Source, Target};

use super::Unmappable;
use super::sources::{Sources, decode, pairs};
use crate::target::hides_dot_segment;

/// Where a backend's request goes.
#[derive(Debug)]
pub(super) struct Address<'a> {
    scheme: &'a Scheme,
    authority: Cow<'a, Authority>,
    trust: Trust,
    pub(super) asked: Asked,
}

impl Address<'_> {
    /// The backend, and how its certificate is judged.
    pub(super) fn upstream(&self) -> Upstream<'_> {
        Upstream { scheme: self.scheme, authority: &self.authority, trust: self.trust }
    }

    /// Its host, without a port.
    pub(super) fn host(&self) -> &str {
        self.authority.host()
    }
}

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.asked.as_str())
    }
}

/// What becomes of query parameters that no mapping names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unmapped {
    /// They are passed on (`HTTP_PROXY`).
    PassedOn,
    /// They end here (`HTTP`).
    Dropped,
}

/// Everything but RFC 3986's unreserved characters.
const VALUE: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Makes the URI. An error says why it cannot be made of this request.
pub(super) fn build<'a>(
    call: &'a HttpCall,
    sources: &Sources<'_>,
    unmapped: Unmapped,
) -> Result<Address<'a>, Unmappable> {
    let mut text = String::with_capacity(128);
    fill(call, sources, &mut text)?;
    let authority = if let Some(authority) = &call.authority {
        Cow::Borrowed(authority)
    } else {
        let (authority, path_at) = split_authority(&text)?;
        text.drain(..path_at);
        Cow::Owned(authority)
    };
    if !text.starts_with('/') {
        text.insert(0, '/');
    }
    push_query(call, sources, unmapped, &mut text);
    let asked = Asked::parse(text).map_err(|_| Unmappable::caller("its path or query is malformed"))?;
    let trust = if call.insecure_skip_verification { Trust::Unchecked } else { Trust::Verified };
    Ok(Address { scheme: &call.scheme, authority, trust, asked })
}

/// Writes the template with its parameters.
fn fill(call: &HttpCall, sources: &Sources<'_>, text: &mut String) -> Result<(), Unmappable> {
    for piece in &call.target {
        match piece {
            UriPiece::Text(fixed) => text.push_str(fixed),
            UriPiece::Parameter(name) => {
                let place = place(call, text);
                parameter(call, sources, name, place, text)?;
            }
        }
    }
    Ok(())
}

/// Which part of the URI the next byte belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Authority,
    Path,
    Query,
}

fn place(call: &HttpCall, so_far: &str) -> Place {
    if so_far.contains('?') {
        Place::Query
    } else if call.authority.is_some() || so_far.contains('/') {
        Place::Path
    } else {
        Place::Authority
    }
}

fn parameter(
    call: &HttpCall,
    sources: &Sources<'_>,
    name: &str,
    place: Place,
    text: &mut String,
) -> Result<(), Unmappable> {
    let mapped = call.parameters.iter().find_map(|(target, source)| match target {
        Target::Path(known) if **known == *name => Some(source),
        Target::Path(_) | Target::Header(_) | Target::Query(_) => None,
    });
    let own = match mapped {
        Some(Source::RequestPath(parameter)) => Some(&**parameter),
        Some(_) => None,
        None => Some(name),
    };
    // A path parameter in a path keeps its encoding; what it holds was judged with the request's target.
    if place == Place::Path
        && let Some(own) = own
    {
        text.push_str(sources.path_parameter(own).ok_or(Unmappable::owner("a path parameter of it has no value"))?);
        return Ok(());
    }
    let value = match (mapped, own) {
        (Some(source), _) => sources.find(source).pop(),
        (None, own) => own
            .and_then(|own| sources.path_parameter(own))
            .map(|text| percent_encoding::percent_decode_str(text).into()),
    };
    let value = value.ok_or(Unmappable::owner("a path parameter of it has no value"))?;
    match place {
        Place::Authority => push_host(&value, text),
        Place::Path => push_segment(&value, text),
        Place::Query => {
            text.extend(percent_encode(&value, VALUE));
            Ok(())
        }
    }
}

/// SECURITY: a caller's value in the authority must not reach beyond a host and its port.
fn push_host(value: &[u8], text: &mut String) -> Result<(), Unmappable> {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b':');
    match std::str::from_utf8(value) {
        Ok(host) if value.iter().all(plain) => {
            text.push_str(host);
            Ok(())
        }
        Ok(_) | Err(_) => Err(Unmappable::caller("a parameter of its host is no host")),
    }
}

/// SECURITY: a value from a header or query becomes one segment, and cannot climb.
fn push_segment(value: &[u8], text: &mut String) -> Result<(), Unmappable> {
    match std::str::from_utf8(value) {
        Ok(segment) if !hides_dot_segment(segment) && !segment.contains('\0') => {
            text.extend(percent_encode(value, VALUE));
            Ok(())
        }
        Ok(_) | Err(_) => Err(Unmappable::caller("a parameter of its path climbs or is no text")),
    }
}

/// The authority at the start of a filled template, and where the path begins.
fn split_authority(text: &str) -> Result<(Authority, usize), Unmappable> {
    let end = text.find(['/', '?']).unwrap_or(text.len());
    let authority: Authority = text[..end].parse().map_err(|_| Unmappable::owner("its host is malformed"))?;
    if authority.host().is_empty() || text[..end].contains('@') {
        return Err(Unmappable::owner("its host is malformed"));
    }
    // SECURITY: the library reads `evil:80.internal` as the host `evil` with an unreadable port. A caller who fills
    // the first part of a host must not choose the whole.
    let port = &text[authority.host().len()..end];
    if !port.is_empty() && authority.port().is_none_or(|known| port[1..] != *known.as_str()) {
        return Err(Unmappable::caller("a parameter of its host is no host"));
    }
    Ok((authority, end))
}

/// What makes a signed query good for another call.
const CREDENTIALS: [&str; 2] = ["X-Amz-Signature", "X-Amz-Security-Token"];

fn push_query(call: &HttpCall, sources: &Sources<'_>, unmapped: Unmapped, text: &mut String) {
    let mut separator = if text.contains('?') { '&' } else { '?' };
    let mut next = |text: &mut String| text.push(std::mem::replace(&mut separator, '&'));
    let received = sources.request.target.as_ref().and_then(|target| target.query()).filter(|query| !query.is_empty());
    let mapped = || {
        call.parameters.iter().filter_map(|(target, source)| match target {
            Target::Query(name) => Some((name, source)),
            Target::Path(_) | Target::Header(_) => None,
        })
    };
    let signed = sources.request.notes.signer.get().is_some();
    match (unmapped, received) {
        (Unmapped::PassedOn, Some(query)) if mapped().next().is_none() && !signed => {
            next(text);
            push_safe(query, text);
        }
        (Unmapped::PassedOn, Some(query)) => {
            for (name, value) in pairs(query) {
                let decoded = decode(name);
                // SECURITY: a presigned call is a credential that the backend must not get to replay.
                let ours = signed && CREDENTIALS.iter().any(|known| known.as_bytes() == &*decoded);
                if ours || mapped().any(|(known, _)| known.as_bytes() == &*decoded) {
                    continue;
                }
                next(text);
                push_safe(name, text);
                text.push('=');
                push_safe(value, text);
            }
        }
        (Unmapped::PassedOn, None) | (Unmapped::Dropped, _) => {}
    }
    for (name, source) in mapped() {
        for value in sources.find(source) {
            next(text);
            text.extend(percent_encode(name.as_bytes(), VALUE));
            text.push('=');
            text.extend(percent_encode(&value, VALUE));
        }
    }
}

/// Passes encoded text on; what a URI may not hold is encoded.
fn push_safe(text: &str, out: &mut String) {
    const UNSAFE: &AsciiSet = &percent_encoding::CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'<')
        .add(b'>')
        .add(b'\\')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'|')
        .add(b'}')
        .add(b'#');
    out.extend(percent_encoding::utf8_percent_encode(text, UNSAFE));
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_callers_part_of_a_host_leaves_the_owners_part(value in "[a-z0-9.:_@\\[\\]-]{0,30}|\\PC{0,10}") {
            let mut text = String::new();
            if push_host(value.as_bytes(), &mut text).is_ok() {
                text.push_str(".internal.example/x");
                if let Ok((authority, at)) = split_authority(&text) {
                    prop_assert!(authority.host().ends_with(".internal.example"), "{}", text);
                    prop_assert_eq!(&text[at..], "/x");
                }
            }
        }

        #[test]
        fn a_callers_segment_stays_one_segment(value in proptest::collection::vec(any::<u8>(), 0..30)) {
            let mut text = String::new();
            if push_segment(&value, &mut text).is_ok() {
                prop_assert!(!text.contains(['/', '\\', '?', '#', '\0']) && text != "." && text != "..");
            }
        }

        #[test]
        fn any_query_passes_on_as_a_query(query in "\\PC{0,60}") {
            let mut text = "/x?".to_owned();
            push_safe(&query, &mut text);
            prop_assert!(Asked::parse(text).is_ok());
        }
    }
}
