//! A server on a free port with an echoing handler, and clients that speak raw bytes or TLS to it.

pub(crate) mod http2;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base::clock::SystemClock;
use base::{Clock, Timestamp};
use bytes::Bytes;
use edge::authority::Authority;
use edge::{
    Answer, Arrived, Body, Certificate, CertificateSet, Certificates, Drained, Endpoint, FrontEndRefusal, Handler,
    Limits, Refused, Room, Server, Tls, TurnedAway, Workers, bind, serve,
};
use futures_util::{StreamExt as _, stream};
use http::Response;
use http_body::Frame;
use http_body_util::StreamBody;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{Notify, Semaphore};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Longer than anything here takes; a test that waits this long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// What the handler has seen.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) refusals: Mutex<Vec<FrontEndRefusal>>,
    pub(crate) turned_away: Mutex<Vec<TurnedAway>>,
    /// One permit is added for each request to `/gate` that waits.
    pub(crate) waiting: Semaphore,
    /// Opens `/gate`.
    pub(crate) open: CancellationToken,
    pub(crate) away: Notify,
    /// Told when a request to `/gate` ends, answered or not.
    pub(crate) dropped: Notify,
}

/// Tells when it goes.
struct Tell<'a>(&'a Notify);

impl Drop for Tell<'_> {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            refusals: Mutex::default(),
            turned_away: Mutex::default(),
            waiting: Semaphore::new(0),
            open: CancellationToken::new(),
            away: Notify::new(),
            dropped: Notify::new(),
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Echo(pub(crate) Arc<Seen>);

impl Handler for Echo {
    async fn handle(&self, arrived: Arrived) -> Answer {
        let Arrived { head, body, connection } = arrived;
        assert_ne!(head.target.path(), "/panic", "asked to");
        if head.target.path() == "/gate" {
            let _tell = Tell(&self.0.dropped);
            self.0.waiting.add_permits(1);
            self.0.open.cancelled().await;
        }
        if head.target.path() == "/early" {
            return Response::builder().status(413).body(Body::from("no more")).expect("sound").into();
        }
        if head.target.path() == "/stall" {
            let begun = stream::iter([Ok::<_, std::io::Error>(Frame::data(Bytes::from_static(b"begun")))]);
            return Response::new(Body::stream(StreamBody::new(begun.chain(stream::pending())))).into();
        }
        let names: Vec<String> =
            head.received.iter().map(|(name, value)| format!("{name}={}", String::from_utf8_lossy(value))).collect();
        let (status, bytes) = match body.collect_up_to(1 << 20, &Room::new(1 << 20)).await {
            Ok((bytes, _)) => (200, String::from_utf8_lossy(&bytes).into_owned()),
            Err(error) => (400, error.to_string()),
        };
        let tls = connection.tls.as_ref().map_or_else(String::new, |tls| format!("{tls:?}"));
        let text = format!("{} {}\n{}\n{bytes}\n{tls}", head.method, head.target.as_str(), names.join("|"));
        Response::builder().status(status).body(Body::from(text)).expect("sound").into()
    }

    fn refused(&self, refused: Refused) -> Answer {
        self.0.refusals.lock().expect("sound").push(refused.refusal);
        let mut response = Response::new(Body::from(refused.refusal.to_string()));
        *response.status_mut() = refused.refusal.status();
        response.into()
    }

    fn turned_away(&self, _peer: SocketAddr, why: TurnedAway) {
        self.0.turned_away.lock().expect("sound").push(why);
        self.0.away.notify_one();
    }
}

pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) seen: Arc<Seen>,
    pub(crate) shutdown: CancellationToken,
    pub(crate) server: JoinHandle<std::io::Result<Drained>>,
    pub(crate) authority: Authority,
    pub(crate) certificates: Arc<Certificates>,
}

#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Speaks {
    Plain,
    Tls,
}

pub(crate) fn now() -> Timestamp {
    SystemClock::new().now()
}

pub(crate) fn certificate(authority: &Authority, names: &[&str]) -> Certificate {
    let leaf = authority.issue(names, now()).expect("a leaf");
    Certificate::from_pem(&leaf.chain_pem, &leaf.key_pem).expect("its own key")
}

pub(crate) fn start_with(speaks: Speaks, workers: Workers, limits: Limits) -> Running {
    let authority = Authority::create(now(), "gate.test").expect("a root");
    let set = CertificateSet::new(certificate(&authority, &["localhost", "127.0.0.1"]));
    let certificates = Certificates::new(set);
    let listener = bind("127.0.0.1:0".parse().expect("an address"), "--gateway").expect("a free port");
    let address = listener.local_addr();
    let endpoint = match speaks {
        Speaks::Plain => Endpoint::plain(listener),
        Speaks::Tls => Endpoint::tls(listener, Tls::new(Arc::clone(&certificates)).expect("TLS")),
    };
    let (shutdown, seen) = (CancellationToken::new(), Arc::new(Seen::default()));
    let server = Server {
        endpoints: vec![endpoint],
        limits,
        workers,
        clock: Arc::new(SystemClock::new()),
        shutdown: shutdown.clone(),
    };
    let handler = Echo(Arc::clone(&seen));
    let server = tokio::spawn(serve(server, move |_| handler.clone()));
    Running { address, seen, shutdown, server, authority, certificates }
}

pub(crate) fn start(speaks: Speaks) -> Running {
    start_with(speaks, Workers::Shared, Limits::default())
}

impl Running {
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("it listens")
    }

    /// Sends bytes on a new connection and reads until the server closes it.
    pub(crate) async fn exchange(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.expect("it takes bytes");
        read_to_end(&mut stream).await
    }

    pub(crate) fn refusals(&self) -> Vec<FrontEndRefusal> {
        self.seen.refusals.lock().expect("sound").clone()
    }

    /// Stops the server and says what the drain came to.
    pub(crate) async fn stop(self) -> Drained {
        self.shutdown.cancel();
        patiently(self.server).await.expect("no panic").expect("it served")
    }
}

pub(crate) async fn patiently<T>(future: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, future).await.expect("it answers in time")
}

pub(crate) async fn read_to_end(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    // A reset after the answer is an end, too.
    let _ = patiently(stream.read_to_end(&mut bytes)).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads one answer with a `content-length` off a connection that stays open.
pub(crate) async fn read_answer(stream: &mut (impl AsyncRead + Unpin)) -> String {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).expect("a length");
            if body.len() >= length.parse().expect("a number") {
                return text;
            }
        }
        let mut room = [0; 4096];
        let read = patiently(stream.read(&mut room)).await.expect("it answers");
        assert_ne!(read, 0, "closed after {text:?}");
        bytes.extend_from_slice(&room[..read]);
    }
}
