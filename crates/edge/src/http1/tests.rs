//! The connection loop over a pipe: pauses, bodies read elsewhere, answers that break off.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use base::Clock;
use base::clock::ManualClock;
use bytes::Bytes;
use futures_util::future::poll_immediate;
use futures_util::stream;
use http::Response;
use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::task::JoinHandle;

use crate::body::{Body, BodyError};
use crate::connection::Connection;
use crate::dates::Dates;
use crate::doubles::Announced;
use crate::handler::{Answer, Arrived, Handler, Refused};
use crate::http1::{Farewell, Line, serve};
use crate::limits::Limits;
use crate::refusal::FrontEndRefusal;
use crate::room::Room;
use crate::shared::{Overdue, Shared};
use crate::transport::Transport;

/// Answers by path; keeps the body of `/keep`, and what it refused.
#[derive(Default)]
pub(super) struct Paths {
    kept: Mutex<Option<Body>>,
    refusals: Mutex<Vec<FrontEndRefusal>>,
}

fn frames(parts: Vec<Result<&'static [u8], BodyError>>) -> Body {
    let frames = parts.into_iter().map(|part| part.map(|part| Frame::data(Bytes::from_static(part))));
    Body::stream(StreamBody::new(stream::iter(frames)))
}

impl Handler for Paths {
    async fn handle(&self, arrived: Arrived) -> Answer {
        let body = match arrived.head.target.path() {
            "/chunks" => frames(vec![Ok(b"abc"), Ok(b""), Ok(b"de")]),
            "/broken" => frames(vec![Ok(b"abc"), Err(BodyError::TooSlow)]),
            "/short" => Body::stream(Announced(frames(vec![Ok(b"abc")]), 4)),
            "/long" => Body::stream(Announced(frames(vec![Ok(b"abc"), Ok(b"HTTP/1.1 200 OK\r\n\r\n")]), 4)),
            "/interim" => {
                let mut response = Response::new(Body::from("x"));
                *response.status_mut() = http::StatusCode::SWITCHING_PROTOCOLS;
                return response.into();
            }
            "/keep" => {
                *self.kept.lock().expect("sound") = Some(arrived.body);
                std::future::pending().await
            }
            "/early" => {
                *self.kept.lock().expect("sound") = Some(arrived.body);
                Body::from("early")
            }
            "/echo" => match arrived.body.collect_up_to(1 << 20, &Room::new(1 << 20)).await {
                Ok((bytes, _)) => Body::from(bytes),
                Err(error) => Body::from(error.to_string()),
            },
            _ => Body::from("x"),
        };
        Response::new(body).into()
    }

    fn refused(&self, refused: Refused) -> Answer {
        self.refusals.lock().expect("sound").push(refused.refusal);
        Response::new(Body::empty()).into()
    }
}

pub(super) struct Served {
    pub(super) client: DuplexStream,
    line: Arc<Line>,
    paths: Arc<Paths>,
    pub(super) task: JoinHandle<Farewell>,
}

/// A connection whose buffer holds `room` bytes each way.
fn connect(room: usize) -> (Arc<Line>, DuplexStream, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(base::Timestamp::UNIX_EPOCH));
    let address = "127.0.0.1:1".parse().expect("an address");
    let facts = Connection::new(address, address, base::Timestamp::UNIX_EPOCH);
    let shared = Shared::new(facts, Arc::new(Limits::default()), Arc::clone(&clock) as Arc<dyn Clock>);
    let (ours, client) = tokio::io::duplex(room);
    (Line::new(Transport::Pipe(ours), shared), client, clock)
}

/// Serves one in a task.
pub(super) fn start(room: usize) -> Served {
    let (line, client, _clock) = connect(room);
    let (paths, served) = (Arc::new(Paths::default()), Arc::clone(&line));
    let handler = Arc::clone(&paths);
    let task = tokio::spawn(async move {
        let farewell = serve(&*handler, &served, &Dates::default()).await;
        drop(served.close());
        farewell
    });
    Served { client, line, paths, task }
}

impl Served {
    async fn send(&mut self, text: &str) {
        self.client.write_all(text.as_bytes()).await.expect("it takes bytes");
    }

    /// Reads until `end` has come.
    async fn until(&mut self, end: &str) -> String {
        let mut text = String::new();
        while !text.ends_with(end) {
            let byte = self.client.read_u8().await.unwrap_or_else(|_| panic!("closed after {text:?}"));
            text.push(char::from(byte));
        }
        text
    }

    /// Reads to the connection's end, and says how it ended.
    async fn rest(mut self) -> (String, Farewell) {
        let mut bytes = Vec::new();
        self.client.read_to_end(&mut bytes).await.expect("an end");
        (String::from_utf8_lossy(&bytes).into_owned(), self.task.await.expect("no panic"))
    }
}

fn ask(path: &str, more: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: a\r\n{more}\r\n")
}

#[tokio::test]
async fn an_idle_connection_lets_its_buffers_go_and_wakes_for_the_next_request() {
    let (line, mut client, clock) = connect(1024);
    let (paths, dates) = (Paths::default(), Dates::default());
    let mut serving = Box::pin(serve(&paths, &line, &dates));
    for _ in 0..3 {
        client.write_all(ask("/x", "").as_bytes()).await.expect("it takes bytes");
        assert!(poll_immediate(serving.as_mut()).await.is_none());
        let mut room = [0; 256];
        let read = client.read(&mut room).await.expect("an answer");
        assert!(room[..read].ends_with(b"\r\n\r\nx"));
        assert_ne!(line.wire().inbound.capacity(), 0, "while it is busy it keeps its buffer");
        clock.advance(Duration::from_secs(1));
        assert_eq!(line.shared.overdue(), Some(Overdue::Doze));
        assert!(poll_immediate(serving.as_mut()).await.is_none());
        assert_eq!(line.wire().inbound.capacity(), 0);
    }
    clock.advance(Limits::default().idle_timeout);
    assert_eq!(line.shared.overdue(), Some(Overdue::Head));
    assert_eq!(poll_immediate(serving.as_mut()).await, Some(Farewell::Close));
}

#[tokio::test]
async fn half_a_head_is_no_pause() {
    let (line, mut client, clock) = connect(1024);
    let (paths, dates) = (Paths::default(), Dates::default());
    let mut serving = Box::pin(serve(&paths, &line, &dates));
    client.write_all(b"GET /x HTT").await.expect("it takes bytes");
    assert!(poll_immediate(serving.as_mut()).await.is_none());
    clock.advance(Limits::default().head_timeout);
    assert_eq!(line.shared.overdue(), Some(Overdue::Head));
    assert_eq!(poll_immediate(serving.as_mut()).await, Some(Farewell::Close));
    assert_eq!(*paths.refusals.lock().expect("sound"), [FrontEndRefusal::HeadTimeout]);
}

#[tokio::test]
async fn a_body_of_unknown_length_is_sent_in_chunks() {
    let mut served = start(16);
    served.send(&ask("/chunks", "Connection: close\r\n")).await;
    let (text, farewell) = served.rest().await;
    assert!(
        text.ends_with(
            "transfer-encoding: chunked\r\ndate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        ),
        "{text}"
    );
    assert_eq!(farewell, Farewell::Close);
}

#[tokio::test]
async fn an_old_client_gets_a_body_that_the_connection_ends() {
    let mut served = start(1024);
    served.send("GET /chunks HTTP/1.0\r\n\r\n").await;
    let (text, farewell) = served.rest().await;
    assert!(
        text.starts_with("HTTP/1.0 200 OK\r\nconnection: close\r\ndate") && text.ends_with("\r\n\r\nabcde"),
        "{text}"
    );
    assert_eq!(farewell, Farewell::Close);
}

#[tokio::test]
async fn an_answer_that_breaks_off_never_looks_whole() {
    for (path, version, end) in [
        ("/broken", "1.1", Farewell::Abort),
        ("/broken", "1.0", Farewell::Reset),
        ("/short", "1.1", Farewell::Abort),
        ("/short", "1.0", Farewell::Abort),
        ("/long", "1.1", Farewell::Abort),
    ] {
        let mut served = start(1024);
        served.send(&format!("GET {path} HTTP/{version}\r\nHost: a\r\n\r\n")).await;
        let (text, farewell) = served.rest().await;
        assert_eq!(farewell, end, "{path} {version}");
        assert!(!text.contains("0\r\n\r\n") && text.matches("HTTP/1.").count() == 1, "{path} {version}: {text:?}");
        assert!(text.contains("abc"), "what came is passed on: {text:?}");
    }
}

#[tokio::test]
async fn a_handlers_interim_answer_is_a_fault_of_ours() {
    let mut served = start(1024);
    served.send(&ask("/interim", "")).await;
    let (text, _) = served.rest().await;
    assert!(
        text.starts_with("HTTP/1.1 500 Internal Server Error\r\nconnection: close\r\ncontent-length: 0\r\n"),
        "{text}"
    );
}

#[tokio::test]
async fn a_body_is_read_from_another_task_and_hears_of_the_connections_end() {
    let mut served = start(1024);
    served.send("POST /keep HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n").await;
    let paths = Arc::clone(&served.paths);
    let mut body = loop {
        if let Some(body) = paths.kept.lock().expect("sound").take() {
            break body;
        }
        tokio::task::yield_now().await;
    };
    let (told, mut heard) = tokio::sync::mpsc::unbounded_channel();
    let reader = tokio::spawn(async move {
        while let Some(frame) = body.frame().await {
            told.send(frame.map(|frame| frame.into_data().expect("data"))).expect("somebody listens");
        }
    });
    assert_eq!(heard.recv().await.expect("a frame").expect("data"), "abc");
    served.send("2\r\nde\r\n").await;
    assert_eq!(heard.recv().await.expect("a frame").expect("data"), "de");
    drop(served.line.close());
    assert!(matches!(heard.recv().await.expect("an end"), Err(BodyError::Broken(_))));
    reader.await.expect("no panic");
    served.task.abort();
}

#[tokio::test]
async fn only_a_body_that_is_asked_for_is_told_to_continue() {
    let expect = "Expect: 100-continue\r\nContent-Length: 3\r\n";
    let mut served = start(16);
    served.send(&ask("/echo", expect)).await;
    served.until("HTTP/1.1 100 Continue\r\n\r\n").await;
    served.send("abc").await;
    assert!(served.until("abc").await.starts_with("HTTP/1.1 200 OK\r\n"));
    // Sent at once, it needs no word.
    served.send(&format!("{}abc", ask("/echo", expect))).await;
    assert!(served.until("abc").await.starts_with("HTTP/1.1 200 OK\r\n"));
    // Whatever follows could be the body or a head.
    served.send(&ask("/x", expect)).await;
    let (text, _) = served.rest().await;
    assert!(text.starts_with("HTTP/1.1 200 OK\r\nconnection: close\r\n") && text.ends_with("\r\n\r\nx"), "{text}");
}

#[tokio::test]
async fn a_short_body_that_nobody_wants_is_read_past_and_a_long_one_ends_the_connection() {
    let mut served = start(128);
    for (framing, body) in [
        ("Content-Length: 1000\r\n", "b".repeat(1000)),
        ("Content-Length: 2\r\n", "hi".to_owned()),
        ("Transfer-Encoding: chunked\r\n", "2\r\nhi\r\n0\r\n\r\n".to_owned()),
    ] {
        let request = ask("/x", framing) + &body;
        let (mut read, mut write) = tokio::io::split(&mut served.client);
        let answer = async {
            let mut text = String::new();
            while !text.ends_with("\r\n\r\nx") {
                text.push(char::from(read.read_u8().await.expect("an answer")));
            }
            text
        };
        let (answer, sent) = tokio::join!(answer, write.write_all(request.as_bytes()));
        sent.expect("it takes bytes");
        assert!(!answer.contains("connection: close"), "{framing}: {answer}");
    }
    served.send(&ask("/x", "Content-Length: 70000\r\n")).await;
    assert!(served.rest().await.0.contains("connection: close\r\n"));
}

#[tokio::test]
async fn a_connection_ends_while_its_request_is_still_read_elsewhere() {
    let mut served = start(1024);
    served.send("POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc").await;
    served.until("early").await;
    let paths = Arc::clone(&served.paths);
    let (text, farewell) = served.rest().await;
    assert_eq!((text.as_str(), farewell), ("", Farewell::Close));
    let mut body = paths.kept.lock().expect("sound").take().expect("a body");
    let frame = poll_immediate(body.frame()).await.expect("at once").expect("an end");
    assert!(matches!(frame, Err(BodyError::Broken(_))));
}
