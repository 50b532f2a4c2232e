//! What a token says of itself: from whom, to whom, and when.

use base::Timestamp;
use model::iam::OidcProvider;
use operation::{Claims, Untrue};

use super::token::{Many, Token, missing};

/// How far the issuer's clock may be ahead of ours, in seconds.
const SKEW_S: i64 = 300;
/// The bounds of AWS's model.
const SUBJECT_CHARS_MAX: usize = 255;
const METHODS_MAX: usize = 50;
const TAGS_MAX: usize = 50;

/// Judges everything but the signature.
pub(super) fn judge(token: &Token<'_>, provider: &OidcProvider, now: Timestamp) -> Result<Claims, Untrue> {
    let body = &token.body;
    if token.issuer()? != provider.issuer {
        return Err(Untrue::Invalid("Issuer of the token is not the provider's".to_owned()));
    }
    if token.header.kid.is_empty() {
        return Err(Untrue::Invalid(super::no_key()));
    }
    times(token, now.as_second())?;
    let subject = body.sub.clone().filter(|sub| !sub.is_empty()).ok_or_else(|| missing("sub"))?;
    if subject.chars().count() > SUBJECT_CHARS_MAX || subject.chars().any(char::is_control) {
        return Err(Untrue::Invalid("Subject of the token is not valid".to_owned()));
    }
    let audiences = body.aud.as_ref().ok_or_else(|| missing("aud"))?.all().to_vec();
    // AWS: the party that the token was issued to, where one is named, is the audience.
    let candidates = body.azp.as_ref().map_or(audiences.as_slice(), std::slice::from_ref);
    let audience = candidates.iter().find(|candidate| provider.client_ids.contains(*candidate)).cloned();
    let audience = audience.ok_or_else(|| Untrue::Invalid("Incorrect token audience".to_owned()))?;
    let methods = body.amr.as_ref().map(|amr| amr.all().to_vec()).unwrap_or_default();
    if methods.len() > METHODS_MAX {
        return Err(Untrue::Invalid("amr of the token is not valid".to_owned()));
    }
    let (tags, transitive) = tags(token)?;
    Ok(Claims {
        subject,
        audience,
        audiences,
        methods,
        tags,
        transitive,
        source_identity: body.source_identity.clone(),
    })
}

fn times(token: &Token<'_>, now: i64) -> Result<(), Untrue> {
    let body = &token.body;
    let seconds = |claim: Option<f64>| claim.filter(|seconds| seconds.is_finite()).map(|seconds| seconds as i64);
    let exp = seconds(body.exp).ok_or_else(|| missing("exp"))?;
    let iat = seconds(body.iat).ok_or_else(|| missing("iat"))?;
    if exp <= now {
        let message = format!("Token expired: current date/time {now} must be before the expiration date/time {exp}");
        return Err(Untrue::Expired(message));
    }
    let latest = now + SKEW_S;
    if iat > latest || seconds(body.nbf).is_some_and(|nbf| nbf > latest) {
        return Err(Untrue::Invalid("Token is not valid yet".to_owned()));
    }
    if body.nbf.is_some_and(|nbf| !nbf.is_finite()) {
        return Err(Untrue::Invalid("Token is not valid yet".to_owned()));
    }
    Ok(())
}

type SessionTags = (Vec<(String, String)>, Vec<String>);

fn tags(token: &Token<'_>) -> Result<SessionTags, Untrue> {
    let Some(given) = &token.body.tags else { return Ok((Vec::new(), Vec::new())) };
    if given.principal_tags.len() > TAGS_MAX || given.transitive_tag_keys.len() > TAGS_MAX {
        return Err(Untrue::Invalid("Too many session tags".to_owned()));
    }
    let one = |(key, values): (&String, &Many)| match values.all() {
        [value] => Ok((key.clone(), value.clone())),
        [] | [_, ..] => Err(Untrue::Invalid("A session tag must have one value".to_owned())),
    };
    let tags = given.principal_tags.iter().map(one).collect::<Result<_, _>>()?;
    Ok((tags, given.transitive_tag_keys.clone()))
}
