//! Policy documents: read by the engine that will enforce them, bounded by AWS's quotas.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>

use identity::silently_open;
use policy::{Kind, MalformedPolicy, Policy, characters};

use crate::error::Error;
use crate::holder::Holder;

/// The longest text that is looked at, in characters with white space.
const TEXT_CHARS_MAX: usize = 131_072;
/// A managed policy, white space not counted.
const MANAGED_CHARS_MAX: usize = 6_144;
/// A trust policy, white space not counted.
const TRUST_CHARS_MAX: usize = 2_048;

/// Checks a managed policy's document.
pub(crate) fn managed(document: &str) -> Result<(), Error> {
    text("policyDocument", document)?;
    bounded("PolicySize", MANAGED_CHARS_MAX, document)?;
    let policy = check(document, Kind::Identity)?;
    if policy.version() == "2012-10-17" {
        Ok(())
    } else {
        Err(Error::MalformedPolicyDocument(MalformedPolicy::Version(policy.version().to_owned()).to_string()))
    }
}

/// Checks an inline policy's document. `others` are the holder's other documents: the quota is for all of them.
pub(crate) fn inline<'a, H: Holder>(
    name: &str,
    document: &str,
    others: impl IntoIterator<Item = &'a String>,
) -> Result<(), Error> {
    text("policyDocument", document)?;
    let used: usize = others.into_iter().map(|document| characters(document)).sum();
    if used + characters(document) > H::INLINE_CHARS_MAX {
        let (max, kind) = (H::INLINE_CHARS_MAX, H::KIND);
        return Err(Error::Exceeded(format!("Maximum policy size of {max} bytes exceeded for {kind} {name}")));
    }
    check(document, Kind::Identity).map(drop)
}

/// Checks a trust policy.
pub(crate) fn trust(document: &str) -> Result<(), Error> {
    text("assumeRolePolicyDocument", document)?;
    bounded("ACLSizePerRole", TRUST_CHARS_MAX, document)?;
    check(document, Kind::Trust).map(drop)
}

/// Checks what may travel as a document at all. SECURITY: a letter that only looks like another is none of AWS's.
pub(crate) fn text(member: &str, document: &str) -> Result<(), Error> {
    let constraint = if document.is_empty() {
        "Member must have length greater than or equal to 1".to_owned()
    } else if document.chars().count() > TEXT_CHARS_MAX {
        format!("Member must have length less than or equal to {TEXT_CHARS_MAX}")
    } else if document.chars().all(|char| matches!(char, '\t' | '\n' | '\r' | ' '..='\u{ff}')) {
        return Ok(());
    } else {
        return Err(Error::ValidationError(format!(
            "The specified value for {member} is invalid. It must contain only printable ASCII characters."
        )));
    };
    Err(Error::ValidationError(format!(
        "1 validation error detected: Value at '{member}' failed to satisfy constraint: {constraint}"
    )))
}

fn bounded(quota: &'static str, max: usize, document: &str) -> Result<(), Error> {
    if characters(document) > max { Err(Error::LimitExceeded { quota, max }) } else { Ok(()) }
}

fn check(document: &str, kind: Kind) -> Result<Policy, Error> {
    let policy = Policy::parse(document, kind).map_err(|fault| Error::MalformedPolicyDocument(fault.to_string()))?;
    // SECURITY: a statement that opens up without a key must not rely on one that is never there.
    match silently_open(&policy) {
        None => Ok(policy),
        Some(key) => Err(Error::NotEnforced(format!("the condition key `{key}`"))),
    }
}

/// The document as `Get…` calls show it: percent-encoded as in RFC 3986.
pub(crate) fn encoded(document: &str) -> String {
    let mut text = String::with_capacity(document.len() * 2);
    for byte in document.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push('%');
            for half in [byte >> 4, byte & 15] {
                text.push(char::from(b"0123456789ABCDEF"[usize::from(half)]));
            }
        }
    }
    text
}
