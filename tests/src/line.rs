//! A client that sends exactly the bytes it is told to, in TLS or in the clear.

use std::net::SocketAddr;
use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::{Answer, Installation, PATIENCE};

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// An HTTP/1.1 connection.
pub struct Line {
    stream: BufReader<Box<dyn Stream>>,
}

impl Line {
    /// Connects in TLS, asking for `host`.
    pub async fn secure(installation: &Installation, host: &str) -> std::io::Result<Line> {
        Line::secure_at(installation.gateway(), installation.ca(), host).await
    }

    /// Connects in TLS to an address, trusting `root` only.
    pub async fn secure_at(address: SocketAddr, root: CertificateDer<'static>, host: &str) -> std::io::Result<Line> {
        let stream = handshake(address, root, host, "http/1.1").await?;
        Ok(Line { stream: BufReader::new(Box::new(stream)) })
    }

    /// Connects in the clear.
    pub async fn plain(address: SocketAddr) -> std::io::Result<Line> {
        Ok(Line { stream: BufReader::new(Box::new(TcpStream::connect(address).await?)) })
    }

    /// Sends these bytes.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) -> std::io::Result<()> {
        self.stream.write_all(bytes.as_ref()).await?;
        self.stream.flush().await
    }

    /// The next answer; `None` when the server closes first.
    pub async fn answer(&mut self) -> Option<Answer> {
        timeout(PATIENCE, Answer::read(&mut self.stream)).await.expect("an answer or an end in time")
    }

    /// Sends a request and reads its answer.
    pub async fn ask(&mut self, request: impl AsRef<[u8]>) -> Option<Answer> {
        self.send(request).await.ok()?;
        self.answer().await
    }

    /// Whatever the server sends until it closes the connection.
    pub async fn rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // How it closes does not matter here, only that it does.
        let _ = timeout(PATIENCE, self.stream.read_to_end(&mut rest)).await.expect("the server closes in time");
        rest
    }
}

/// Connects to a server of the local authority with one application protocol.
pub async fn handshake(
    address: SocketAddr,
    root: CertificateDer<'static>,
    host: &str,
    protocol: &str,
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots.add(root).expect("a root certificate");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let versions = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let mut config = versions.expect("sound versions").with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
    let name = ServerName::try_from(host.to_owned()).expect("a host name");
    let stream = TcpStream::connect(address).await?;
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}
