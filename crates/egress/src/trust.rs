//! Which upstream certificates are believed.

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::sync::OnceCell;
use x509_parser::prelude::{FromDer as _, X509Certificate};

use crate::config::ConfigError;
use crate::error::EgressError;
use crate::pinned::{Pinned, Thumbprint};

/// How an upstream's certificate is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Trust {
    /// By a chain to a trusted root.
    #[default]
    Verified,
    /// By its name and its dates only (AWS: `insecureSkipVerification`).
    Unchecked,
}

/// The trusted roots, read when first needed.
#[derive(Debug)]
pub(crate) struct Roots {
    private: Vec<CertificateDer<'static>>,
    /// Where there are any, they stand in for the private roots.
    thumbprints: Vec<Thumbprint>,
    verified: OnceCell<Arc<ClientConfig>>,
    unchecked: OnceCell<Arc<ClientConfig>>,
}

impl Roots {
    pub(crate) fn new(private: Option<&str>) -> Result<Self, ConfigError> {
        let private = CertificateDer::pem_slice_iter(private.unwrap_or_default().as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .ok()
            .filter(|found| private.is_none() || !found.is_empty())
            .ok_or(ConfigError::PrivateRoot)?;
        let mut store = RootCertStore::empty();
        for root in &private {
            store.add(root.clone()).map_err(|_| ConfigError::PrivateRoot)?;
        }
        Ok(Self { private, thumbprints: Vec::new(), verified: OnceCell::new(), unchecked: OnceCell::new() })
    }

    /// The same roots, but whoever is not known to the system must be known by a thumbprint.
    pub(crate) fn pinned(&self, thumbprints: Vec<Thumbprint>) -> Self {
        Self { private: self.private.clone(), thumbprints, verified: OnceCell::new(), unchecked: OnceCell::new() }
    }

    pub(crate) async fn config(&self, trust: Trust) -> Result<Arc<ClientConfig>, EgressError> {
        let cell = match trust {
            Trust::Verified => &self.verified,
            Trust::Unchecked => &self.unchecked,
        };
        let config = cell.get_or_try_init(|| async {
            let verifier: Arc<dyn ServerCertVerifier> = match trust {
                Trust::Verified => self.read().await?,
                Trust::Unchecked => Arc::new(NameAndDates),
            };
            client_config(verifier)
        });
        config.await.map(Arc::clone).map_err(EgressError::Roots)
    }

    async fn read(&self) -> Result<Arc<dyn ServerCertVerifier>, Error> {
        // Reading a hundred files is too long for a thread that serves requests.
        let found = tokio::task::spawn_blocking(rustls_native_certs::load_native_certs).await;
        let found = found.map_err(|error| Error::General(error.to_string()))?;
        for error in &found.errors {
            tracing::warn!(%error, "a system root cannot be read");
        }
        let mut store = RootCertStore::empty();
        store.add_parsable_certificates(found.certs);
        if !self.thumbprints.is_empty() {
            return Ok(Arc::new(Pinned { system: store, thumbprints: self.thumbprints.clone() }));
        }
        store.add_parsable_certificates(self.private.iter().cloned());
        if store.is_empty() {
            return Err(Error::General("this machine has no trusted roots, and no private root is given".to_owned()));
        }
        Ok(chains_to(store)?)
    }
}

pub(crate) fn chains_to(roots: RootCertStore) -> Result<Arc<WebPkiServerVerifier>, Error> {
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()).build();
    verifier.map_err(|error| Error::General(error.to_string()))
}

fn client_config(verifier: Arc<dyn ServerCertVerifier>) -> Result<Arc<ClientConfig>, Error> {
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

pub(crate) fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: std::sync::OnceLock<Arc<CryptoProvider>> = std::sync::OnceLock::new();
    Arc::clone(PROVIDER.get_or_init(|| Arc::new(aws_lc_rs::default_provider())))
}

/// Believes any issuer, but neither another host's certificate nor one out of date, as AWS does under
/// `insecureSkipVerification`. <https://docs.aws.amazon.com/apigateway/latest/api/API_TlsConfig.html>
#[derive(Debug)]
pub(crate) struct NameAndDates;

impl ServerCertVerifier for NameAndDates {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let (_, read) = X509Certificate::from_der(end_entity).map_err(|_| CertificateError::BadEncoding)?;
        let (from, to) = (read.validity().not_before.timestamp(), read.validity().not_after.timestamp());
        let now = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if now < from {
            return Err(CertificateError::NotValidYet.into());
        }
        if now > to {
            return Err(CertificateError::Expired.into());
        }
        rustls::client::verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &provider().signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        provider().signature_verification_algorithms.supported_schemes()
    }
}
