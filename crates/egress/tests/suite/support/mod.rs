//! Upstreams on free ports: a scripted one that speaks raw bytes, and hyper over plain TCP or TLS.
use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base::clock::SystemClock;
use bytes::Bytes;
use egress::{Config, Egress, EgressError, Policy, Received, Trust};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls_pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// Longer than anything here takes; a test that waits this long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) async fn patiently<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it answers in time")
}

/// An upstream and how many connections it has accepted.
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    pub(crate) accepted: Arc<AtomicUsize>,
}

impl Upstream {
    pub(crate) fn connections(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }

    pub(crate) fn url(&self, scheme: &str, path: &str) -> String {
        format!("{scheme}://localhost:{}{path}", self.address.port())
    }
}

/// Runs `serve` for each connection.
pub(crate) async fn upstream<F>(serve: impl Fn(TcpStream) -> F + Send + 'static) -> Upstream
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("bound");
    let accepted = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&accepted);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(serve(stream));
        }
    });
    Upstream { address, accepted }
}

/// Answers with what it was asked.
async fn echo(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    let host = head.headers.get("host").map(|host| host.to_str().unwrap_or_default());
    let text = format!(
        "{} {} {:?} host={host:?} body={}",
        head.method,
        head.uri,
        head.version,
        String::from_utf8_lossy(&body)
    );
    Ok(Response::new(Full::from(text)))
}

pub(crate) async fn plain_echo() -> Upstream {
    upstream(|stream| async move {
        let service = service_fn(echo);
        let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    })
    .await
}

/// How a scripted upstream leaves.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Goodbye {
    None,
    Said,
    Unsaid,
}

/// A root and a certificate of it for `name`, with its key.
pub(crate) struct Pki {
    pub(crate) root: String,
    /// What stands in the chain: the leaf, and then a root.
    pub(crate) chain: Vec<rustls_pki_types::CertificateDer<'static>>,
    config: Arc<rustls::ServerConfig>,
}

impl Pki {
    pub(crate) fn new(name: &str, protocol: &'static str) -> Self {
        Self::showing(name, protocol, None)
    }

    /// Shows another's root behind its own leaf.
    pub(crate) fn showing(name: &str, protocol: &'static str, other: Option<&Self>) -> Self {
        let root_key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = params.self_signed(&root_key).expect("a root");
        let issuer = Issuer::new(params, root_key);
        let key = KeyPair::generate().expect("a key");
        let leaf = CertificateParams::new([name.to_owned()]).expect("a name").signed_by(&key, &issuer).expect("a leaf");
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let shown = other.map_or_else(|| root.der().clone(), |other| other.chain[1].clone());
        let chain = vec![leaf.der().clone(), shown];
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(chain.clone(), key)
            .expect("its own key");
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        Self { root: root.pem(), chain, config: Arc::new(config) }
    }

    /// Answers every request with these bytes; with `Goodbye::Said` or `Goodbye::Unsaid` it closes after the first.
    pub(crate) async fn scripted(&self, answer: &'static str, goodbye: Goodbye) -> Upstream {
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::clone(&self.config));
        upstream(move |stream| {
            let acceptor = acceptor.clone();
            async move {
                let Ok(mut stream) = acceptor.accept(stream).await else { return };
                while !read_head(&mut stream).await.is_empty() {
                    let sent = stream.write_all(answer.as_bytes()).await.is_ok() && stream.flush().await.is_ok();
                    match goodbye {
                        Goodbye::None if sent => {}
                        Goodbye::None | Goodbye::Unsaid => return,
                        Goodbye::Said => {
                            let _ = stream.shutdown().await;
                            return;
                        }
                    }
                }
            }
        })
        .await
    }

    pub(crate) async fn echo(&self) -> Upstream {
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::clone(&self.config));
        upstream(move |stream| {
            let acceptor = acceptor.clone();
            async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
                let (io, service) = (TokioIo::new(stream), service_fn(echo));
                if h2 {
                    let builder = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
                    let _ = builder.serve_connection(io, service).await;
                } else {
                    let _ = hyper::server::conn::http1::Builder::new().serve_connection(io, service).await;
                }
            }
        })
        .await
    }
}

pub(crate) fn config(root: Option<&str>) -> Config {
    Config::new(Policy::default(), Vec::new(), root).expect("a root")
}

pub(crate) fn client(config: Config) -> Egress {
    Egress::new(config, Arc::new(SystemClock::new()))
}

pub(crate) fn get(url: &str) -> Request<Full<Bytes>> {
    Request::get(url).body(Full::default()).expect("a request")
}

pub(crate) async fn text(answer: Result<Response<Received>, EgressError>) -> String {
    let body = patiently(answer.expect("an answer").into_body().collect()).await.expect("a whole body");
    String::from_utf8_lossy(&body.to_bytes()).into_owned()
}

pub(crate) async fn ask(client: &Egress, url: &str) -> String {
    text(patiently(client.send(get(url), Trust::Verified)).await).await
}

/// The shortest whole answer.
pub(crate) const OK: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// Reads a request's head off the stream; empty at its end.
pub(crate) async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read_u8().await {
            Ok(byte) => head.push(byte),
            Err(_) => return String::new(),
        }
    }
    String::from_utf8_lossy(&head).into_owned()
}
