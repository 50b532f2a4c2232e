//! Tokens of OpenID Connect providers: read, and proven with the keys that their issuers publish.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>
//!
//! `token` reads a token and `claims` judges what it says, in AWS's words; `jwt` and `issuers` do the rest.

mod claims;
mod token;

use std::sync::Arc;

use async_trait::async_trait;
use base::{Clock, Timestamp};
use issuers::{Issuers, NoKey, Place, Rules, Thumbprint};
use model::iam::OidcProvider;
use operation::{Claims, Untrue, WebTokens};

use token::Token;

/// Tokens of issuers that are reached over the network.
#[derive(Debug)]
pub struct IssuerTokens {
    issuers: Issuers,
}

impl IssuerTokens {
    /// Reaches issuers only where the rules of `egress` let it.
    pub fn new(egress: egress::Config, clock: Arc<dyn Clock>) -> Self {
        Self { issuers: Issuers::new(egress, clock, Rules::WEB_IDENTITIES) }
    }
}

#[async_trait]
impl WebTokens for IssuerTokens {
    fn issuer(&self, token: &str) -> Result<String, Untrue> {
        Token::read(token)?.issuer()
    }

    async fn prove(&self, token: &str, provider: &OidcProvider, now: Timestamp) -> Result<Claims, Untrue> {
        let token = Token::read(token)?;
        // SECURITY: what is wrong by the token's own words costs the issuer nothing.
        let claims = claims::judge(&token, provider, now)?;
        let key = self.issuers.key(&place(provider), &token.jws.kid).await.map_err(|none| match none {
            NoKey::Unknown => Untrue::Invalid(no_key()),
            NoKey::Unreachable(_) => Untrue::Unreachable(no_key()),
        })?;
        let wrong = |_| Untrue::Invalid("Signature of the token does not verify".to_owned());
        key.verify(&token.jws).map_err(wrong)?;
        Ok(claims)
    }
}

/// Registered thumbprints are hexadecimal; what is not is nobody's.
fn place(provider: &OidcProvider) -> Place {
    let read = |text: &String| {
        let mut bytes = Thumbprint::default();
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = text.get(2 * at..2 * at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or_default();
        }
        bytes
    };
    Place {
        url: format!("https://{}", provider.issuer).into(),
        thumbprints: provider.thumbprints.iter().map(read).collect(),
    }
}

/// AWS's words for a key that cannot be had.
fn no_key() -> String {
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements".to_owned()
}

#[cfg(test)]
mod tests;
