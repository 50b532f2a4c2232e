//! Reads a signature from the query string: `X-Amz-Algorithm`, `X-Amz-Credential` and their kin.

use std::borrow::Cow;

use base::{Secret, limits};

use crate::claim::signed_headers;
use crate::refusal::{Incomplete, Refusal, cut};
use crate::{Algorithm, Claim, CredentialScope, Form, Received, authorization, canonical, stamp};

/// The query parameters of a presigned request, decoded, as far as they are there.
#[derive(Default)]
pub(crate) struct Parameters<'a> {
    algorithm: Option<Cow<'a, str>>,
    credential: Option<Cow<'a, str>>,
    signature: Option<Cow<'a, str>>,
    signed_headers: Option<Cow<'a, str>>,
    date: Option<Cow<'a, str>>,
    expires: Option<Cow<'a, str>>,
    session_token: Option<Cow<'a, str>>,
    region_set: Option<Cow<'a, str>>,
}

impl<'a> Parameters<'a> {
    /// Collects the parameters.
    pub(crate) fn collect(query: &'a str) -> Result<Self, Refusal> {
        let mut found = Self::default();
        for (name, value) in canonical::pairs(query) {
            let Ok(name) = canonical::decode(name) else { continue };
            let (place, name) = match name.as_ref() {
                "X-Amz-Algorithm" => (&mut found.algorithm, "X-Amz-Algorithm"),
                "X-Amz-Credential" => (&mut found.credential, "X-Amz-Credential"),
                "X-Amz-Signature" => (&mut found.signature, "X-Amz-Signature"),
                "X-Amz-SignedHeaders" => (&mut found.signed_headers, "X-Amz-SignedHeaders"),
                "X-Amz-Date" => (&mut found.date, "X-Amz-Date"),
                "X-Amz-Expires" => (&mut found.expires, "X-Amz-Expires"),
                "X-Amz-Security-Token" => (&mut found.session_token, "X-Amz-Security-Token"),
                "X-Amz-Region-Set" => (&mut found.region_set, "X-Amz-Region-Set"),
                _ => continue,
            };
            let value = canonical::decode(value).map_err(|_| Refusal::Incomplete(Incomplete::NotText(name)))?;
            if place.replace(value).is_some() {
                return Err(Refusal::Incomplete(Incomplete::Duplicate(name)));
            }
        }
        Ok(found)
    }

    /// Tells whether the query string is meant to sign the request.
    pub(crate) fn hold_a_signature(&self) -> bool {
        self.algorithm.is_some() || self.credential.is_some() || self.signature.is_some()
    }

    /// The session token, which a request signed in its header may send here too.
    pub(crate) fn into_session_token(self) -> Option<Secret<String>> {
        self.session_token.map(|token| Secret::new(token.into_owned()))
    }

    /// Checks that all parts are there and well-formed.
    pub(crate) fn into_claim(self, received: &Received<'_>) -> Result<Claim, Refusal> {
        let refuse = |what| Err(Refusal::Incomplete(what));
        let present = |value: Option<Cow<'a, str>>| value.filter(|value| !value.is_empty());
        let (algorithm, credential) = (present(self.algorithm), present(self.credential));
        let (signature, names, date) = (present(self.signature), present(self.signed_headers), present(self.date));
        let missing = [
            (algorithm.is_none(), "X-Amz-Algorithm"),
            (credential.is_none(), "X-Amz-Credential"),
            (signature.is_none(), "X-Amz-Signature"),
            (names.is_none(), "X-Amz-SignedHeaders"),
            (date.is_none(), "X-Amz-Date"),
        ];
        let (Some(algorithm), Some(credential), Some(signature), Some(names), Some(date)) =
            (algorithm, credential, signature, names, date)
        else {
            let missing = missing.into_iter().filter_map(|(missing, name)| missing.then_some(name)).collect();
            return refuse(Incomplete::QueryParts { missing });
        };
        let Some(timestamp) = stamp::parse(&date) else { return refuse(Incomplete::Date(cut(&date))) };
        let Some(algorithm) = Algorithm::parse(&algorithm) else {
            return refuse(Incomplete::Algorithm(cut(&algorithm)));
        };
        let (access_key_id, scope) = CredentialScope::parse(algorithm, &credential)?;
        let expires_s = self.expires.as_deref().map(seconds).transpose()?;
        let query_token = self.session_token.map(|token| Secret::new(token.into_owned()));
        let session_token = authorization::one_token(authorization::session_token(received)?, query_token)?;
        Ok(Claim {
            algorithm,
            access_key_id,
            scope,
            region_set: authorization::region_set(algorithm, self.region_set.as_deref())?,
            timestamp,
            session_token,
            form: Form::Presigned { expires_s },
            signed_headers: signed_headers(&names)?,
            signature: Secret::new(signature.into_owned()),
        })
    }
}

/// Reads `X-Amz-Expires`: one second to seven days.
fn seconds(text: &str) -> Result<i64, Refusal> {
    let digits = !text.is_empty() && text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit());
    let value = if digits { text.parse::<i64>().ok() } else { None };
    value
        .filter(|value| (1..=limits::PRESIGNED_EXPIRES_S_MAX).contains(value))
        .ok_or_else(|| Refusal::Incomplete(Incomplete::Expires(cut(text))))
}
