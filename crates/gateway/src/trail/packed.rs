//! A trail as bytes. What is alike from request to request comes first and in one piece, so that a block of trails is
//! quickly compressed; what every request has of its own follows.
//!
//! The decisions nearly every request meets are one byte and what they hold; all others are packed by postcard. Both
//! survive a reason that is added at the end of its enum; whatever else changes here takes a new [`VERSION`].

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use base::id::{DeploymentId, ResourceId, RestApiId, StageName};

use super::{ENTRIES_MAX, Entry, Outcome, Story};
use crate::reason::{
    Answer, Answered, Authorize, Cache, Firewall, Integrate, Locate, Meter, Network, Reason, Record, Route, Validate,
};

/// The first byte.
pub(super) const VERSION: u8 = 2;

/// How an entry is packed: its first byte.
mod tag {
    pub(super) const RARE: u8 = 0;
    pub(super) const STAGE: u8 = 1;
    pub(super) const PUBLIC: u8 = 2;
    pub(super) const NO_WEB_ACL: u8 = 3;
    pub(super) const MATCHED: u8 = 4;
    pub(super) const OPEN_TO_ALL: u8 = 5;
    pub(super) const UNMETERED: u8 = 6;
    pub(super) const NO_VALIDATOR: u8 = 7;
    pub(super) const NO_CACHE: u8 = 8;
    pub(super) const ANSWERED: u8 = 9;
    pub(super) const AS_INTEGRATED: u8 = 10;
    pub(super) const WHOLE: u8 = 11;
    pub(super) const MOCKED: u8 = 12;
}

/// Packs a story.
pub(super) fn put(story: &Story<'_>, out: &mut Vec<u8>) {
    out.push(VERSION);
    put_number(story.revision, out);
    put_text(&story.host, out);
    put_text(&story.verb, out);
    let entries = &story.entries[..story.entries.len().min(ENTRIES_MAX)];
    out.push(entries.len() as u8);
    for entry in entries {
        put_entry(entry, out);
    }
    put_address(story.source_ip, out);
    put_text(&story.path, out);
    put_number(story.status.map_or(0, |status| u64::from(status) + 1), out);
    put_number(story.bytes, out);
    let mut before = 0;
    for entry in entries {
        put_number(entry.at_us.wrapping_sub(before), out);
        before = entry.at_us;
        if let Reason::Integrate(Integrate::Answered(answered)) = &entry.reason {
            put_number(answered.latency_us, out);
            match &answered.request_id {
                Some(id) => {
                    out.push(1);
                    put_text(id, out);
                }
                None => out.push(0),
            }
        }
    }
    put_number(story.took_us.wrapping_sub(before), out);
    out.extend_from_slice(&story.received_ns.to_le_bytes());
    out.extend_from_slice(&story.request);
    if let Some(claimed) = &story.claimed {
        out.extend_from_slice(claimed);
    }
}

/// Unpacks what stands behind the version. `None` where that is not what [`put`] writes.
pub(super) fn take(mut packed: &[u8]) -> Option<Story<'_>> {
    let rest = &mut packed;
    let revision = take_number(rest)?;
    let host = take_text(rest)?;
    let verb = take_text(rest)?;
    let count = usize::from(take_byte(rest)?);
    if count > ENTRIES_MAX {
        return None;
    }
    let mut entries = (0..count).map(|_| take_entry(rest)).collect::<Option<Vec<_>>>()?;
    let source_ip = take_address(rest)?;
    let path = take_text(rest)?;
    let status = match take_number(rest)?.checked_sub(1) {
        None => None,
        Some(status) => Some(u16::try_from(status).ok()?),
    };
    let bytes = take_number(rest)?;
    let mut before: u64 = 0;
    for entry in &mut entries {
        entry.at_us = before.wrapping_add(take_number(rest)?);
        before = entry.at_us;
        if let Reason::Integrate(Integrate::Answered(answered)) = &mut entry.reason {
            answered.latency_us = take_number(rest)?;
            answered.request_id = match take_byte(rest)? {
                0 => None,
                1 => Some(take_text(rest)?.into()),
                _ => return None,
            };
        }
    }
    let took_us = before.wrapping_add(take_number(rest)?);
    let received_ns = i64::from_le_bytes(take_array(rest)?);
    let request = take_array(rest)?;
    let claimed = if rest.is_empty() { None } else { Some(take_array(rest)?) };
    let (verb, host, path, entries) = (verb.into(), host.into(), path.into(), Cow::Owned(entries));
    let story =
        Story { request, claimed, received_ns, revision, source_ip, verb, host, path, status, bytes, took_us, entries };
    rest.is_empty().then_some(story)
}

fn put_entry(entry: &Entry, out: &mut Vec<u8>) {
    if entry.outcome == Outcome::Passed && entry.step == entry.reason.step() && put_common(&entry.reason, out) {
        return;
    }
    out.push(tag::RARE);
    let packed = postcard::to_extend(&(entry.step, entry.outcome, &entry.reason), std::mem::take(out));
    *out = packed.expect("numbers, texts and enums always pack");
}

/// Packs what nearly every request meets; the answer is `false`, and nothing is written, for anything else.
fn put_common(reason: &Reason, out: &mut Vec<u8>) -> bool {
    match reason {
        Reason::Locate(Locate::Stage { api, stage, deployment }) => {
            out.push(tag::STAGE);
            put_text(api.as_str(), out);
            put_text(stage.as_str(), out);
            put_text(deployment.as_str(), out);
        }
        Reason::Network(Network::Public) => out.push(tag::PUBLIC),
        Reason::Firewall(Firewall::NoneAttached) => out.push(tag::NO_WEB_ACL),
        Reason::Route(Route::Matched { resource, path, verb }) => {
            out.push(tag::MATCHED);
            put_text(resource.as_str(), out);
            put_text(path, out);
            put_text(verb, out);
        }
        Reason::Authorize(Authorize::OpenToAll) => out.push(tag::OPEN_TO_ALL),
        Reason::Meter(Meter::Unmetered) => out.push(tag::UNMETERED),
        Reason::Validate(Validate::NoValidator) => out.push(tag::NO_VALIDATOR),
        Reason::Cache(Cache::Off) => out.push(tag::NO_CACHE),
        Reason::Integrate(Integrate::Answered(Answered { host, status, .. })) => {
            out.push(tag::ANSWERED);
            put_text(host, out);
            put_number((*status).into(), out);
        }
        Reason::Integrate(Integrate::Mocked { status }) => {
            out.push(tag::MOCKED);
            put_number((*status).into(), out);
        }
        Reason::Answer(Answer::Integration { status }) => {
            out.push(tag::AS_INTEGRATED);
            put_number((*status).into(), out);
        }
        Reason::Record(Record::Answered) => out.push(tag::WHOLE),
        Reason::Locate(_)
        | Reason::Firewall(_)
        | Reason::Route(_)
        | Reason::Authorize(_)
        | Reason::Meter(_)
        | Reason::Integrate(_)
        | Reason::Answer(_)
        | Reason::Record(_) => {
            return false;
        }
    }
    true
}

fn take_entry(rest: &mut &[u8]) -> Option<Entry> {
    let reason = match take_byte(rest)? {
        tag::RARE => {
            let ((step, outcome, reason), behind) = postcard::take_from_bytes(rest).ok()?;
            *rest = behind;
            return Some(Entry { step, outcome, at_us: 0, reason });
        }
        tag::STAGE => Reason::Locate(Locate::Stage {
            api: RestApiId::parse(take_text(rest)?).ok()?,
            stage: StageName::parse(take_text(rest)?).ok()?,
            deployment: DeploymentId::parse(take_text(rest)?).ok()?,
        }),
        tag::PUBLIC => Reason::Network(Network::Public),
        tag::NO_WEB_ACL => Reason::Firewall(Firewall::NoneAttached),
        tag::MATCHED => Reason::Route(Route::Matched {
            resource: ResourceId::parse(take_text(rest)?).ok()?,
            path: take_text(rest)?.into(),
            verb: Cow::Owned(take_text(rest)?.to_owned()),
        }),
        tag::OPEN_TO_ALL => Reason::Authorize(Authorize::OpenToAll),
        tag::UNMETERED => Reason::Meter(Meter::Unmetered),
        tag::NO_VALIDATOR => Reason::Validate(Validate::NoValidator),
        tag::NO_CACHE => Reason::Cache(Cache::Off),
        tag::ANSWERED => Reason::Integrate(Integrate::Answered(Answered {
            host: take_text(rest)?.into(),
            status: u16::try_from(take_number(rest)?).ok()?,
            latency_us: 0,
            request_id: None,
        })),
        tag::MOCKED => Reason::Integrate(Integrate::Mocked { status: u16::try_from(take_number(rest)?).ok()? }),
        tag::AS_INTEGRATED => Reason::Answer(Answer::Integration { status: u16::try_from(take_number(rest)?).ok()? }),
        tag::WHOLE => Reason::Record(Record::Answered),
        _ => return None,
    };
    Some(Entry { step: reason.step(), outcome: Outcome::Passed, at_us: 0, reason })
}

/// Seven bits a byte, the low ones first; the last byte has the high bit clear.
fn put_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn take_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..64).step_by(7) {
        let byte = take_byte(rest)?;
        number |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

fn put_text(text: &str, out: &mut Vec<u8>) {
    put_number(text.len() as u64, out);
    out.extend_from_slice(text.as_bytes());
}

fn take_text<'a>(rest: &mut &'a [u8]) -> Option<&'a str> {
    let length = usize::try_from(take_number(rest)?).ok()?;
    let (text, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    std::str::from_utf8(text).ok()
}

fn put_address(address: IpAddr, out: &mut Vec<u8>) {
    match address {
        IpAddr::V4(address) => {
            out.push(4);
            out.extend_from_slice(&address.octets());
        }
        IpAddr::V6(address) => {
            out.push(6);
            out.extend_from_slice(&address.octets());
        }
    }
}

fn take_address(rest: &mut &[u8]) -> Option<IpAddr> {
    match take_byte(rest)? {
        4 => Some(Ipv4Addr::from(take_array::<4>(rest)?).into()),
        6 => Some(Ipv6Addr::from(take_array::<16>(rest)?).into()),
        _ => None,
    }
}

fn take_byte(rest: &mut &[u8]) -> Option<u8> {
    let (byte, behind) = rest.split_first()?;
    *rest = behind;
    Some(*byte)
}

fn take_array<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (array, behind) = rest.split_first_chunk()?;
    *rest = behind;
    Some(*array)
}
