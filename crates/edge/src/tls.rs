//! TLS 1.2 and 1.3: which certificate a client sees, and what a handshake may agree on.

use std::collections::HashMap;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use arc_swap::ArcSwap;
use base::Secret;
use rustls::CipherSuite;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Why a certificate cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The chain is not PEM, or holds no certificate.
    #[error("the certificate chain is not PEM")]
    Chain,
    /// The key is not PEM.
    #[error("the private key is not PEM")]
    Key,
    /// The key is of a kind we do not sign with, or is not the certificate's.
    #[error("the private key does not fit the certificate")]
    Mismatch(#[source] rustls::Error),
    /// The provider cannot serve TLS 1.2 and 1.3; a fault of the build.
    #[error("TLS cannot be set up")]
    Provider(#[source] rustls::Error),
}

/// A chain and its private key.
#[derive(Debug, Clone)]
pub struct Certificate(Arc<CertifiedKey>);

impl Certificate {
    /// Reads a chain (the server's own certificate first) and its key.
    pub fn from_pem(chain: &str, key: &Secret<String>) -> Result<Self, CertificateError> {
        let chain = CertificateDer::pem_slice_iter(chain.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| CertificateError::Chain)?;
        if chain.is_empty() {
            return Err(CertificateError::Chain);
        }
        let key = PrivateKeyDer::from_pem_slice(key.expose().as_bytes()).map_err(|_| CertificateError::Key)?;
        let certified = CertifiedKey::from_der(chain, key, &provider()).map_err(CertificateError::Mismatch)?;
        Ok(Self(Arc::new(certified)))
    }
}

/// Which certificate answers which name. Made whole, then swapped in.
#[derive(Debug)]
pub struct CertificateSet {
    default: Certificate,
    exact: HashMap<Box<str>, Certificate>,
    /// `*.example.com` under `example.com`; the star stands for one label.
    wildcard: HashMap<Box<str>, Certificate>,
}

impl CertificateSet {
    /// A set that answers every name with `default`: clients without SNI, and names nobody serves, must
    /// still get their answer (a 403), and a TLS alert would tell them less.
    pub fn new(default: Certificate) -> Self {
        Self { default, exact: HashMap::new(), wildcard: HashMap::new() }
    }

    /// Answers `name`, or `*.name` for every name one label longer, with `certificate`.
    #[must_use]
    pub fn with(mut self, name: &str, certificate: Certificate) -> Self {
        let name = name.to_ascii_lowercase();
        match name.strip_prefix("*.") {
            Some(suffix) => self.wildcard.insert(suffix.into(), certificate),
            None => self.exact.insert(name.into(), certificate),
        };
        self
    }

    fn find(&self, name: Option<&str>) -> &Certificate {
        let Some(name) = name else { return &self.default };
        let name = name.to_ascii_lowercase();
        let wildcard = || name.split_once('.').and_then(|(_, suffix)| self.wildcard.get(suffix));
        self.exact.get(name.as_str()).or_else(wildcard).unwrap_or(&self.default)
    }
}

/// The set in force. Replacing it touches no open connection.
#[derive(Debug)]
pub struct Certificates(ArcSwap<CertificateSet>);

impl Certificates {
    /// Puts a first set in force.
    pub fn new(set: CertificateSet) -> Arc<Self> {
        Arc::new(Self(ArcSwap::from_pointee(set)))
    }

    /// Puts another set in force, for the handshakes to come.
    pub fn replace(&self, set: CertificateSet) {
        self.0.store(Arc::new(set));
    }
}

impl ResolvesServerCert for Certificates {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.0.load().find(hello.server_name()).0))
    }
}

/// What every handshake on an endpoint may agree on.
#[derive(Debug, Clone)]
pub struct Tls(pub(crate) Arc<rustls::ServerConfig>);

impl Tls {
    /// TLS 1.2 (AEAD) and 1.3, post-quantum key exchange first, HTTP/2 before HTTP/1.1.
    pub fn new(certificates: Arc<Certificates>) -> Result<Self, CertificateError> {
        let mut config = rustls::ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(CertificateError::Provider)?
            .with_no_client_auth()
            .with_cert_resolver(certificates);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config.ignore_client_order = true;
        // Sessions live in tickets, under keys that rotate by themselves; nothing is kept per client.
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.ticketer = aws_lc_rs::Ticketer::new().map_err(CertificateError::Provider)?;
        config.send_tls13_tickets = 1;
        // SECURITY: data before the handshake's end can be replayed (RFC 8446, appendix E.5).
        config.max_early_data_size = 0;
        Ok(Self(Arc::new(config)))
    }
}

/// The one provider. `prefer-post-quantum` puts X25519MLKEM768 first; which group is taken, the client decides.
///
/// AES-128 with SHA-256 stands before AES-256 with SHA-384, as in AWS's policies: most processors hash SHA-256 in hardware
/// and few SHA-384, which costs a handshake a seventh of its time.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html>
fn provider() -> Arc<CryptoProvider> {
    static PROVIDER: std::sync::OnceLock<Arc<CryptoProvider>> = std::sync::OnceLock::new();
    Arc::clone(PROVIDER.get_or_init(|| {
        let mut provider = aws_lc_rs::default_provider();
        let first = [
            CipherSuite::TLS13_AES_128_GCM_SHA256,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            CipherSuite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
        ];
        provider.cipher_suites.sort_by_key(|suite| !first.contains(&suite.suite()));
        Arc::new(provider)
    }))
}

/// A socket of which a client that has not finished its handshake can make us read only so much.
#[derive(Debug)]
pub(crate) struct Bounded<T> {
    inner: T,
    left: Option<usize>,
}

impl<T> Bounded<T> {
    pub(crate) fn new(inner: T, bytes_max: usize) -> Self {
        Self { inner, left: Some(bytes_max) }
    }

    pub(crate) fn inner(&self) -> &T {
        &self.inner
    }

    /// The handshake is done.
    pub(crate) fn unbound(&mut self) {
        self.left = None;
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Bounded<T> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buffer))?;
        if let Some(left) = self.left {
            let left = left.checked_sub(buffer.filled().len() - before);
            self.left = Some(left.ok_or_else(|| io::Error::other("the handshake is too long"))?);
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Bounded<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        // The kernel takes one slice faster by itself, and most answers are one record.
        match slices {
            [only] => Pin::new(&mut self.inner).poll_write(cx, only),
            slices => Pin::new(&mut self.inner).poll_write_vectored(cx, slices),
        }
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}
