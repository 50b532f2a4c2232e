//! A real HTTP/1.1 backend on a free port.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

pub(crate) type AnswerBody = BoxBody<Bytes, std::io::Error>;

/// What the backend saw.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) verb: http::Method,
    pub(crate) target: String,
    pub(crate) headers: HeaderMap,
    /// `None` when it broke off.
    pub(crate) body: Option<Bytes>,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("text"))
    }
}

#[derive(Clone)]
pub(crate) struct Upstream {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Upstream {
    /// Answers what `answer` says.
    pub(crate) async fn start(answer: impl Fn(&Seen) -> Response<AnswerBody> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("sound");
        let upstream = Self { address: listener.local_addr().expect("sound"), seen: Arc::default() };
        let (answer, seen) = (Arc::new(answer), Arc::clone(&upstream.seen));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (answer, seen) = (Arc::clone(&answer), Arc::clone(&seen));
                let service = service_fn(move |request: Request<Incoming>| {
                    let (answer, seen) = (Arc::clone(&answer), Arc::clone(&seen));
                    async move {
                        let (head, body) = request.into_parts();
                        let body = body.collect().await.ok().map(http_body_util::Collected::to_bytes);
                        let one = Seen { verb: head.method, target: head.uri.to_string(), headers: head.headers, body };
                        let response = answer(&one);
                        seen.lock().expect("sound").push(one);
                        Ok::<_, Infallible>(response)
                    }
                });
                tokio::spawn(
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service),
                );
            }
        });
        upstream
    }

    /// Answers 200 and `ok` to everything.
    pub(crate) async fn ok() -> Self {
        Self::start(|_| Response::new(text("ok"))).await
    }

    /// Accepts, reads a head, and answers these very bytes; then closes where `close` says so, else stays silent.
    pub(crate) async fn raw(answer: &'static [u8], then: Then) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("sound");
        let upstream = Self { address: listener.local_addr().expect("sound"), seen: Arc::default() };
        tokio::spawn(async move {
            let mut silent = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut head = vec![0; 4096];
                let _ = stream.read(&mut head).await;
                let _ = stream.write_all(answer).await;
                match then {
                    Then::Close => drop(stream),
                    Then::StaySilent => silent.push(stream),
                }
            }
        });
        upstream
    }

    pub(crate) fn authority(&self) -> String {
        self.address.to_string()
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("sound").clone()
    }

    /// The only request it saw.
    pub(crate) fn only(&self) -> Seen {
        let seen = self.seen();
        assert_eq!(seen.len(), 1, "one request");
        seen[0].clone()
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Then {
    Close,
    StaySilent,
}

pub(crate) fn text(text: impl Into<Bytes>) -> AnswerBody {
    Full::new(text.into()).map_err(|never| match never {}).boxed()
}
