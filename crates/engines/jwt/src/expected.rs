//! What a token must say to be believed: from whom, to whom, for what, and when.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html>

use std::sync::Arc;

use crate::{Claims, Refusal};

/// How far an issuer's clock may be ahead of ours, in seconds: `nbf` and `iat` may lie as far in the future. A token's
/// end has no such leeway: it ends when it says.
pub const EARLY_S_MAX: i64 = 60;

/// What is expected of a token.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// `iss`, byte for byte.
    pub issuer: &'a str,
    /// One of these must be in `aud`; where a token has no `aud`, its `client_id` must be one of them.
    pub audiences: &'a [Arc<str>],
    /// One of these must be in `scope` or `scp`, unless there are none.
    pub scopes: &'a [Arc<str>],
    /// Now, in seconds since 1970.
    pub now: i64,
}

impl Expected<'_> {
    /// Judges everything but the signature; scopes come last, because a token that grants too little is true all the same.
    pub fn judge(&self, claims: &Claims) -> Result<(), Refusal> {
        let issuer = claims.issuer.as_deref().ok_or(Refusal::Missing("iss"))?;
        if issuer != self.issuer {
            return Err(Refusal::Issuer);
        }
        claims.judge_times(self.now, EARLY_S_MAX)?;
        self.judge_audience(claims)?;
        let grants = |scope: &Arc<str>| claims.scopes.iter().any(|granted| **granted == **scope);
        if self.scopes.is_empty() || self.scopes.iter().any(grants) { Ok(()) } else { Err(Refusal::Scope) }
    }

    fn judge_audience(&self, claims: &Claims) -> Result<(), Refusal> {
        // AWS: `client_id` counts only where there is no `aud`.
        let candidates = match (&claims.client, claims.audiences.as_slice()) {
            (None, []) => return Err(Refusal::Missing("aud")),
            (Some(client), []) => std::slice::from_ref(client),
            (_, audiences) => audiences,
        };
        let is_ours = |candidate: &str| self.audiences.iter().any(|audience| **audience == *candidate);
        if candidates.iter().any(|candidate| is_ours(candidate)) { Ok(()) } else { Err(Refusal::Audience) }
    }
}

impl Claims {
    /// Judges `exp`, which must be there, and `nbf` and `iat` where they are.
    pub fn judge_times(&self, now: i64, early_s_max: i64) -> Result<(), Refusal> {
        let exp = self.expires.ok_or(Refusal::Missing("exp"))?;
        if exp <= now {
            return Err(Refusal::Expired { exp, now });
        }
        let latest = now.saturating_add(early_s_max);
        for (claim, at) in [("nbf", self.not_before), ("iat", self.issued)] {
            if let Some(at) = at.filter(|at| *at > latest) {
                return Err(Refusal::Early { claim, at, now });
            }
        }
        Ok(())
    }
}
