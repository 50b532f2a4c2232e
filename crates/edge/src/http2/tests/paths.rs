//! The handler that is asked: it answers by path.

use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::stream;
use http::{Response, StatusCode};
use http_body::Frame;
use http_body_util::StreamBody;
use tokio::sync::{Notify, Semaphore};

use crate::body::{Body, BodyError};
use crate::doubles::Announced;
use crate::handler::{Answer, Arrived, Handler, Refused};
use crate::refusal::FrontEndRefusal;
use crate::room::Room;

/// Answers by path; keeps what it has seen.
pub(in crate::http2) struct Paths {
    pub(super) kept: Mutex<Option<Body>>,
    pub(super) refusals: Mutex<Vec<FrontEndRefusal>>,
    /// One permit for each request to `/wait` that has begun, and told when one is dropped.
    pub(super) begun: Semaphore,
    pub(super) dropped: Notify,
    /// Lets one request to `/gate` through for each permit.
    pub(super) gate: Semaphore,
}

impl Default for Paths {
    fn default() -> Self {
        Self {
            kept: Mutex::default(),
            refusals: Mutex::default(),
            begun: Semaphore::new(0),
            dropped: Notify::new(),
            gate: Semaphore::new(0),
        }
    }
}

struct Tell<'a>(&'a Notify);

impl Drop for Tell<'_> {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

fn parts(parts: Vec<Result<&'static [u8], BodyError>>) -> Body {
    let frames = parts.into_iter().map(|part| part.map(|part| Frame::data(Bytes::from_static(part))));
    Body::stream(StreamBody::new(stream::iter(frames)))
}

/// A body that panics.
struct Panics;

impl http_body::Body for Panics {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BodyError>>> {
        panic!("asked to")
    }
}

/// So many bytes that tell their place.
pub(super) fn pattern(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at % 251) as u8).collect()
}

impl Handler for Paths {
    async fn handle(&self, arrived: Arrived) -> Answer {
        let Arrived { head, body, .. } = arrived;
        let query = head.target.query().unwrap_or_default().to_owned();
        let body = match head.target.path() {
            "/parts" => parts(vec![Ok(b"abc"), Ok(b""), Ok(b"de")]),
            "/broken" => parts(vec![Ok(b"abc"), Err(BodyError::TooSlow)]),
            "/short" => Body::stream(Announced(parts(vec![Ok(b"abc")]), 4)),
            "/long" => Body::stream(Announced(parts(vec![Ok(b"abc"), Ok(b"de")]), 4)),
            "/status" => {
                let mut response = Response::new(Body::from("x"));
                *response.status_mut() = query.parse().unwrap_or(StatusCode::IM_A_TEAPOT);
                return response.into();
            }
            "/bytes" => Body::from(pattern(query.parse().expect("a number"))),
            "/headers" => {
                let long = "v".repeat(query.parse().expect("a number"));
                return Response::builder()
                    .header("connection", "x")
                    .header("keep-alive", "x")
                    .header("transfer-encoding", "chunked")
                    .header("content-length", "77")
                    .header("upgrade", "x")
                    .header("x-long", long)
                    .header("set-cookie", "secret")
                    .body(Body::from("x"))
                    .expect("sound")
                    .into();
            }
            "/wait" => {
                let _tell = Tell(&self.dropped);
                self.begun.add_permits(1);
                std::future::pending().await
            }
            "/gate" => {
                self.begun.add_permits(1);
                self.gate.acquire().await.expect("open").forget();
                Body::from("through")
            }
            "/keep" => {
                *self.kept.lock().expect("sound") = Some(body);
                self.begun.add_permits(1);
                self.gate.acquire().await.expect("open").forget();
                Body::from("kept")
            }
            "/panic" => panic!("asked to"),
            "/panic-later" => Body::stream(Panics),
            "/back" => body,
            "/echo" => match body.collect_up_to(1 << 26, &Room::new(1 << 26)).await {
                Ok((bytes, _)) => Body::from(bytes),
                Err(error) => Body::from(error.to_string()),
            },
            "/show" => {
                let fields: Vec<_> = head
                    .received
                    .iter()
                    .map(|(name, value)| format!("{name}={}", String::from_utf8_lossy(value)))
                    .collect();
                let head_bytes = head.header_bytes;
                Body::from(format!("{} {} {} {head_bytes}", head.method, head.target.as_str(), fields.join("|")))
            }
            _ => Body::from("x"),
        };
        Response::new(body).into()
    }

    fn refused(&self, refused: Refused) -> Answer {
        self.refusals.lock().expect("sound").push(refused.refusal);
        let mut response = Response::new(Body::from(refused.refusal.to_string()));
        *response.status_mut() = refused.refusal.status();
        response.into()
    }
}
