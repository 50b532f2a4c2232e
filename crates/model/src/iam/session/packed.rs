//! A session in as few bytes as it takes: positions instead of names, and compressed where that pays.

use std::collections::{BTreeMap, BTreeSet};

use base::id::AccessKeyId;
use base::{AccountId, Secret, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::{Session, Subject, WebIdentity};

/// What a token holds; the access key stands beside the token.
#[derive(Serialize, Deserialize)]
struct Packed<'a> {
    #[serde(borrow)]
    secret: &'a str,
    account: u64,
    #[serde(borrow)]
    subject: Holder<'a>,
    issued: i64,
    expires: i64,
    #[serde(borrow)]
    limits: Limits<'a>,
    #[serde(borrow)]
    transitive: BTreeSet<&'a str>,
    source_identity: Option<&'a str>,
    mfa: Option<i64>,
    web_identity: Option<(&'a str, &'a str, &'a str)>,
    chained: bool,
}

/// What callers can make large.
#[derive(Serialize, Deserialize)]
struct Limits<'a> {
    policy: Option<&'a str>,
    #[serde(borrow)]
    policy_arns: BTreeSet<&'a str>,
    #[serde(borrow)]
    tags: BTreeMap<&'a str, &'a str>,
}

#[derive(Serialize, Deserialize)]
enum Holder<'a> {
    Root,
    User { name: &'a str, id: &'a str },
    Role { name: &'a str, id: &'a str, session: &'a str },
}

/// The first byte tells the form of the rest.
const PLAIN: u8 = 0;
const COMPRESSED: u8 = 1;
const LEVEL: i32 = 9;
/// No session unpacks to more. SECURITY: only sealed bytes are unpacked, but nothing is unbounded.
const UNPACKED_BYTES_MAX: usize = 64 * 1024;

pub(super) fn pack(session: &Session) -> Secret<Vec<u8>> {
    let packed = Packed {
        secret: session.secret.expose(),
        // Twelve digits are a number.
        account: session.account.as_str().parse().unwrap_or_default(),
        subject: match &session.subject {
            Subject::Root => Holder::Root,
            Subject::User { name, id } => Holder::User { name, id },
            Subject::Role { name, id, session } => Holder::Role { name, id, session },
        },
        issued: session.issued.as_second(),
        expires: session.expires.as_second(),
        limits: limits(session.policy.as_deref(), &session.policy_arns, &session.tags),
        transitive: session.transitive.iter().map(String::as_str).collect(),
        source_identity: session.source_identity.as_deref(),
        mfa: session.mfa.map(Timestamp::as_second),
        web_identity: session
            .web_identity
            .as_ref()
            .map(|web| (web.provider.as_str(), web.subject.as_str(), web.audience.as_str())),
        chained: session.chained,
    };
    let plain = Zeroizing::new(postcard::to_allocvec(&packed).expect("plain data of known lengths is packed"));
    Secret::new(framed(&plain))
}

/// How many bytes policies and tags take.
pub(super) fn bytes(policy: Option<&str>, policy_arns: &BTreeSet<String>, tags: &BTreeMap<String, String>) -> usize {
    let plain = postcard::to_allocvec(&limits(policy, policy_arns, tags));
    framed(&plain.expect("plain data of known lengths is packed")).len()
}

/// `None` for what is no session.
pub(super) fn unpack(access_key: &AccessKeyId, bytes: &[u8]) -> Option<Session> {
    let (form, rest) = bytes.split_first()?;
    let plain = Zeroizing::new(match *form {
        PLAIN => rest.to_vec(),
        COMPRESSED => zstd::bulk::decompress(rest, UNPACKED_BYTES_MAX).ok()?,
        _ => return None,
    });
    let packed: Packed<'_> = postcard::from_bytes(&plain).ok()?;
    let owned = |text: &str| text.to_owned();
    let subject = match packed.subject {
        Holder::Root => Subject::Root,
        Holder::User { name, id } => Subject::User { name: owned(name), id: owned(id) },
        Holder::Role { name, id, session } => {
            Subject::Role { name: owned(name), id: owned(id), session: owned(session) }
        }
    };
    let web = |(provider, subject, audience): (&str, &str, &str)| WebIdentity {
        provider: owned(provider),
        subject: owned(subject),
        audience: owned(audience),
    };
    Some(Session {
        access_key: access_key.clone(),
        secret: Secret::new(packed.secret.to_owned()),
        account: AccountId::parse(&format!("{:012}", packed.account)).ok()?,
        subject,
        issued: Timestamp::from_second(packed.issued).ok()?,
        expires: Timestamp::from_second(packed.expires).ok()?,
        policy: packed.limits.policy.map(owned),
        policy_arns: packed.limits.policy_arns.into_iter().map(owned).collect(),
        tags: packed.limits.tags.into_iter().map(|(key, value)| (owned(key), owned(value))).collect(),
        transitive: packed.transitive.into_iter().map(owned).collect(),
        source_identity: packed.source_identity.map(owned),
        mfa: match packed.mfa {
            Some(second) => Some(Timestamp::from_second(second).ok()?),
            None => None,
        },
        web_identity: packed.web_identity.map(web),
        chained: packed.chained,
    })
}

fn limits<'a>(
    policy: Option<&'a str>,
    policy_arns: &'a BTreeSet<String>,
    tags: &'a BTreeMap<String, String>,
) -> Limits<'a> {
    Limits {
        policy,
        policy_arns: policy_arns.iter().map(String::as_str).collect(),
        tags: tags.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect(),
    }
}

fn framed(plain: &[u8]) -> Vec<u8> {
    let compressed = zstd::bulk::compress(plain, LEVEL).ok().filter(|compressed| compressed.len() < plain.len());
    let (form, rest) = match &compressed {
        Some(compressed) => (COMPRESSED, compressed.as_slice()),
        None => (PLAIN, plain),
    };
    let mut framed = Vec::with_capacity(rest.len() + 1);
    framed.push(form);
    framed.extend_from_slice(rest);
    framed
}
