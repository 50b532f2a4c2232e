//! What the tests share: one set of credentials, one moment, one service.

use base::id::AccessKeyId;
use base::{Secret, Timestamp};
use sigv4::{Claim, Expectation, PathRule, Payload, PayloadRule, Received, Refusal, Signer, SigningKey, Verified};

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
            let scope = &claim.scope;
            let key = SigningKey::derive(&secret(), &scope.date, &scope.region, &scope.service);
            claim.verify(received, Payload::Bytes(&self.body), &key, expectation)
        })
    }
}
