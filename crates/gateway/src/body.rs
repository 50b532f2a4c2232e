//! Bodies on their way through: a request's, counted and cut off at the limit; an answer's, as the backend sends it.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use base::Clock;
use base::limits::PAYLOAD_BYTES_MAX;
use bytes::Bytes;
use egress::{EgressError, Received};
use futures_util::future::BoxFuture;
use http_body::{Body, Frame, SizeHint};
use snapshot::Method;

use crate::request::Request;
use crate::steps::answer;

/// A request's body on its way to the backend.
#[derive(Debug)]
pub(crate) struct Upload {
    body: edge::Body,
    bytes: u64,
    state: UploadState,
    /// Whose log gets the first bytes, where it is to.
    logged: Option<Arc<Request>>,
}

/// What became of an upload: told apart from whatever the backend's connection makes of it. Nothing can become of one that
/// has no bytes.
#[derive(Debug, Clone)]
pub(crate) struct UploadState(Option<Arc<AtomicU8>>);

/// Why an upload ended early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UploadFailure {
    /// It grew beyond the limit.
    TooLarge,
    /// The client broke it off.
    Broken,
    /// The client was too slow.
    TooSlow,
}

const SOUND: u8 = 0;
const TOO_LARGE: u8 = 1;
const BROKEN: u8 = 2;
const TOO_SLOW: u8 = 3;

impl Upload {
    /// Passes `body` on; its first bytes go to the execution log of `logged`.
    pub(crate) fn new(body: edge::Body, logged: Option<Arc<Request>>) -> (Self, UploadState) {
        let state = UploadState((!body.is_end_stream()).then(|| Arc::new(AtomicU8::new(SOUND))));
        (Self { body, bytes: 0, state: state.clone(), logged }, state)
    }

    fn judge(&mut self, chunk: &Bytes) -> Result<(), edge::BodyError> {
        self.bytes += chunk.len() as u64;
        if self.bytes > PAYLOAD_BYTES_MAX {
            self.state.tell(TOO_LARGE);
            return Err(edge::BodyError::TooLarge { max: PAYLOAD_BYTES_MAX });
        }
        if let Some(request) = &self.logged {
            request.notes.exchange().request_body.take(chunk);
        }
        Ok(())
    }
}

impl UploadState {
    /// Why the upload ended early, where it did.
    pub(crate) fn failure(&self) -> Option<UploadFailure> {
        match self.0.as_ref()?.load(Ordering::Acquire) {
            TOO_LARGE => Some(UploadFailure::TooLarge),
            BROKEN => Some(UploadFailure::Broken),
            TOO_SLOW => Some(UploadFailure::TooSlow),
            _ => None,
        }
    }

    fn tell(&self, failure: u8) {
        if let Some(state) = &self.0 {
            state.store(failure, Ordering::Release);
        }
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = edge::BodyError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, edge::BodyError>>> {
        let this = self.get_mut();
        Poll::Ready(match ready!(Pin::new(&mut this.body).poll_frame(cx)) {
            Some(Ok(frame)) => match frame.into_data() {
                Ok(chunk) => Some(this.judge(&chunk).map(|()| Frame::data(chunk))),
                // Trailers end at the gateway, as in AWS.
                Err(_trailers) => None,
            },
            Some(Err(error)) => {
                let slow = matches!(error, edge::BodyError::TooSlow);
                this.state.tell(if slow { TOO_SLOW } else { BROKEN });
                Some(Err(error))
            }
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// A backend's body on its way to the client. A backend that pauses for longer than the integration's timeout is given
/// up.
pub struct Download {
    body: Received,
    pause_max: Duration,
    clock: Arc<dyn Clock>,
    /// Set while nothing comes.
    pause: Option<BoxFuture<'static, ()>>,
}

/// Why a backend's body ended early.
#[derive(Debug, thiserror::Error)]
pub enum DownloadError {
    /// It broke off.
    #[error("the backend's answer broke off")]
    Broken(#[source] EgressError),
    /// It paused for too long.
    #[error("the backend's answer paused for too long")]
    Paused,
}

impl Download {
    /// Passes `body` on as long as its pauses are no longer than `pause_max`.
    pub(crate) fn new(body: Received, pause_max: Duration, clock: Arc<dyn Clock>) -> Self {
        Self { body, pause_max, clock, pause: None }
    }

    /// The answer's body: at hand where all of it came with its head, which most small answers do. A body that is logged
    /// is logged as it passes.
    pub(crate) fn into_body(mut self, logged: Logged) -> answer::Body {
        let whole = if logged == Logged::No { self.body.take_whole() } else { None };
        whole.map_or_else(|| answer::Body::Stream(Box::new(self)), answer::Body::Ready)
    }
}

/// Whether a body's beginning goes to the execution log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Logged {
    Yes,
    No,
}

impl Logged {
    /// As the method's logging asks.
    pub(crate) fn of(method: &Method) -> Self {
        if method.logging.payloads { Self::Yes } else { Self::No }
    }
}

impl std::fmt::Debug for Download {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Download").field("pause_max", &self.pause_max).finish_non_exhaustive()
    }
}

impl Body for Download {
    type Data = Bytes;
    type Error = DownloadError;

    fn poll_frame(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, DownloadError>>> {
        let this = self.get_mut();
        if let Poll::Ready(frame) = Pin::new(&mut this.body).poll_frame(cx) {
            this.pause = None;
            return Poll::Ready(match frame {
                // Trailers end at the gateway, as in AWS.
                Some(Ok(frame)) => frame.into_data().ok().map(|chunk| Ok(Frame::data(chunk))),
                Some(Err(error)) => Some(Err(DownloadError::Broken(error))),
                None => None,
            });
        }
        let pause = this.pause.get_or_insert_with(|| this.clock.sleep(this.pause_max));
        ready!(pause.as_mut().poll(cx));
        Poll::Ready(Some(Err(DownloadError::Paused)))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
