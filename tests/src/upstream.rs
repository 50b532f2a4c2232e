//! An upstream that remembers every request it was sent, and can hold its answers back.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// A request as the upstream saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The method.
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Header lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Seen {
    /// All values of a header.
    pub fn all(&self, name: &str) -> Vec<&str> {
        self.headers.iter().filter(|(given, _)| given == name).map(|(_, value)| value.as_str()).collect()
    }
}

/// A running upstream; it ends with this value.
#[derive(Debug)]
pub struct Upstream {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    gate: watch::Sender<Gate>,
    _server: JoinSet<()>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gate {
    Open,
    Closed,
}

impl Upstream {
    /// Starts one on a free port.
    pub async fn start() -> Upstream {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (gate, opened) = watch::channel(Gate::Open);
        let mut server = JoinSet::new();
        server.spawn(accept(listener, Arc::clone(&seen), opened));
        Upstream { address, seen, gate, _server: server }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it was asked so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().expect("no test panics while it holds this").clone()
    }

    /// The targets it was asked for so far.
    pub fn targets(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.target).collect()
    }

    /// From now on requests wait for [`Upstream::release`].
    pub fn hold(&self) {
        self.gate.send_replace(Gate::Closed);
    }

    /// Answers what waits.
    pub fn release(&self) {
        self.gate.send_replace(Gate::Open);
    }
}

async fn accept(listener: TcpListener, seen: Arc<Mutex<Vec<Seen>>>, gate: watch::Receiver<Gate>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let (seen, gate) = (Arc::clone(&seen), gate.clone());
        let service = service_fn(move |request| answer(request, Arc::clone(&seen), gate.clone()));
        // A gateway that abandons a connection is not this server's concern.
        connections.spawn(async move {
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    seen: Arc<Mutex<Vec<Seen>>>,
    mut gate: watch::Receiver<Gate>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes().to_vec()).unwrap_or_default();
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let target = head.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string);
    let answer = serde_json::json!({"path": target, "bytes": body.len()}).to_string();
    let record = Seen {
        method: head.method.to_string(),
        target,
        headers: head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body,
    };
    seen.lock().expect("no test panics while it holds this").push(record);
    // The test that held the gate has ended when the other side is gone.
    let _ = gate.wait_for(|gate| *gate == Gate::Open).await;
    Ok(Response::builder()
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from(answer)))
        .expect("a sound response"))
}
