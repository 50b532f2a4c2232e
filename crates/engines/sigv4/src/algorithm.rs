//! The two algorithms: SigV4 signs with a shared key, SigV4A with a pair of keys.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>

/// How a request is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// SigV4: HMAC-SHA256 under a key derived for one day, region and service.
    HmacSha256,
    /// SigV4A: ECDSA on P-256 under one pair of keys, for a set of regions that the request names.
    EcdsaP256Sha256,
}

impl Algorithm {
    /// The name that begins an `Authorization` header and a string to sign.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HmacSha256 => "AWS4-HMAC-SHA256",
            Self::EcdsaP256Sha256 => "AWS4-ECDSA-P256-SHA256",
        }
    }

    /// Reads the name; it is compared by case, as AWS does.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        [Self::HmacSha256, Self::EcdsaP256Sha256].into_iter().find(|algorithm| algorithm.name() == name)
    }
}
