//! Tokens of OpenID Connect providers: read, and proven with the keys that their issuers publish.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc.html>
//!
//! `token` reads a token, `keys` verifies its signature, `claims` judges what it says, `issuers` finds and keeps the keys.

mod claims;
mod issuers;
mod keys;
mod token;

use std::sync::Arc;

use async_trait::async_trait;
use base::{Clock, Timestamp};
use model::iam::OidcProvider;
use operation::{Claims, Untrue, WebTokens};

use issuers::{Issuers, Network};
use token::Token;

/// Tokens of issuers that are reached over the network.
#[derive(Debug)]
pub struct IssuerTokens {
    issuers: Issuers,
}

impl IssuerTokens {
    /// Reaches issuers only where the rules of `egress` let it.
    pub fn new(egress: egress::Config, clock: Arc<dyn Clock>) -> Self {
        let network = Network { config: egress, clock: Arc::clone(&clock) };
        Self { issuers: Issuers::new(Box::new(network), clock) }
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
        let key = self.issuers.key(provider, &token.header.kid).await?;
        key.verify(token.header.alg, token.signed, &token.signature)?;
        Ok(claims)
    }
}

/// AWS's words for a key that cannot be had.
fn no_key() -> String {
    "Couldn't retrieve verification key from your identity provider,  please reference AssumeRoleWithWebIdentity documentation for requirements".to_owned()
}

#[cfg(test)]
mod tests;
