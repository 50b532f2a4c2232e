//! Gets a document over the network, where the egress rules let it.

use std::sync::Arc;

use async_trait::async_trait;
use base::Clock;
use base::limits::JWKS_BYTES_MAX;
use bytes::Bytes;
use egress::{Config, Egress, Trust};
use http_body_util::{BodyExt as _, Empty, Limited};

/// The SHA-1 of a certificate.
pub type Thumbprint = [u8; 20];

/// Gets documents.
#[async_trait]
pub trait Fetch: Send + Sync + std::fmt::Debug {
    /// The body at a URL, if it is there and not too large. A server that is not known to the system must be known by one
    /// of the thumbprints, where there are any.
    async fn get(&self, url: &str, thumbprints: &[Thumbprint]) -> Result<Bytes, String>;
}

#[async_trait]
impl<T: Fetch> Fetch for Arc<T> {
    async fn get(&self, url: &str, thumbprints: &[Thumbprint]) -> Result<Bytes, String> {
        T::get(self, url, thumbprints).await
    }
}

/// The network. Looks are rare: each has connections of its own. No redirect is followed.
#[derive(Debug)]
pub(crate) struct Network {
    pub(crate) config: Config,
    pub(crate) clock: Arc<dyn Clock>,
}

#[async_trait]
impl Fetch for Network {
    async fn get(&self, url: &str, thumbprints: &[Thumbprint]) -> Result<Bytes, String> {
        let egress = Egress::new(self.config.clone().pinned(thumbprints.to_vec()), Arc::clone(&self.clock));
        let request = http::Request::get(url).header("accept", "application/json").body(Empty::<Bytes>::new());
        let request = request.map_err(|fault| fault.to_string())?;
        let answer = egress.send(request, Trust::Verified).await.map_err(|fault| base::with_causes(&fault))?;
        if answer.status() != http::StatusCode::OK {
            return Err(format!("{url} answers {}", answer.status()));
        }
        // INVARIANT: what is longer is not read to its end.
        let body = Limited::new(answer.into_body(), JWKS_BYTES_MAX).collect().await;
        Ok(body.map_err(|fault| format!("{url}: {fault}"))?.to_bytes())
    }
}
