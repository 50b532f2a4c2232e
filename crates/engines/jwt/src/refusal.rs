//! Why a token is not believed. No refusal repeats what the token says: owners read these words in logs.

use crate::Algorithm;

/// A part of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Which key signed it, and how.
    Header,
    /// What it says.
    Claims,
    /// The proof.
    Signature,
}

impl Part {
    /// The part in a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Header => "header",
            Self::Claims => "claims",
            Self::Signature => "signature",
        }
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a token is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It is longer than is read.
    #[error("the token is {bytes} bytes long; at most {max} are read")]
    TooLong {
        /// Its length.
        bytes: usize,
        /// The bound.
        max: usize,
    },
    /// It is not three parts with a dot between them.
    #[error("it is not three parts with dots between them")]
    NotThreeParts,
    /// A part is not base64url without padding.
    #[error("the {0} is not base64url without padding")]
    Encoding(Part),
    /// A part is not a JSON object.
    #[error("the {0} is not a JSON object")]
    NotJson(Part),
    /// A member of a part stands there twice, so that two readers could read two values.
    #[error("a member of the {0} stands there twice")]
    Duplicate(Part),
    /// The header names no algorithm, or one that is not known here.
    #[error("the header names no algorithm that is taken")]
    UnknownAlgorithm,
    /// The header names `none`.
    #[error("the header says that the token is not signed")]
    NotSigned,
    /// The header names a shared secret, which a public key is not.
    #[error("the header asks for a shared secret where keys are public")]
    SharedSecret,
    /// The header names an extension that must be understood.
    #[error("the header names an extension (crit, b64 or zip)")]
    Extension,
    /// The header names no key.
    #[error("the header names no key (kid)")]
    NoKeyId,
    /// The issuer publishes no key of this id.
    #[error("the issuer has no key of this id (kid)")]
    UnknownKey,
    /// The header names another algorithm than the key's own.
    #[error("the header says {named}, and the key is for {own}", named = named.name(), own = own.name())]
    OtherAlgorithm {
        /// What the header names.
        named: Algorithm,
        /// What the key is for.
        own: Algorithm,
    },
    /// The signature is not the key's.
    #[error("the signature is not the key's")]
    Signature,
    /// A claim that must be there is not.
    #[error("the claim {0} is missing")]
    Missing(&'static str),
    /// A claim is not of its type, or is a time that is none.
    #[error("the claim {0} is not what it should be")]
    BadClaim(&'static str),
    /// It is from somebody else.
    #[error("it is from another issuer (iss)")]
    Issuer,
    /// It is made out to somebody else.
    #[error("it is made out to somebody else (aud, client_id)")]
    Audience,
    /// Its time is over.
    #[error("it expired at {exp}, and now is {now}")]
    Expired {
        /// When, in seconds since 1970.
        exp: i64,
        /// The time it was judged at.
        now: i64,
    },
    /// Its time has not come, even if the issuer's clock is a little ahead.
    #[error("its {claim} is {at}, and now is {now}")]
    Early {
        /// `nbf` or `iat`.
        claim: &'static str,
        /// When, in seconds since 1970.
        at: i64,
        /// The time it was judged at.
        now: i64,
    },
    /// It is true, and grants none of the scopes that were asked for.
    #[error("it grants none of the scopes that are asked for (scope, scp)")]
    Scope,
}
