//! Policy documents: read by the engine that will enforce them, bounded by AWS's quotas.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-entity-length>

use policy::{Kind, Policy, characters};

use crate::error::Error;

/// What a document is bounded by, in characters without white space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quota {
    /// One managed policy.
    Managed,
    /// All inline policies of a user.
    UserInline,
    /// All inline policies of a group.
    GroupInline,
    /// All inline policies of a role.
    RoleInline,
    /// A role's trust policy.
    Trust,
}

impl Quota {
    fn of(self) -> (&'static str, usize) {
        match self {
            Self::Managed => ("PolicySize", 6_144),
            Self::UserInline => ("user inline policies", 2_048),
            Self::GroupInline => ("group inline policies", 5_120),
            Self::RoleInline => ("role inline policies", 10_240),
            Self::Trust => ("ACLSizePerRole", 2_048),
        }
    }
}

/// Checks a document that grants or limits.
pub(crate) fn identity(document: &str) -> Result<(), Error> {
    check(document, Kind::Identity)
}

/// Checks a trust policy.
pub(crate) fn trust(document: &str) -> Result<(), Error> {
    bounded(Quota::Trust, [document])?;
    check(document, Kind::Trust)
}

/// Checks that documents stay within a quota together.
pub(crate) fn bounded<'a>(quota: Quota, documents: impl IntoIterator<Item = &'a str>) -> Result<(), Error> {
    let (name, max) = quota.of();
    let size: usize = documents.into_iter().map(characters).sum();
    if size > max { Err(Error::LimitExceeded { quota: name, max }) } else { Ok(()) }
}

fn check(document: &str, kind: Kind) -> Result<(), Error> {
    Policy::parse(document, kind).map(|_| ()).map_err(|fault| Error::MalformedPolicyDocument(fault.to_string()))
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
