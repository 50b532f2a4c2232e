//! A request's body on its way: filled by the connection, emptied by whoever reads it, from whichever task. What is read
//! opens the window anew, so that a client sends no faster than it is read.

use std::collections::VecDeque;
use std::io;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker, ready};

use bytes::{Buf as _, Bytes, BytesMut};

use crate::body::BodyError;
use crate::pace::Pace;
use crate::shared::Shared;

/// Less than this is copied: a slice would keep all of what was read with it.
const COPIED_MAX: usize = 4 * 1024;

/// What a connection and a body's reader share.
#[derive(Debug)]
pub(super) struct Upload {
    inner: Mutex<Inner>,
    /// Wakes the stream when enough is read, or when nobody reads any more.
    stream: Waker,
    /// So much must be read before the stream is woken.
    told_at: usize,
}

#[derive(Debug)]
struct Inner {
    whole: VecDeque<Bytes>,
    /// Small pieces joined; they follow those above.
    tail: BytesMut,
    end: End,
    /// Bytes read, and not yet given back to the client.
    read: usize,
    reader: Reader,
    /// Whether the stream is being asked right now: then it sees by itself what was read.
    attended: bool,
}

/// How the body ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    NotYet,
    Whole,
    Broken,
}

/// Who reads it.
#[derive(Debug)]
enum Reader {
    /// Somebody may.
    There(Option<Waker>),
    Gone,
}

/// Takes a frame's payload off what came, and of it what stands at `data`.
pub(super) fn take(inbound: &mut BytesMut, data: Range<usize>, length: usize) -> Bytes {
    if data.len() < COPIED_MAX {
        let bytes = Bytes::copy_from_slice(&inbound[data]);
        inbound.advance(length);
        return bytes;
    }
    inbound.split_to(length).freeze().slice(data)
}

impl Upload {
    pub(super) fn new(stream: Waker, told_at: usize) -> Arc<Self> {
        let inner = Inner {
            whole: VecDeque::new(),
            tail: BytesMut::new(),
            end: End::NotYet,
            read: 0,
            reader: Reader::There(None),
            attended: false,
        };
        Arc::new(Self { inner: Mutex::new(inner), stream, told_at })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds what stands at `data` of the frame that is next and so long; what nobody will read counts as read.
    pub(super) fn push(&self, inbound: &mut BytesMut, data: Range<usize>, length: usize) {
        let mut inner = self.inner();
        if inner.is_gone() {
            inner.read += data.len();
            return inbound.advance(length);
        }
        if data.len() < COPIED_MAX {
            inner.tail.extend_from_slice(&inbound[data]);
            inbound.advance(length);
        } else {
            inner.seal_tail();
            inner.whole.push_back(take(inbound, data, length));
        }
        inner.wake_reader();
    }

    /// The client has sent all of it.
    pub(super) fn end(&self) {
        let mut inner = self.inner();
        inner.end = End::Whole;
        inner.wake_reader();
    }

    /// Nothing more will come, and it is not whole. What nobody has read is let go.
    pub(super) fn break_off(&self) {
        let mut inner = self.inner();
        if inner.end == End::NotYet {
            inner.end = End::Broken;
            inner.whole.clear();
            inner.tail = BytesMut::new();
            inner.wake_reader();
        }
    }

    /// What was read since this was last asked.
    pub(super) fn take_read(&self) -> usize {
        std::mem::take(&mut self.inner().read)
    }

    /// The stream is asked: until the guard is dropped, it is not woken.
    pub(super) fn attend(&self) -> impl Drop {
        self.inner().attended = true;
        Attended(self)
    }

    /// Whether nobody will read on.
    pub(super) fn is_unwanted(&self) -> bool {
        self.inner().is_gone()
    }
}

impl Inner {
    fn is_gone(&self) -> bool {
        matches!(self.reader, Reader::Gone)
    }

    fn wake_reader(&mut self) {
        if let Reader::There(waker) = &mut self.reader
            && let Some(waker) = waker.take()
        {
            waker.wake();
        }
    }

    fn seal_tail(&mut self) {
        if !self.tail.is_empty() {
            self.whole.push_back(self.tail.split().freeze());
        }
    }

    fn next(&mut self) -> Option<Bytes> {
        self.whole.pop_front().or_else(|| (!self.tail.is_empty()).then(|| self.tail.split().freeze()))
    }

    fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.tail.is_empty()
    }
}

/// While a stream is asked.
struct Attended<'a>(&'a Upload);

impl Drop for Attended<'_> {
    fn drop(&mut self) {
        self.0.inner().attended = false;
    }
}

/// A request's body, for whoever reads it.
#[derive(Debug)]
pub(crate) struct Arriving {
    upload: Arc<Upload>,
    pace: Pace,
    /// What is left, where the client has said it.
    left: Option<u64>,
    /// Whether it is over, well or not.
    over: bool,
}

impl Arriving {
    pub(super) fn new(upload: Arc<Upload>, length: Option<u64>, shared: &Shared) -> Self {
        let pace = Pace::new(Arc::clone(&shared.clock), Arc::clone(&shared.limits));
        Self { upload, pace, left: length, over: false }
    }

    pub(crate) fn left(&self) -> Option<u64> {
        if self.over { Some(0) } else { self.left }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.over
    }

    /// The next bytes, paced.
    pub(crate) fn poll_data(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, BodyError>>> {
        if self.over {
            return Poll::Ready(None);
        }
        match self.poll_next(cx) {
            Poll::Ready(Some(Ok(data))) => {
                self.pace.received(data.len());
                if let Some(left) = &mut self.left {
                    // INVARIANT: the connection ends a stream whose body is longer than was announced.
                    *left = left.saturating_sub(data.len() as u64);
                }
                Poll::Ready(Some(Ok(data)))
            }
            Poll::Ready(None) => {
                self.over = true;
                Poll::Ready(None)
            }
            Poll::Ready(Some(Err(error))) => {
                self.over = true;
                Poll::Ready(Some(Err(BodyError::Broken(error.into()))))
            }
            Poll::Pending => {
                ready!(self.pace.poll_wait(cx));
                self.let_go();
                Poll::Ready(Some(Err(BodyError::TooSlow)))
            }
        }
    }

    fn poll_next(&mut self, cx: &Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        let mut inner = self.upload.inner();
        if let Some(data) = inner.next() {
            inner.read += data.len();
            // A reader that learns of the end with the last bytes need not ask again.
            self.over = inner.end == End::Whole && inner.is_empty();
            let tell = inner.read >= self.upload.told_at && !inner.attended;
            drop(inner);
            if tell {
                self.upload.stream.wake_by_ref();
            }
            return Poll::Ready(Some(Ok(data)));
        }
        match inner.end {
            End::Whole => Poll::Ready(None),
            End::Broken => Poll::Ready(Some(Err(io::ErrorKind::ConnectionReset.into()))),
            End::NotYet => {
                match &mut inner.reader {
                    Reader::There(Some(waker)) => waker.clone_from(cx.waker()),
                    reader => *reader = Reader::There(Some(cx.waker().clone())),
                }
                Poll::Pending
            }
        }
    }

    /// Reads no more.
    fn let_go(&mut self) {
        self.over = true;
        let mut inner = self.upload.inner();
        inner.reader = Reader::Gone;
        while let Some(data) = inner.next() {
            inner.read += data.len();
        }
        inner.tail = BytesMut::new();
        let tell = !inner.attended;
        drop(inner);
        if tell {
            self.upload.stream.wake_by_ref();
        }
    }
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if !self.over {
            self.let_go();
        }
    }
}
