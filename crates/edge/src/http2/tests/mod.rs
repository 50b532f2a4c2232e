//! HTTP/2 over a pipe: a client that writes frames as it likes, and a handler that answers by path.

mod bodies;
mod drain;
mod floods;
mod frames;
mod heads;
mod others;
mod paths;
mod property;

use std::sync::Arc;

use base::Clock;
use base::clock::ManualClock;
use bytes::Bytes;
use futures_util::future::Either;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use crate::body::{Body, BodyError};
use crate::connection::{Alpn, Connection, TlsFacts};
use crate::dates::Dates;
use crate::http2::frame::{self, ACK, END_HEADERS, END_STREAM, FrameHead, HEAD_BYTES, Kind};
use crate::http2::hpack::{Decoder, write_field};
use crate::http2::{Farewell, Session, serve};
use crate::limits::Limits;
use crate::refusal::FrontEndRefusal;
use crate::room::Room;
use crate::shared::Shared;
use crate::transport::Transport;

use paths::{Paths, pattern};

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// More than any test holds.
const ROOM: usize = 1 << 26;

/// A client, and the server it speaks to.
pub(super) struct Client {
    pub(super) pipe: DuplexStream,
    pub(super) task: JoinHandle<bool>,
    pub(super) paths: Arc<Paths>,
    pub(super) shared: Arc<Shared>,
    pub(super) clock: Arc<ManualClock>,
    /// Has the server look about, as its timers and signals do in the real edge.
    pub(super) look: Arc<Notify>,
    decoder: Decoder,
}

/// Starts a server; the client has said nothing yet.
pub(super) fn open(limits: Limits) -> Client {
    let clock = Arc::new(ManualClock::new(base::Timestamp::UNIX_EPOCH));
    let address = "127.0.0.1:1".parse().expect("an address");
    let mut facts = Connection::new(address, address, base::Timestamp::UNIX_EPOCH);
    facts.tls = Some(TlsFacts {
        version: "TLSv1.3",
        cipher_suite: "",
        key_exchange: "",
        sni: Some("a.b".into()),
        alpn: Alpn::H2,
        resumed: false,
    });
    let limits = Arc::new(limits.checked());
    let shared = Shared::new(facts, Arc::clone(&limits), Arc::clone(&clock) as Arc<dyn Clock>);
    let look = Arc::new(Notify::new());
    let (ours, pipe) = tokio::io::duplex(ROOM);
    let paths = Arc::new(Paths::default());
    let task = {
        let (paths, shared, look) = (Arc::clone(&paths), Arc::clone(&shared), Arc::clone(&look));
        tokio::spawn(async move {
            let session = Session::new(Transport::Pipe(ours), &limits);
            let dates = Dates::default();
            let mut serving = std::pin::pin!(serve(&*paths, session, &shared, &dates));
            loop {
                let looked = std::pin::pin!(look.notified());
                match futures_util::future::select(serving.as_mut(), looked).await {
                    Either::Left((farewell, _)) => return matches!(farewell, Farewell::Close(_)),
                    Either::Right(_) => {}
                }
            }
        })
    };
    Client { pipe, task, paths, shared, clock, look, decoder: Decoder::default() }
}

/// The same, and both sides have told each other their settings.
pub(super) async fn greeted(limits: Limits) -> Client {
    let mut client = open(limits);
    client.send(&[PREFACE, &settings(&[]), &written(Kind::Settings, ACK, 0, &[])].concat()).await;
    client.events().await;
    client
}

pub(super) async fn start() -> Client {
    greeted(Limits::default()).await
}

/// A frame's bytes.
pub(super) fn written(kind: Kind, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    frame::write(&mut out, kind, flags, stream, payload);
    out
}

pub(super) fn settings(settings: &[(u16, u32)]) -> Vec<u8> {
    let payload: Vec<u8> =
        settings.iter().flat_map(|(name, value)| [&name.to_be_bytes()[..], &value.to_be_bytes()].concat()).collect();
    written(Kind::Settings, 0, 0, &payload)
}

pub(super) fn window(stream: u32, more: u32) -> Vec<u8> {
    written(Kind::WindowUpdate, 0, stream, &more.to_be_bytes())
}

pub(super) fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in fields {
        write_field(&mut out, name, value.as_bytes());
    }
    out
}

pub(super) fn fields_of<'a>(method: &'a str, path: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![(":method", method), (":scheme", "https"), (":path", path), (":authority", "a.b")]
}

/// A request without a body.
pub(super) fn get(stream: u32, path: &str) -> Vec<u8> {
    written(Kind::Headers, END_STREAM | END_HEADERS, stream, &block(&fields_of("GET", path)))
}

/// A request whose body follows.
pub(super) fn post(stream: u32, path: &str) -> Vec<u8> {
    written(Kind::Headers, END_HEADERS, stream, &block(&fields_of("POST", path)))
}

pub(super) fn data(stream: u32, bytes: &[u8]) -> Vec<u8> {
    written(Kind::Data, 0, stream, bytes)
}

pub(super) fn last_data(stream: u32, bytes: &[u8]) -> Vec<u8> {
    written(Kind::Data, END_STREAM, stream, bytes)
}

/// Reads a frame; `None` is the end.
pub(super) async fn read(pipe: &mut DuplexStream) -> Option<(FrameHead, Vec<u8>)> {
    let mut head = [0; HEAD_BYTES];
    pipe.read_exact(&mut head).await.ok()?;
    let head = FrameHead::read(&head).expect("nine bytes");
    let mut payload = vec![0; head.length];
    pipe.read_exact(&mut payload).await.ok()?;
    Some((head, payload))
}

impl Client {
    pub(super) async fn send(&mut self, bytes: &[u8]) {
        // The server may have ended the connection; what it said before is read all the same.
        let _ = self.pipe.write_all(bytes).await;
    }

    /// What came, in words, until the server has done all that it was asked for. Pings are sent to know when.
    pub(super) async fn events(&mut self) -> Vec<String> {
        let mut events = Vec::new();
        // The first may be answered before requests that came with it are.
        for round in 0..3u8 {
            let ping = [round; 8];
            self.send(&written(Kind::Ping, 0, 0, &ping)).await;
            loop {
                match self.event().await {
                    Some(event) if event == format!("pong {ping:?}") => break,
                    Some(event) => events.push(event),
                    None => {
                        events.push("end".to_owned());
                        return events;
                    }
                }
            }
        }
        events
    }

    /// The same where half a frame may have been sent, so that no ping is one.
    pub(super) async fn events_or_silence(&mut self) -> Vec<String> {
        let mut events = Vec::new();
        for _ in 0..20 {
            tokio::task::yield_now().await;
            while let Some(event) = futures_util::future::poll_immediate(self.event()).await {
                let over = event.is_none();
                events.push(event.unwrap_or_else(|| "end".to_owned()));
                if over {
                    return events;
                }
            }
        }
        events
    }

    /// The next frame in words.
    pub(super) async fn event(&mut self) -> Option<String> {
        let (head, payload) = read(&mut self.pipe).await?;
        let (id, ends) = (head.stream, if head.has(END_STREAM) { " last" } else { "" });
        let number = |at: usize| u32::from_be_bytes(payload[at..at + 4].try_into().expect("four bytes"));
        Some(match head.kind {
            Kind::Data if payload.len() > 60 => format!("{id} data of {}{ends}", payload.len()),
            Kind::Data => format!("{id} data {}{ends}", String::from_utf8_lossy(&payload)),
            Kind::Headers => {
                let (mut raw, mut fields) = (Vec::new(), Vec::new());
                let decoded = self.decoder.decode(&payload, ROOM, &mut raw, |raw, found| {
                    let (name, value) = raw[found.at..].split_at(found.name);
                    let (name, value) = (String::from_utf8_lossy(name), String::from_utf8_lossy(value));
                    fields.push(if name == ":status" { value.into_owned() } else { format!("{name}={value}") });
                });
                assert_eq!(decoded, Ok(()), "our own fields");
                fields.retain(|field| !field.starts_with("date="));
                format!("{id} {}{ends}", fields.join(" "))
            }
            Kind::Reset => format!("{id} reset {}", code(number(0))),
            Kind::Settings if head.has(ACK) => "settings taken".to_owned(),
            Kind::Settings => "settings".to_owned(),
            Kind::Ping if head.has(ACK) => format!("pong {payload:?}"),
            Kind::Ping => format!("ping {}", String::from_utf8_lossy(&payload)),
            Kind::GoAway => format!("go away {} {}", number(0), code(number(4))),
            Kind::WindowUpdate => format!("{id} window {}", number(0)),
            Kind::Priority | Kind::PushPromise | Kind::Continuation | Kind::Unknown(_) => format!("{head:?}"),
        })
    }

    pub(super) async fn sent(&mut self, bytes: &[u8]) -> Vec<String> {
        self.send(bytes).await;
        self.events().await
    }

    /// Whether the server ends the connection in peace; it must end by itself.
    pub(super) async fn farewell(self) -> bool {
        let Self { task, mut pipe, .. } = self;
        let farewell = task.await.expect("no panic");
        let _ = pipe.read_to_end(&mut Vec::new()).await;
        farewell
    }
}

fn code(code: u32) -> String {
    match code {
        0 => "no error".to_owned(),
        1 => "protocol".to_owned(),
        2 => "internal".to_owned(),
        3 => "flow control".to_owned(),
        5 => "stream closed".to_owned(),
        6 => "frame size".to_owned(),
        7 => "refused".to_owned(),
        9 => "compression".to_owned(),
        11 => "calm".to_owned(),
        other => other.to_string(),
    }
}
