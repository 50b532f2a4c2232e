//! Checks a claim against the request, the time, the place and the key.

use base::id::AccessKeyId;
use base::secret::equal_in_constant_time;
use base::{Timestamp, limits};

use crate::canonical::{CanonicalRequest, sha256_hex, string_to_sign};
use crate::refusal::{Mismatch, Refusal, ScopeFaults, cut};
use crate::{Claim, CredentialScope, Form, PathRule, Received, SigningKey, TERMINATOR, stamp};

/// What the judge expects of a signature.
#[derive(Debug, Clone, Copy)]
pub struct Expectation<'a> {
    /// The service's signing name, such as `execute-api`.
    pub service: &'a str,
    /// The regions that are at home here.
    pub regions: &'a [&'a str],
    /// The time.
    pub now: Timestamp,
    /// How the path is read.
    pub path: PathRule,
    /// Whether the body must be signed.
    pub payload: PayloadRule,
}

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

/// A request whose signature was checked: the evidence that it comes from the key's holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Whose key signed.
    pub access_key_id: AccessKeyId,
    /// The scope it was signed for.
    pub scope: CredentialScope,
    /// When it was signed.
    pub signed_at: Timestamp,
    /// Header or query string.
    pub form: Form,
    /// Whether the signature covers the body.
    pub body_is_signed: bool,
}

impl Claim {
    /// Everything that can be checked without the key. [`Claim::verify`] repeats it; call it on its own before the key
    /// is looked up, so that strangers cannot ask for keys of any day and place.
    pub fn check(&self, received: &Received<'_>, expectation: &Expectation<'_>) -> Result<(), Refusal> {
        self.check_time(expectation.now).map_err(Refusal::Mismatch)?;
        self.check_signed_headers(received).map_err(Refusal::Mismatch)?;
        self.check_scope(expectation).map_err(Refusal::Mismatch)
    }

    /// Proves the claim with the key that [`Claim::scope`] asks for.
    pub fn verify(
        &self,
        received: &Received<'_>,
        payload: Payload<'_>,
        key: &SigningKey,
        expectation: &Expectation<'_>,
    ) -> Result<Verified, Refusal> {
        self.check(received, expectation)?;
        let hash = payload_hash(received, payload, expectation.payload).map_err(Refusal::Mismatch)?;
        self.check_signature(received, &hash, key, expectation.path)?;
        Ok(Verified {
            access_key_id: self.access_key_id.clone(),
            scope: self.scope.clone(),
            signed_at: self.timestamp,
            form: self.form,
            body_is_signed: hash != UNSIGNED,
        })
    }

    fn check_time(&self, now: Timestamp) -> Result<(), Mismatch> {
        let age_s = now.as_second() - self.timestamp.as_second();
        let window_s = match self.form {
            Form::Presigned { expires_s: Some(expires_s) } => expires_s,
            Form::Presigned { expires_s: None } | Form::Header => limits::SIGNATURE_SKEW_S,
        };
        if age_s > window_s {
            return Err(Mismatch::Expired { signed: self.timestamp, now, window_s });
        }
        if -age_s > limits::SIGNATURE_SKEW_S {
            return Err(Mismatch::NotYetCurrent { signed: self.timestamp, now });
        }
        Ok(())
    }

    fn check_signed_headers(&self, received: &Received<'_>) -> Result<(), Mismatch> {
        if !self.signs("host") {
            return Err(Mismatch::HostUnsigned);
        }
        // SECURITY: an unsigned `x-amz-target` would let anybody turn a signed call into another one.
        let is_amazon = |name: &str| name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("x-amz-"));
        for (name, _) in received.headers.iter().filter(|(name, _)| is_amazon(name)) {
            let name = name.to_ascii_lowercase();
            if !self.signs(&name) && !MAY_BE_UNSIGNED.contains(&name.as_str()) {
                return Err(Mismatch::HeaderUnsigned(cut(&name)));
            }
        }
        Ok(())
    }

    fn check_scope(&self, expectation: &Expectation<'_>) -> Result<(), Mismatch> {
        let scope = &self.scope;
        let day = stamp::format(self.timestamp);
        let faults = ScopeFaults {
            region: (!expectation.regions.contains(&scope.region.as_str())).then(|| cut(&scope.region)),
            service: (scope.service != expectation.service).then(|| expectation.service.to_owned()),
            terminator: (scope.terminator != TERMINATOR).then(|| cut(&scope.terminator)),
            date: (scope.date != day[..8]).then(|| (cut(&scope.date), self.timestamp)),
        };
        if faults == ScopeFaults::default() { Ok(()) } else { Err(Mismatch::Scope(faults)) }
    }

    fn check_signature(
        &self,
        received: &Received<'_>,
        payload_hash: &str,
        key: &SigningKey,
        path_rule: PathRule,
    ) -> Result<(), Refusal> {
        let judge = |left_out: &[&str]| {
            let request = CanonicalRequest {
                method: received.method,
                path: received.path,
                path_rule,
                query: received.query,
                left_out,
                headers: received.headers,
                signed_headers: &self.signed_headers,
                payload_hash,
            }
            .to_bytes();
            let text = string_to_sign(&stamp::format(self.timestamp), &self.scope, &request);
            let computed = key.sign(text.as_bytes());
            let equal = equal_in_constant_time(computed.as_bytes(), self.signature.expose().as_bytes());
            if equal { Ok(()) } else { Err((request, text)) }
        };
        let refused = match self.form {
            Form::Header => judge(&[]),
            // Some services want the session token added after signing; both ways are accepted.
            Form::Presigned { .. } => judge(&["X-Amz-Signature"]).or_else(|refused| {
                if self.session_token.is_none() {
                    return Err(refused);
                }
                judge(&["X-Amz-Signature", "X-Amz-Security-Token"]).map_err(|_| refused)
            }),
        };
        refused.map_err(|(request, string_to_sign)| {
            let canonical_request = String::from_utf8_lossy(&request).into_owned();
            Refusal::Mismatch(Mismatch::Signature { canonical_request, string_to_sign })
        })
    }
}

/// Amazon's headers that need no signature: the token proves itself, and CloudFront adds its id after the client signed.
const MAY_BE_UNSIGNED: [&str; 2] = ["x-amz-security-token", "x-amz-cf-id"];

const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// The last line of the canonical request. SECURITY: what the header says counts only when it is the body's real hash.
fn payload_hash(received: &Received<'_>, payload: Payload<'_>, rule: PayloadRule) -> Result<String, Mismatch> {
    let mut named = received.values("x-amz-content-sha256");
    let (said, more) = (named.next(), named.next());
    if more.is_some() {
        return Err(Mismatch::Payload);
    }
    if said == Some(UNSIGNED.as_bytes()) && rule == PayloadRule::UnsignedAllowed {
        return Ok(UNSIGNED.to_owned());
    }
    let real = match payload {
        Payload::Bytes(bytes) => sha256_hex(bytes),
        Payload::Sha256(hash) => hex::encode(hash),
    };
    match said {
        Some(said) if !said.trim_ascii().eq_ignore_ascii_case(real.as_bytes()) => Err(Mismatch::Payload),
        Some(_) | None => Ok(real),
    }
}

impl Payload<'_> {
    /// A request without a body.
    pub const EMPTY: Payload<'static> = Payload::Bytes(&[]);
}
