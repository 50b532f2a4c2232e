//! What a token says of itself: from whom, to whom, and when.

use base::Timestamp;
use jwt::Refusal;
use model::iam::OidcProvider;
use operation::{Claims, Untrue};

use super::token::{Many, Own, Token, missing};

/// How far the issuer's clock may be ahead of ours, in seconds.
const SKEW_S: i64 = 300;
/// The bounds of AWS's model.
const SUBJECT_CHARS_MAX: usize = 255;
const METHODS_MAX: usize = 50;
const TAGS_MAX: usize = 50;

/// Judges everything but the signature.
pub(super) fn judge(token: &Token<'_>, provider: &OidcProvider, now: Timestamp) -> Result<Claims, Untrue> {
    let (said, own) = (&token.claims, &token.own);
    if token.issuer()? != provider.issuer {
        return Err(Untrue::Invalid("Issuer of the token is not the provider's".to_owned()));
    }
    said.judge_times(now.as_second(), SKEW_S).map_err(|refusal| untimely(&refusal))?;
    if said.issued.is_none() {
        return Err(missing("iat"));
    }
    let subject = said.subject.as_deref().filter(|sub| !sub.is_empty()).ok_or_else(|| missing("sub"))?;
    if subject.chars().count() > SUBJECT_CHARS_MAX || subject.chars().any(char::is_control) {
        return Err(Untrue::Invalid("Subject of the token is not valid".to_owned()));
    }
    if said.audiences.is_empty() {
        return Err(missing("aud"));
    }
    let audiences: Vec<String> = said.audiences.iter().map(ToString::to_string).collect();
    // AWS: the party that the token was issued to, where one is named, is the audience.
    let candidates = own.azp.as_ref().map_or(audiences.as_slice(), std::slice::from_ref);
    let audience = candidates.iter().find(|candidate| provider.client_ids.contains(*candidate)).cloned();
    let audience = audience.ok_or_else(|| Untrue::Invalid("Incorrect token audience".to_owned()))?;
    let methods = own.amr.as_ref().map(|amr| amr.all().to_vec()).unwrap_or_default();
    if methods.len() > METHODS_MAX {
        return Err(Untrue::Invalid("amr of the token is not valid".to_owned()));
    }
    let (tags, transitive) = tags(own)?;
    Ok(Claims {
        subject: subject.to_owned(),
        audience,
        audiences,
        methods,
        tags,
        transitive,
        source_identity: own.source_identity.clone(),
    })
}

/// AWS's words for a token whose time is not now.
fn untimely(refusal: &Refusal) -> Untrue {
    if let Refusal::Missing(claim) = refusal {
        return missing(claim);
    }
    if let Refusal::Expired { exp, now } = refusal {
        let message = format!("Token expired: current date/time {now} must be before the expiration date/time {exp}");
        return Untrue::Expired(message);
    }
    Untrue::Invalid("Token is not valid yet".to_owned())
}

type SessionTags = (Vec<(String, String)>, Vec<String>);

fn tags(own: &Own) -> Result<SessionTags, Untrue> {
    let Some(given) = &own.tags else { return Ok((Vec::new(), Vec::new())) };
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
