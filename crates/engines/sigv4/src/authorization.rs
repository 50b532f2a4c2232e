//! Reads `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`, and SigV4A's alike.

use base::Secret;

use crate::claim::signed_headers;
use crate::refusal::{Incomplete, Refusal, cut, hashed};
use crate::{Algorithm, Claim, CredentialScope, Form, Received, RegionSet, stamp};

/// The three parts of the header, as far as they are there.
#[derive(Default)]
struct Parts<'a> {
    credential: Option<&'a str>,
    signed_headers: Option<&'a str>,
    signature: Option<&'a str>,
}

/// Reads the header's value. `query_token` is the session token of the query string, for clients that send it there.
pub(crate) fn parse(
    header: &str,
    received: &Received<'_>,
    query_token: Option<Secret<String>>,
) -> Result<Claim, Refusal> {
    let refuse = |what| Err(Refusal::Incomplete(what));
    if header.is_empty() {
        return refuse(Incomplete::EmptyAuthorization);
    }
    let (algorithm, rest) = header.split_once(' ').unwrap_or((header, ""));
    if algorithm.contains('=') {
        return refuse(Incomplete::NoAlgorithm(hashed(header)));
    }
    let parts = split(header, rest)?;
    let date = received.only_text("X-Amz-Date")?;
    let plain_date = received.only_text("Date")?;

    let missing: Vec<&'static str> = [
        (parts.credential.is_none(), "Credential"),
        (parts.signature.is_none(), "Signature"),
        (parts.signed_headers.is_none(), "SignedHeaders"),
        (date.is_none() && plain_date.is_none(), "Date"),
    ]
    .into_iter()
    .filter_map(|(missing, name)| missing.then_some(name))
    .collect();
    let (Some(credential), Some(signature), Some(names)) = (parts.credential, parts.signature, parts.signed_headers)
    else {
        return refuse(Incomplete::HeaderParts { missing, header: hashed(header) });
    };
    let timestamp = match (date, plain_date) {
        (Some(date), _) => stamp::parse(date).ok_or(date),
        (None, Some(date)) => stamp::parse_date_header(date).ok_or(date),
        (None, None) => return refuse(Incomplete::HeaderParts { missing, header: hashed(header) }),
    }
    .map_err(|got| Refusal::Incomplete(Incomplete::Date(cut(got))))?;
    let Some(algorithm) = Algorithm::parse(algorithm) else {
        return refuse(Incomplete::Algorithm(cut(algorithm)));
    };
    let (access_key_id, scope) = CredentialScope::parse(algorithm, credential)?;
    Ok(Claim {
        algorithm,
        access_key_id,
        scope,
        region_set: region_set(algorithm, received.only_text("X-Amz-Region-Set")?)?,
        timestamp,
        session_token: one_token(session_token(received)?, query_token)?,
        form: Form::Header,
        signed_headers: signed_headers(names)?,
        signature: Secret::new(signature.to_owned()),
    })
}

/// Cuts `a=b, c=d` into its parts; names that we do not know are skipped, as AWS does.
fn split<'a>(header: &str, rest: &'a str) -> Result<Parts<'a>, Refusal> {
    let mut parts = Parts::default();
    for pair in rest.split(',').map(str::trim).filter(|pair| !pair.is_empty()) {
        let Some((name, value)) = pair.split_once('=') else {
            return Err(Refusal::Incomplete(Incomplete::NotKeyValue(hashed(header))));
        };
        let (place, name) = match name {
            "Credential" => (&mut parts.credential, "Credential"),
            "SignedHeaders" => (&mut parts.signed_headers, "SignedHeaders"),
            "Signature" => (&mut parts.signature, "Signature"),
            _ => continue,
        };
        if value.is_empty() {
            continue;
        }
        if place.replace(value).is_some() {
            return Err(Refusal::Incomplete(Incomplete::Duplicate(name)));
        }
    }
    Ok(parts)
}

/// The session token in its header.
pub(crate) fn session_token(received: &Received<'_>) -> Result<Option<Secret<String>>, Refusal> {
    let token = received.only_text("X-Amz-Security-Token")?;
    Ok(token.map(|token| Secret::new(token.to_owned())))
}

/// The session token, which may be sent in the header and in the query string, but not as two tokens.
pub(crate) fn one_token(
    header: Option<Secret<String>>,
    query: Option<Secret<String>>,
) -> Result<Option<Secret<String>>, Refusal> {
    match (header, query) {
        (Some(one), Some(two)) if one.expose() != two.expose() => {
            Err(Refusal::Incomplete(Incomplete::Duplicate("X-Amz-Security-Token")))
        }
        (one, two) => Ok(one.or(two)),
    }
}

/// SigV4A's regions; SigV4 has its one region in the scope.
pub(crate) fn region_set(algorithm: Algorithm, text: Option<&str>) -> Result<Option<RegionSet>, Refusal> {
    match (algorithm, text) {
        (Algorithm::HmacSha256, _) => Ok(None),
        (Algorithm::EcdsaP256Sha256, Some(text)) => Ok(Some(RegionSet::new(text))),
        (Algorithm::EcdsaP256Sha256, None) => Err(Refusal::Incomplete(Incomplete::RegionSet)),
    }
}
