//! The client's side: signs a request in its header or its query string.

use base::{Secret, Timestamp};

use crate::canonical::{CanonicalRequest, encode, sha256_hex, string_to_sign};
use crate::{ALGORITHM, CredentialScope, PathRule, Received, SigningKey, stamp};

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

impl Signer<'_> {
    /// The header fields to add to a request whose headers (with `host`) are all signed.
    pub fn sign(&self, request: &Received<'_>, body: &[u8], now: Timestamp) -> Vec<(&'static str, String)> {
        let time = stamp::format(now);
        let mut headers = request.headers.to_vec();
        headers.push(("x-amz-date", time.as_bytes()));
        if let Some(token) = self.session_token {
            headers.push(("x-amz-security-token", token.expose().as_bytes()));
        }
        let names = names(&headers);
        let request = Received { headers: &headers, ..*request };
        let (scope, signature) = self.signature(&request, &names, &time, body);
        let names = names.join(";");
        let credential = format!("{}/{scope}", self.access_key_id);
        let authorization =
            format!("{ALGORITHM} Credential={credential}, SignedHeaders={names}, Signature={signature}");
        let mut added = vec![("x-amz-date", time), ("authorization", authorization)];
        if let Some(token) = self.session_token {
            added.push(("x-amz-security-token", token.expose().clone()));
        }
        added
    }

    /// The whole query string of a presigned request, good for `expires_s` seconds.
    pub fn presign(&self, request: &Received<'_>, body: &[u8], now: Timestamp, expires_s: i64) -> String {
        let time = stamp::format(now);
        let scope = CredentialScope::new(&time[..8], self.region, self.service);
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
        add("X-Amz-Algorithm", ALGORITHM);
        add("X-Amz-Credential", &format!("{}/{scope}", self.access_key_id));
        add("X-Amz-Date", &time);
        add("X-Amz-Expires", &expires_s.to_string());
        add("X-Amz-SignedHeaders", &names.join(";"));
        if let Some(token) = self.session_token {
            add("X-Amz-Security-Token", token.expose());
        }
        let (_, signature) = self.signature(&Received { query: &query, ..*request }, &names, &time, body);
        query + "&X-Amz-Signature=" + &signature
    }

    fn signature(
        &self,
        request: &Received<'_>,
        names: &[String],
        time: &str,
        body: &[u8],
    ) -> (CredentialScope, String) {
        let scope = CredentialScope::new(&time[..8], self.region, self.service);
        let canonical = CanonicalRequest {
            method: request.method,
            path: request.path,
            path_rule: self.path,
            query: request.query,
            left_out: &[],
            headers: request.headers,
            signed_headers: names,
            payload_hash: &sha256_hex(body),
        };
        let text = string_to_sign(time, &scope, &canonical.to_bytes());
        let key = SigningKey::derive(self.secret, &scope.date, &scope.region, &scope.service);
        let signature = key.sign(text.as_bytes());
        (scope, signature)
    }
}

/// The names of all headers: lower case, sorted, each once.
fn names(headers: &[(&str, &[u8])]) -> Vec<String> {
    let mut names: Vec<String> = headers.iter().map(|(name, _)| name.to_ascii_lowercase()).collect();
    names.sort_unstable();
    names.dedup();
    names
}
