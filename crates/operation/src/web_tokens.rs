//! The port to identity providers: what is true in a token. The service `sts` implements it, `portcullis` injects it.

use async_trait::async_trait;
use base::Timestamp;
use model::iam::OidcProvider;

/// Judges tokens of OpenID Connect providers.
#[async_trait]
pub trait WebTokens: Send + Sync + std::fmt::Debug {
    /// What a token says of itself, before anything is proven: enough to find its provider.
    fn issuer(&self, token: &str) -> Result<String, Untrue>;

    /// The claims of a token, once its signature, its times and its audience are proven at `now`.
    async fn prove(&self, token: &str, provider: &OidcProvider, now: Timestamp) -> Result<Claims, Untrue>;
}

/// What a provider says of the holder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// `sub`.
    pub subject: String,
    /// The audience that the provider is registered with.
    pub audience: String,
    /// Every audience that the token was made out to.
    pub audiences: Vec<String>,
    /// `amr`: how the holder showed who it is.
    pub methods: Vec<String>,
    /// Session tags, with the keys of those that follow into further sessions.
    pub tags: Vec<(String, String)>,
    /// The keys of tags that follow into further sessions.
    pub transitive: Vec<String>,
    /// The source identity.
    pub source_identity: Option<String>,
}

/// Why a token proves nothing. The texts are shown to whoever brought it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Untrue {
    /// It is no token, or says what is not so.
    #[error("{0}")]
    Invalid(String),
    /// It was true once.
    #[error("{0}")]
    Expired(String),
    /// The provider does not tell its keys.
    #[error("{0}")]
    Unreachable(String),
}

/// For installations and tests without identity providers: nothing is true.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoWebTokens;

#[async_trait]
impl WebTokens for NoWebTokens {
    fn issuer(&self, _: &str) -> Result<String, Untrue> {
        Err(Untrue::Invalid("Couldn't retrieve verification key from your identity provider".to_owned()))
    }

    async fn prove(&self, _: &str, _: &OidcProvider, _: Timestamp) -> Result<Claims, Untrue> {
        let message = "Couldn't retrieve verification key from your identity provider";
        Err(Untrue::Unreachable(message.to_owned()))
    }
}
