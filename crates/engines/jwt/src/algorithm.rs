//! The signature algorithms. <https://www.rfc-editor.org/rfc/rfc7518#section-3.1>

use aws_lc_rs::signature::{self, EcdsaVerificationAlgorithm, RsaParameters};

/// An algorithm that tokens are signed with. SECURITY: `none` and shared secrets are not among them, so they cannot be
/// asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// RSA PKCS #1 with SHA-256.
    Rs256,
    /// RSA PKCS #1 with SHA-384.
    Rs384,
    /// RSA PKCS #1 with SHA-512.
    Rs512,
    /// RSA PSS with SHA-256.
    Ps256,
    /// RSA PSS with SHA-384.
    Ps384,
    /// RSA PSS with SHA-512.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
}

/// Why a name is no algorithm that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAlgorithm {
    /// `none`: no signature at all.
    None,
    /// `HS256` and its kin: a shared secret, which a public key is not.
    SharedSecret,
    /// Anything else.
    Unknown,
}

/// What verifies an algorithm's signatures.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Verification {
    Rsa(&'static RsaParameters),
    Ec(&'static EcdsaVerificationAlgorithm),
}

impl Algorithm {
    const ALL: [Self; 8] =
        [Self::Rs256, Self::Rs384, Self::Rs512, Self::Ps256, Self::Ps384, Self::Ps512, Self::Es256, Self::Es384];

    /// The algorithm of this name.
    pub fn named(name: &str) -> Result<Self, NoAlgorithm> {
        let found = Self::ALL.into_iter().find(|algorithm| algorithm.name() == name);
        found.ok_or(match name {
            none if none.eq_ignore_ascii_case("none") => NoAlgorithm::None,
            "HS256" | "HS384" | "HS512" => NoAlgorithm::SharedSecret,
            _ => NoAlgorithm::Unknown,
        })
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
        }
    }

    pub(crate) fn verification(self) -> Verification {
        match self {
            Self::Rs256 => Verification::Rsa(&signature::RSA_PKCS1_2048_8192_SHA256),
            Self::Rs384 => Verification::Rsa(&signature::RSA_PKCS1_2048_8192_SHA384),
            Self::Rs512 => Verification::Rsa(&signature::RSA_PKCS1_2048_8192_SHA512),
            Self::Ps256 => Verification::Rsa(&signature::RSA_PSS_2048_8192_SHA256),
            Self::Ps384 => Verification::Rsa(&signature::RSA_PSS_2048_8192_SHA384),
            Self::Ps512 => Verification::Rsa(&signature::RSA_PSS_2048_8192_SHA512),
            Self::Es256 => Verification::Ec(&signature::ECDSA_P256_SHA256_FIXED),
            Self::Es384 => Verification::Ec(&signature::ECDSA_P384_SHA384_FIXED),
        }
    }
}
