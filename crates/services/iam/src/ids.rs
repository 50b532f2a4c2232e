//! Unique ids: a prefix that tells the kind, and random letters; never given twice.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>

use base::id::random_from;

const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const RANDOM_CHARS: usize = 17;

/// What a unique id is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prefix {
    User,
    Group,
    Role,
    ManagedPolicy,
    InstanceProfile,
}

/// A fresh id.
pub(crate) fn unique(prefix: Prefix) -> String {
    let prefix = match prefix {
        Prefix::User => "AIDA",
        Prefix::Group => "AGPA",
        Prefix::Role => "AROA",
        Prefix::ManagedPolicy => "ANPA",
        Prefix::InstanceProfile => "AIPA",
    };
    format!("{prefix}{}", random_from(ALPHABET, RANDOM_CHARS))
}
