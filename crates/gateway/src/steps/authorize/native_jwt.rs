//! The native JWT authorizer: the request's token is proven here, and no function is asked.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html>
//!
//! Beyond AWS, where only HTTP APIs have it. A REST API's owner writes `jwt://ISSUER-HOST/PATH?audience=…&scope=…` where a
//! function's URI would stand.

use std::borrow::Cow;
use std::sync::Arc;

use base::Timestamp;
use edge::ReceivedHeaders;
use jwt::{Claims, Refusal};
use snapshot::JwtAuthorizer;

use crate::reason::{Authorize, Reason, Token, cut};
use crate::refused::{Refused, ResponseType};
use crate::tokens::{Proven, Tokens, Unproven};

/// Whoever a token was issued to.
#[derive(Debug, Clone)]
pub struct Bearer {
    claims: Arc<Claims>,
    reason: Token,
}

impl Bearer {
    /// `$context.authorizer.principalId`: the token's `sub`, which it need not have.
    pub fn principal_id(&self) -> Option<&str> {
        self.claims.subject.as_deref()
    }

    /// `$context.authorizer.claims.NAME`: texts as they are, numbers and truths as text, anything else as JSON.
    pub fn claim(&self, name: &str) -> Option<Cow<'_, str>> {
        self.claims.text(name)
    }

    /// All claims, for `requestContext.authorizer.claims` of a function's event.
    pub fn claims(&self) -> impl Iterator<Item = (&str, Cow<'_, str>)> {
        self.claims.texts()
    }

    /// Why it may pass.
    pub fn reason(&self) -> &Token {
        &self.reason
    }
}

/// Proves the token in the authorizer's header, at the moment the request arrived.
pub async fn prove(
    received: &ReceivedHeaders,
    authorizer: &JwtAuthorizer,
    tokens: &Tokens,
    now: Timestamp,
) -> Result<Bearer, Refused> {
    let mut values = received.get_all(&authorizer.header);
    let value = values.next();
    // SECURITY: of two tokens the backend may read the other one.
    if values.next().is_some() {
        let reason = Token::Twice { header: Arc::clone(&authorizer.header) };
        return Err(Refused::gateway(ResponseType::Unauthorized, Reason::Authorize(Authorize::Token(reason))));
    }
    prove_value(value.unwrap_or_default(), authorizer, tokens, now).await
}

/// Proves a header's value: the token, perhaps behind `Bearer`. For who asks what an authorizer would say, too.
pub async fn prove_value(
    value: &[u8],
    authorizer: &JwtAuthorizer,
    tokens: &Tokens,
    now: Timestamp,
) -> Result<Bearer, Refused> {
    let token = bare(value);
    if token.is_empty() {
        let reason = Token::Missing { header: Arc::clone(&authorizer.header) };
        return Err(Refused::gateway(ResponseType::Unauthorized, Reason::Authorize(Authorize::Token(reason))));
    }
    // What is not ASCII is not base64url either.
    let text = std::str::from_utf8(token).map_err(|_| Unproven::Refused(Refusal::NotThreeParts));
    let proven = match text {
        Ok(text) => tokens.prove(text, authorizer, now).await,
        Err(unproven) => Err(unproven),
    };
    match proven {
        Ok(Proven { claims, seen }) => {
            let subject = cut(claims.subject.as_deref().unwrap_or_default());
            let reason = Token::Proven { issuer: Arc::clone(&authorizer.issuer), subject, seen };
            Ok(Bearer { claims, reason })
        }
        Err(unproven) => Err(refused(&unproven, authorizer)),
    }
}

/// The value without `Bearer` (in any case) and blanks around it.
fn bare(value: &[u8]) -> &[u8] {
    let value = value.trim_ascii();
    match value.split_at_checked(b"Bearer".len()) {
        Some((scheme, rest))
            if scheme.eq_ignore_ascii_case(b"Bearer") && rest.first().is_none_or(|byte| *byte == b' ') =>
        {
            rest.trim_ascii()
        }
        Some(_) | None => value,
    }
}

fn refused(unproven: &Unproven, authorizer: &JwtAuthorizer) -> Refused {
    let issuer = Arc::clone(&authorizer.issuer);
    let (kind, reason) = match unproven {
        Unproven::Refused(Refusal::Scope) => {
            let scopes = cut(&authorizer.scopes.join(" "));
            (ResponseType::AccessDenied, Token::Scope { issuer, scopes })
        }
        Unproven::Refused(refusal) => {
            (ResponseType::Unauthorized, Token::Refused { issuer, why: cut(&refusal.to_string()) })
        }
        // SECURITY: a token that nobody can judge is not believed.
        Unproven::NoKeys(why) => (ResponseType::AuthorizerConfigurationError, Token::Keys { issuer, why: cut(why) }),
    };
    Refused::gateway(kind, Reason::Authorize(Authorize::Token(reason)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_stands_behind_bearer_or_alone() {
        for (value, token) in [
            ("a.b.c", "a.b.c"),
            ("Bearer a.b.c", "a.b.c"),
            ("bearer  a.b.c ", "a.b.c"),
            ("BEARER a.b.c", "a.b.c"),
            ("Bearer", ""),
            ("Bearer ", ""),
            ("", ""),
            ("Basic a.b.c", "Basic a.b.c"),
            ("Bearera.b.c", "Bearera.b.c"),
            ("Bearer Bearer a.b.c", "Bearer a.b.c"),
        ] {
            assert_eq!(bare(value.as_bytes()), token.as_bytes(), "{value:?}");
        }
    }
}
