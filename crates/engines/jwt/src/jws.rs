//! A token, taken apart; nothing in it is true yet. <https://www.rfc-editor.org/rfc/rfc7515#section-7.1>

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::strict;
use crate::{Algorithm, NoAlgorithm, Part, Refusal};

/// A signed token in its compact form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jws<'a> {
    /// The algorithm that the header names.
    pub algorithm: Algorithm,
    /// The key that the header names.
    pub kid: String,
    /// What was signed, decoded: for a token its claims.
    pub payload: Vec<u8>,
    /// What the signature is over.
    pub(crate) signed: &'a [u8],
    pub(crate) signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    /// Takes a token of at most `bytes_max` bytes apart. What is longer is not looked at.
    pub fn parse(text: &'a str, bytes_max: usize) -> Result<Self, Refusal> {
        if text.len() > bytes_max {
            return Err(Refusal::TooLong { bytes: text.len(), max: bytes_max });
        }
        let (signed, signature) = text.rsplit_once('.').ok_or(Refusal::NotThreeParts)?;
        let (header, payload) = signed.split_once('.').ok_or(Refusal::NotThreeParts)?;
        if payload.contains('.') {
            return Err(Refusal::NotThreeParts);
        }
        let (algorithm, kid) = head(&decoded(header, Part::Header)?)?;
        let (payload, signature) = (decoded(payload, Part::Claims)?, decoded(signature, Part::Signature)?);
        Ok(Self { algorithm, kid, payload, signed: signed.as_bytes(), signature })
    }
}

fn decoded(text: &str, part: Part) -> Result<Vec<u8>, Refusal> {
    // One text for one value: neither padding nor stray bits are taken.
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Refusal::Encoding(part))
}

fn head(text: &[u8]) -> Result<(Algorithm, String), Refusal> {
    let mut members = strict::object(text, Part::Header)?;
    let named = members.get("alg").and_then(Value::as_str).ok_or(Refusal::UnknownAlgorithm)?;
    let algorithm = Algorithm::named(named).map_err(|none| match none {
        NoAlgorithm::None => Refusal::NotSigned,
        NoAlgorithm::SharedSecret => Refusal::SharedSecret,
        NoAlgorithm::Unknown => Refusal::UnknownAlgorithm,
    })?;
    // SECURITY: an extension changes what the rest means (RFC 7515, 4.1.11; RFC 7797); none is known here.
    if ["crit", "b64", "zip"].iter().any(|name| members.contains_key(*name)) {
        return Err(Refusal::Extension);
    }
    match members.remove("kid") {
        Some(Value::String(kid)) if !kid.is_empty() => Ok((algorithm, kid)),
        Some(_) | None => Err(Refusal::NoKeyId),
    }
}
