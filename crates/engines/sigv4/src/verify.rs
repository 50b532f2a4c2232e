//! Checks a claim against the request, the time, the place and the key.

use base::id::AccessKeyId;
use base::{Timestamp, limits};

use crate::canonical::{CanonicalRequest, string_to_sign};
use crate::hexadecimal::Hex;
use crate::payload::{Announced, UNSIGNED};
use crate::refusal::{Mismatch, Refusal, ScopeFaults, cut};
use crate::{
    Algorithm, Claim, CredentialScope, Form, PathRule, Payload, PayloadRule, Received, SigningKey, TERMINATOR,
    canonical, stamp,
};

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

impl<'a> Expectation<'a> {
    /// What a call to a deployed API must be signed for. `regions` holds the API's region; the body is always signed.
    pub fn invoke(regions: &'a [&'a str], now: Timestamp) -> Self {
        Self { service: "execute-api", regions, now, path: PathRule::Normalized, payload: PayloadRule::Signed }
    }
}

/// A request whose signature was checked: the evidence that it comes from the key's holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// SigV4 or SigV4A.
    pub algorithm: Algorithm,
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

/// A head whose signature is right, provided that the body has the hash that the client announced.
#[derive(Debug)]
#[must_use = "nothing is proven before the body is"]
pub struct HeadProof {
    verified: Verified,
    /// `None` when the body may be anything.
    announced: Option<Hex>,
}

impl HeadProof {
    /// Checks the body against what was announced of it.
    pub fn verify_body(self, payload: Payload<'_>) -> Result<Verified, Refusal> {
        match self.announced {
            Some(announced) if payload.hash() != announced => Err(Refusal::Mismatch(Mismatch::Payload)),
            Some(_) | None => Ok(self.verified),
        }
    }
}

impl Claim {
    /// Everything that can be checked without the key and the body. [`Claim::verify`] repeats it; call it on its own
    /// before the key is looked up, so that strangers cannot ask for keys of any day and place.
    pub fn check(&self, received: &Received<'_>, expectation: &Expectation<'_>) -> Result<(), Refusal> {
        self.check_time(expectation.now).map_err(Refusal::Mismatch)?;
        self.check_signed_headers(received).map_err(Refusal::Mismatch)?;
        self.check_scope(expectation).map_err(Refusal::Mismatch)
    }

    /// Proves the claim before the body is read, when `x-amz-content-sha256` announced its hash: a wrong signature then
    /// costs no body. Without an announcement nothing can be said yet, and the answer is `None`.
    pub fn prove_head(
        &self,
        received: &Received<'_>,
        key: &SigningKey,
        expectation: &Expectation<'_>,
    ) -> Result<Option<HeadProof>, Refusal> {
        self.check(received, expectation)?;
        let announced = match Announced::read(received, expectation.payload) {
            Announced::Hash(hash) => Some(hash),
            Announced::Unsigned => None,
            // What is unusable fails with the body's real hash in the canonical string, as with AWS.
            Announced::Nothing | Announced::Unusable => return Ok(None),
        };
        let hash = announced.as_ref().map_or(UNSIGNED, Hex::as_bytes);
        self.check_signature(received, hash, key, expectation.path)?;
        Ok(Some(HeadProof { verified: self.verified(announced.is_some()), announced }))
    }

    /// Proves the claim with the key that [`crate::KeyCache::signing_key`] or [`SigningKey::for_claim`] gives.
    pub fn verify(
        &self,
        received: &Received<'_>,
        payload: Payload<'_>,
        key: &SigningKey,
        expectation: &Expectation<'_>,
    ) -> Result<Verified, Refusal> {
        self.check(received, expectation)?;
        let announced = Announced::read(received, expectation.payload);
        if announced == Announced::Unsigned {
            self.check_signature(received, UNSIGNED, key, expectation.path)?;
            return Ok(self.verified(false));
        }
        let real = payload.hash();
        self.check_signature(received, real.as_bytes(), key, expectation.path)?;
        // SECURITY: what the header says counts only when it is the body's real hash.
        match announced {
            Announced::Nothing => Ok(self.verified(true)),
            Announced::Hash(hash) if hash == real => Ok(self.verified(true)),
            Announced::Hash(_) | Announced::Unusable | Announced::Unsigned => Err(Refusal::Mismatch(Mismatch::Payload)),
        }
    }

    fn verified(&self, body_is_signed: bool) -> Verified {
        Verified {
            algorithm: self.algorithm,
            access_key_id: self.access_key_id.clone(),
            scope: self.scope.clone(),
            signed_at: self.timestamp,
            form: self.form,
            body_is_signed,
        }
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
            region: self.region_elsewhere(expectation.regions).map(cut),
            service: (scope.service != expectation.service).then(|| expectation.service.to_owned()),
            terminator: (scope.terminator != TERMINATOR).then(|| cut(&scope.terminator)),
            date: (scope.date != day[..8]).then(|| (cut(&scope.date), self.timestamp)),
        };
        if faults == ScopeFaults::default() { Ok(()) } else { Err(Mismatch::Scope(faults)) }
    }

    /// The region or set of regions, when none of it is at home here. A claim that names none is good nowhere.
    fn region_elsewhere(&self, own: &[&str]) -> Option<&str> {
        match (&self.scope.region, &self.region_set) {
            (Some(region), None) => (!own.contains(&region.as_str())).then_some(region),
            (None, Some(set)) => (!own.iter().any(|region| set.covers(region))).then_some(set.as_str()),
            (Some(_), Some(_)) | (None, None) => Some(""),
        }
    }

    fn check_signature(
        &self,
        received: &Received<'_>,
        payload_hash: &[u8],
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
            let text = string_to_sign(self.algorithm, &stamp::format(self.timestamp), &self.scope, &request);
            let proven = key.proves(self.algorithm, &text, self.signature.expose());
            if proven { Ok(()) } else { Err((request, text)) }
        };
        let first: &[&str] = match self.form {
            Form::Header => &[],
            Form::Presigned { .. } => &["X-Amz-Signature"],
        };
        // Some services want the session token added after signing; both ways are accepted.
        let refused = judge(first).or_else(|refused| {
            if self.session_token.is_none() || !has_token(received.query) {
                return Err(refused);
            }
            judge(&["X-Amz-Signature", "X-Amz-Security-Token"]).map_err(|_| refused)
        });
        refused.map_err(|(request, string_to_sign)| {
            let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
            let (canonical_request, string_to_sign) = (text(request), text(string_to_sign));
            Refusal::Mismatch(Mismatch::Signature { canonical_request, string_to_sign })
        })
    }
}

/// Amazon's headers that need no signature: the token proves itself, and CloudFront adds its id after the client signed.
const MAY_BE_UNSIGNED: [&str; 2] = ["x-amz-security-token", "x-amz-cf-id"];

/// Tells whether the query string carries a session token, however it is encoded.
fn has_token(query: &str) -> bool {
    canonical::pairs(query).any(|(name, _)| canonical::decode(name).is_ok_and(|name| name == "X-Amz-Security-Token"))
}
