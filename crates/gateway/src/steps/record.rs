//! Keeps what happened: a trail, an access log line, the execution log. A [`Recording`] writes when it is dropped, so a
//! request is recorded exactly once, whether it was answered, refused, abandoned by its client, or failed in a panic.

use std::any::Any;
use std::borrow::Cow;
use std::cell::RefCell;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use base::Scope;
use bytes::Bytes;
use http_body::{Frame, SizeHint};
use snapshot::Stage;
use telemetry::LogLine;

use crate::body::{Download, DownloadError};
use crate::context::{Ending, Values};
use crate::reason::{Reason, Record, cut};
use crate::refused::{FrontEnd, Refused};
use crate::request::Request;
use crate::steps::Step;
use crate::steps::answer::{Answer, Body};
use crate::trail::{Outcome, Story, Trail};
use crate::world::Handles;
use crate::{access_log, execution_log};

/// Whose a request's records are.
#[derive(Debug)]
pub enum Owner {
    /// Nobody's yet: the installation keeps them.
    Installation,
    /// An account's, whose API has no stage to log for.
    Account(Scope),
    /// A stage's.
    Stage(Arc<Stage>),
}

/// A request that will be recorded.
#[derive(Debug)]
pub struct Recording {
    handles: Arc<Handles>,
    request: Arc<Request>,
    revision: u64,
    /// Whose the records are, from the locate step.
    pub(crate) owner: Owner,
    /// What was decided.
    pub(crate) trail: Trail,
    status: Option<u16>,
    bytes: u64,
    ending: Record,
}

impl Recording {
    /// Begins with the request; as long as nothing else is said it ends abandoned.
    pub(crate) fn begin(handles: &Arc<Handles>, request: &Arc<Request>, revision: u64) -> Self {
        Self {
            trail: Trail::new(Arc::clone(&handles.clock), request.started),
            handles: Arc::clone(handles),
            request: Arc::clone(request),
            revision,
            owner: Owner::Installation,
            status: None,
            bytes: 0,
            ending: Record::Abandoned,
        }
    }

    /// The request.
    pub(crate) fn request(&self) -> &Request {
        &self.request
    }

    /// Makes a refusal of a panic.
    pub(crate) fn panicked(&mut self, panic: &(dyn Any + Send)) -> Refused {
        let text = panic.downcast_ref::<&str>().copied();
        let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message");
        tracing::error!(request = %self.request.id, panic = text, "a request panicked");
        self.ending = Record::Panicked;
        Refused::front_end(FrontEnd::INTERNAL, Reason::Record(Record::Panicked))
    }

    /// Hands the answer to the connection, and records when its last byte was taken.
    pub(crate) fn follow(mut self, answer: Answer) -> edge::Answer {
        let Answer { status, fields, body } = answer;
        self.status = Some(status.as_u16());
        if self.logs_payloads() {
            self.request.notes.exchange().answer_headers = execution_log::headers(fields.iter());
        }
        let body = match body {
            Body::Ready(bytes) => {
                if self.logs_payloads() {
                    self.request.notes.exchange().answer_body.take(&bytes);
                }
                self.bytes = bytes.len() as u64;
                if self.ending == Record::Abandoned {
                    self.ending = Record::Answered;
                    self.trail.note_answered_at_once();
                }
                edge::Body::from(bytes)
            }
            Body::Stream(download) => {
                let expected = http_body::Body::size_hint(&download).exact();
                edge::Body::stream(Recorded { download, recording: self, expected })
            }
        };
        edge::Answer { status, fields, body }
    }

    fn answered(&mut self) {
        if self.ending == Record::Abandoned {
            self.ending = Record::Answered;
        }
    }

    fn logs_payloads(&self) -> bool {
        self.request.notes.method.get().is_some_and(|method| method.logging.payloads)
    }

    fn write(&mut self) {
        if !self.trail.has_ended() {
            self.trail.note(Step::Record, Outcome::Passed, Reason::Record(self.ending));
        }
        let scope = match &self.owner {
            Owner::Installation => &self.handles.installation,
            Owner::Account(scope) => scope,
            Owner::Stage(stage) => &stage.scope,
        };
        BUFFER.with_borrow_mut(|buffer| {
            buffer.clear();
            self.story().encode(buffer);
            self.handles.sink.trail(scope, self.request.received, self.request.id, buffer);
            if let Owner::Stage(stage) = &self.owner {
                self.write_logs(stage, buffer);
            }
        });
    }

    fn story(&self) -> Story<'_> {
        let request = &*self.request;
        let path = request.target.as_ref().map_or("", |target| target.raw().path());
        Story {
            request: *request.id.0.as_bytes(),
            claimed: request.claimed_id.map(|id| *id.0.as_bytes()),
            received_ns: i64::try_from(request.received.as_nanosecond()).unwrap_or_default(),
            revision: self.revision,
            source_ip: request.source_ip(),
            verb: request.verb.as_ref().map_or("", |verb| short(verb.as_str())).into(),
            host: request.host.as_deref().unwrap_or_default().into(),
            path: short(path).into(),
            status: self.status,
            bytes: self.bytes,
            took_us: self.trail.entries().last().map_or(0, |entry| entry.at_us),
            entries: Cow::Borrowed(self.trail.entries()),
        }
    }

    fn write_logs(&self, stage: &Stage, buffer: &mut Vec<u8>) {
        let method = self.request.notes.method.get().filter(|method| method.logging.errors || method.logging.info);
        if stage.access_log.is_none() && method.is_none() {
            return;
        }
        let ending = Ending { status: self.status.unwrap_or(CLIENT_GONE), bytes: self.bytes, trail: &self.trail };
        let log = |stream, line: &[u8], id_at| {
            let (scope, time, request) = (&stage.scope, self.request.received, self.request.id);
            self.handles.sink.log(LogLine { scope, stream, time, request, line, id_at });
        };
        if let Some(access_log) = &stage.access_log {
            buffer.clear();
            let values = Values { request: &self.request, stage: Some(stage), ending: Some(ending) };
            let id_at = access_log::render(&access_log.format, &values, buffer);
            log(&stage.access_stream, buffer, id_at);
        }
        if let Some(method) = method {
            for text in execution_log::lines(&self.request, stage, method, &ending) {
                let text = format!("({}) {text}", self.request.shown_id());
                log(&stage.execution_stream, text.as_bytes(), Some("(".len()));
            }
        }
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.write();
    }
}

/// What AWS's load balancers log where the client closed the connection before its answer.
const CLIENT_GONE: u16 = 460;

thread_local! {
    /// Where trails and lines are written, one after the other, before the queue packs them.
    static BUFFER: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

fn short(text: &str) -> &str {
    &text[..text.floor_char_boundary(crate::reason::TEXT_BYTES_MAX)]
}

/// An answer's body on its way, with the recording that ends with it.
struct Recorded {
    download: Box<Download>,
    recording: Recording,
    expected: Option<u64>,
}

impl http_body::Body for Recorded {
    type Data = Bytes;
    type Error = DownloadError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, DownloadError>>> {
        let this = self.get_mut();
        let frame = ready!(Pin::new(&mut this.download).poll_frame(cx));
        match &frame {
            Some(Ok(frame)) => {
                if let Some(data) = frame.data_ref() {
                    this.recording.bytes += data.len() as u64;
                    if this.recording.logs_payloads() {
                        this.recording.request.notes.exchange().response_body.take(data);
                    }
                }
                // The connection may not ask again once it has all that was announced.
                if this.is_end_stream() || this.expected == Some(this.recording.bytes) {
                    this.recording.answered();
                }
            }
            Some(Err(error)) => {
                tracing::debug!(request = %this.recording.request.id, %error, "a backend broke off");
                this.recording.ending = Record::BackendBroke;
            }
            None => this.recording.answered(),
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.download.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.download.size_hint()
    }
}

/// Notes a refusal of the edge: it is recorded like any other request.
pub(crate) fn front_end_refusal(why: edge::FrontEndRefusal) -> Refused {
    let reason = Reason::Locate(crate::reason::Locate::FrontEnd { why: cut(&why.to_string()) });
    Refused::front_end(FrontEnd::of_edge(why.status()), reason)
}
