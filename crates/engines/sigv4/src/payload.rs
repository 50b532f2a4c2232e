//! The body's part of a signature: its hash, and what `x-amz-content-sha256` says of it.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html#create-canonical-request>
//!
//! Unsigned and chunked bodies (`UNSIGNED-PAYLOAD`, `STREAMING-…`) are S3's. Every other service hashes what it received,
//! so such a request fails as any wrong signature does, and the canonical string shows the hash that was expected.

use crate::Received;
use crate::hexadecimal::Hex;

/// Whether a client may leave the body out of its signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PayloadRule {
    /// The body is signed: every service but S3.
    #[default]
    Signed,
    /// `UNSIGNED-PAYLOAD` is accepted too. Chunked payloads (`STREAMING-…`) never are.
    UnsignedAllowed,
}

/// The request's body.
#[derive(Debug, Clone, Copy)]
pub enum Payload<'a> {
    /// The whole body.
    Bytes(&'a [u8]),
    /// The SHA-256 of a body that was hashed while it came in.
    Sha256([u8; 32]),
}

impl Payload<'_> {
    /// A request without a body.
    pub const EMPTY: Payload<'static> = Payload::Bytes(&[]);

    pub(crate) fn hash(self) -> Hex {
        match self {
            Self::Bytes(bytes) => Hex::sha256(bytes),
            Self::Sha256(hash) => Hex::of(&hash),
        }
    }
}

/// What `x-amz-content-sha256` says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Announced {
    Nothing,
    Hash(Hex),
    Unsigned,
    /// A form of signing that is not accepted here, no hash at all, or two values.
    Unusable,
}

impl Announced {
    pub(crate) fn read(received: &Received<'_>, rule: PayloadRule) -> Self {
        let mut values = received.values("x-amz-content-sha256").map(<[u8]>::trim_ascii);
        match (values.next(), values.next()) {
            (None, _) => Self::Nothing,
            (Some(value), None) if value == UNSIGNED && rule == PayloadRule::UnsignedAllowed => Self::Unsigned,
            (Some(value), None) => Hex::read(value).map_or(Self::Unusable, Self::Hash),
            (Some(_), Some(_)) => Self::Unusable,
        }
    }
}

/// What stands in place of the hash when the body is not signed.
pub(crate) const UNSIGNED: &[u8] = b"UNSIGNED-PAYLOAD";
