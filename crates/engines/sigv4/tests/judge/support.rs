//! What the tests share: one set of credentials, one moment, one service.

use base::id::AccessKeyId;
use base::{Secret, Timestamp};
use sigv4::{
    Claim, Expectation, KeyPair, MultiRegionSigner, PathRule, Payload, PayloadRule, Received, Refusal, Signer,
    SigningKey, Verified,
};

pub(crate) const KEY: &str = "AKIDEXAMPLE";
pub(crate) const REGION: &str = "us-east-1";
pub(crate) const SERVICE: &str = "service";
/// 2015-08-30T12:36:00Z, the moment of AWS's public vectors.
pub(crate) const THEN: i64 = 1_440_938_160;

pub(crate) fn secret() -> Secret<String> {
    Secret::new("wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned())
}

pub(crate) fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("a time in the calendar")
}

pub(crate) fn expectation() -> Expectation<'static> {
    Expectation {
        service: SERVICE,
        regions: &[REGION],
        now: at(THEN),
        path: PathRule::Normalized,
        payload: PayloadRule::Signed,
    }
}

pub(crate) fn signer(secret: &Secret<String>) -> Signer<'_> {
    Signer {
        access_key_id: KEY,
        secret,
        session_token: None,
        region: REGION,
        service: SERVICE,
        path: PathRule::Normalized,
    }
}

pub(crate) fn pair() -> KeyPair {
    KeyPair::derive(KEY, &secret()).expect("a pair of keys")
}

pub(crate) fn multi_region_signer<'a>(pair: &'a KeyPair, region_set: &'a str) -> MultiRegionSigner<'a> {
    MultiRegionSigner {
        access_key_id: KEY,
        pair,
        session_token: None,
        region_set,
        service: SERVICE,
        path: PathRule::Normalized,
    }
}

/// A request that owns its parts, so that tests can bend them.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn get(path: &str, query: &str) -> Self {
        Self {
            method: "GET".to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: vec![("Host".to_owned(), b"example.amazonaws.com".to_vec())],
            body: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.as_bytes().to_vec()));
        self
    }

    pub(crate) fn signed(mut self) -> Self {
        let secret = secret();
        let added = self.received(|received| signer(&secret).sign(received, &self.body, at(THEN)));
        for (name, value) in added {
            self = self.with(name, &value);
        }
        self
    }

    pub(crate) fn presigned(mut self, expires_s: i64) -> Self {
        let secret = secret();
        self.query = self.received(|received| signer(&secret).presign(received, &self.body, at(THEN), expires_s));
        self
    }

    /// Signed with SigV4A.
    pub(crate) fn signed_for(mut self, region_set: &str) -> Self {
        let pair = pair();
        let signer = multi_region_signer(&pair, region_set);
        let added = self.received(|received| signer.sign(received, &self.body, at(THEN)).expect("a signature"));
        for (name, value) in added {
            self = self.with(name, &value);
        }
        self
    }

    /// Presigned with SigV4A.
    pub(crate) fn presigned_for(mut self, region_set: &str, expires_s: i64) -> Self {
        let pair = pair();
        let signer = multi_region_signer(&pair, region_set);
        let sign = |received: &Received<'_>| signer.presign(received, &self.body, at(THEN), expires_s);
        self.query = self.received(sign).expect("a signature");
        self
    }

    /// The same with another signature, in the header or the query string.
    pub(crate) fn with_signature(mut self, signature: &str) -> Self {
        self.query = after(&self.query, "X-Amz-Signature=", signature);
        for (name, value) in &mut self.headers {
            if name.eq_ignore_ascii_case("authorization") {
                *value = after(std::str::from_utf8(value).expect("text"), "Signature=", signature).into_bytes();
            }
        }
        self
    }

    pub(crate) fn received<T>(&self, look: impl FnOnce(&Received<'_>) -> T) -> T {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        look(&Received { method: &self.method, path: &self.path, query: &self.query, headers: &headers })
    }

    pub(crate) fn verify(&self, expectation: &Expectation<'_>) -> Result<Verified, Refusal> {
        self.received(|received| {
            let claim = Claim::parse(received)?;
            if claim.access_key_id != AccessKeyId::parse(KEY).expect("a good key id") {
                return Err(Refusal::UnknownKey);
            }
            let key = SigningKey::for_claim(&claim, &secret());
            claim.verify(received, Payload::Bytes(&self.body), &key, expectation)
        })
    }
}

/// `text` with what stands behind `mark`, up to the next separator, replaced.
fn after(text: &str, mark: &str, replacement: &str) -> String {
    let Some((before, rest)) = text.split_once(mark) else { return text.to_owned() };
    let end = rest.find(['&', ',']).unwrap_or(rest.len());
    format!("{before}{mark}{replacement}{}", &rest[end..])
}
