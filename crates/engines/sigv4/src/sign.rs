//! The client's side: signs a request in its header or its query string, with SigV4 or SigV4A.

use std::convert::Infallible;

use aws_lc_rs::hmac;
use base::{Secret, Timestamp};

use crate::canonical::{CanonicalRequest, encode, string_to_sign};
use crate::hexadecimal::Hex;
use crate::{Algorithm, CredentialScope, KeyPair, NoPair, PathRule, Received, key, stamp};

/// Credentials and the place they are used at.
#[derive(Debug, Clone, Copy)]
pub struct Signer<'a> {
    /// The public half of the key.
    pub access_key_id: &'a str,
    /// The secret half of the key.
    pub secret: &'a Secret<String>,
    /// The token of temporary credentials.
    pub session_token: Option<&'a Secret<String>>,
    /// The region.
    pub region: &'a str,
    /// The service's signing name.
    pub service: &'a str,
    /// How the service reads paths.
    pub path: PathRule,
}

/// SigV4A's signer: one signature for a set of regions.
#[derive(Debug, Clone, Copy)]
pub struct MultiRegionSigner<'a> {
    /// Whose key signs.
    pub access_key_id: &'a str,
    /// The pair that was derived from the secret.
    pub pair: &'a KeyPair,
    /// The token of temporary credentials.
    pub session_token: Option<&'a Secret<String>>,
    /// The regions, such as `us-east-1,eu-*`.
    pub region_set: &'a str,
    /// The service's signing name.
    pub service: &'a str,
    /// How the service reads paths.
    pub path: PathRule,
}

impl Signer<'_> {
    /// The header fields to add to a request whose headers (with `host`) are all signed.
    pub fn sign(&self, request: &Received<'_>, body: &[u8], now: Timestamp) -> Vec<(&'static str, String)> {
        let signature = |scope: &CredentialScope, text: &[u8]| Ok::<_, Infallible>(self.signature(scope, text));
        let Ok(added) = self.signing(now).header(request, body, signature);
        added
    }

    /// The whole query string of a presigned request, good for `expires_s` seconds.
    pub fn presign(&self, request: &Received<'_>, body: &[u8], now: Timestamp, expires_s: i64) -> String {
        let signature = |scope: &CredentialScope, text: &[u8]| Ok::<_, Infallible>(self.signature(scope, text));
        let Ok(query) = self.signing(now).query(request, body, expires_s, signature);
        query
    }

    fn signing(&self, now: Timestamp) -> Signing<'_> {
        let time = stamp::format(now);
        Signing {
            algorithm: Algorithm::HmacSha256,
            access_key_id: self.access_key_id,
            session_token: self.session_token,
            region_set: None,
            scope: CredentialScope::new(&time[..8], Some(self.region), self.service),
            path: self.path,
            time,
        }
    }

    fn signature(&self, scope: &CredentialScope, text: &[u8]) -> String {
        let key = key::shared(self.secret, &scope.date, self.region, &scope.service);
        hex::encode(hmac::sign(&key, text))
    }
}

impl MultiRegionSigner<'_> {
    /// The header fields to add to a request whose headers (with `host`) are all signed.
    pub fn sign(
        &self,
        request: &Received<'_>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Vec<(&'static str, String)>, NoPair> {
        self.signing(now).header(request, body, |_, text| self.pair.sign(text))
    }

    /// The whole query string of a presigned request, good for `expires_s` seconds.
    pub fn presign(
        &self,
        request: &Received<'_>,
        body: &[u8],
        now: Timestamp,
        expires_s: i64,
    ) -> Result<String, NoPair> {
        self.signing(now).query(request, body, expires_s, |_, text| self.pair.sign(text))
    }

    fn signing(&self, now: Timestamp) -> Signing<'_> {
        let time = stamp::format(now);
        Signing {
            algorithm: Algorithm::EcdsaP256Sha256,
            access_key_id: self.access_key_id,
            session_token: self.session_token,
            region_set: Some(self.region_set),
            scope: CredentialScope::new(&time[..8], None, self.service),
            path: self.path,
            time,
        }
    }
}

/// What both algorithms have in common.
struct Signing<'a> {
    algorithm: Algorithm,
    access_key_id: &'a str,
    session_token: Option<&'a Secret<String>>,
    region_set: Option<&'a str>,
    scope: CredentialScope,
    path: PathRule,
    time: String,
}

impl Signing<'_> {
    fn header<E>(
        self,
        request: &Received<'_>,
        body: &[u8],
        sign: impl FnOnce(&CredentialScope, &[u8]) -> Result<String, E>,
    ) -> Result<Vec<(&'static str, String)>, E> {
        let mut added = vec![("x-amz-date", self.time.clone())];
        added.extend(self.region_set.map(|set| ("x-amz-region-set", set.to_owned())));
        added.extend(self.session_token.map(|token| ("x-amz-security-token", token.expose().clone())));
        let mut headers = request.headers.to_vec();
        headers.extend(added.iter().map(|(name, value)| (*name, value.as_bytes())));
        let names = names(&headers);
        let signature = sign(&self.scope, &self.text(&Received { headers: &headers, ..*request }, &names, body))?;
        let (algorithm, names) = (self.algorithm.name(), names.join(";"));
        let credential = format!("{}/{}", self.access_key_id, self.scope);
        let authorization =
            format!("{algorithm} Credential={credential}, SignedHeaders={names}, Signature={signature}");
        added.push(("authorization", authorization));
        Ok(added)
    }

    fn query<E>(
        self,
        request: &Received<'_>,
        body: &[u8],
        expires_s: i64,
        sign: impl FnOnce(&CredentialScope, &[u8]) -> Result<String, E>,
    ) -> Result<String, E> {
        let names = names(request.headers);
        let mut query = request.query.to_owned();
        let mut add = |name: &str, value: &str| {
            if !query.is_empty() {
                query.push('&');
            }
            query.push_str(name);
            query.push('=');
            query.push_str(&encode(value));
        };
        add("X-Amz-Algorithm", self.algorithm.name());
        add("X-Amz-Credential", &format!("{}/{}", self.access_key_id, self.scope));
        add("X-Amz-Date", &self.time);
        add("X-Amz-Expires", &expires_s.to_string());
        add("X-Amz-SignedHeaders", &names.join(";"));
        if let Some(set) = self.region_set {
            add("X-Amz-Region-Set", set);
        }
        if let Some(token) = self.session_token {
            add("X-Amz-Security-Token", token.expose());
        }
        let signature = sign(&self.scope, &self.text(&Received { query: &query, ..*request }, &names, body))?;
        Ok(query + "&X-Amz-Signature=" + &signature)
    }

    fn text(&self, request: &Received<'_>, names: &[String], body: &[u8]) -> Vec<u8> {
        let hash = Hex::sha256(body);
        let canonical = CanonicalRequest {
            method: request.method,
            path: request.path,
            path_rule: self.path,
            query: request.query,
            left_out: &[],
            headers: request.headers,
            signed_headers: names,
            payload_hash: hash.as_bytes(),
        };
        string_to_sign(self.algorithm, &self.time, &self.scope, &canonical.to_bytes())
    }
}

/// The names of all headers: lower case, sorted, each once.
fn names(headers: &[(&str, &[u8])]) -> Vec<String> {
    let mut names: Vec<String> = headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort_unstable();
    names.dedup();
    names
}
