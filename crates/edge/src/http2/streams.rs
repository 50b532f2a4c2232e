//! The streams of a connection that are open: each a request whose answer is not whole, or whose body still comes.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Waker};

use crate::handler::Answer;
use crate::http2::arriving::Upload;
use crate::http2::ready::{Bell, Ready};
use crate::http2::sending::Sending;
use crate::shared::InFlight;

/// One request and its answer.
pub(super) struct Stream<'a> {
    pub(super) id: u32,
    pub(super) work: Work<'a>,
    /// Whether its handler has begun.
    pub(super) begun: bool,
    pub(super) remote: Remote,
    /// Where the body goes, unless it came whole with the head.
    pub(super) upload: Option<Arc<Upload>>,
    /// What is left of the body's announced length.
    pub(super) length_left: Option<u64>,
    /// How much more of the body may come, and what of it can be given back.
    pub(super) receive_window: i64,
    pub(super) unreturned: u32,
    /// How much more of the answer may go.
    pub(super) send_window: i64,
    /// How much of the answer's body went.
    pub(super) sent: u64,
    /// Whether it waits for its turn to send.
    pub(super) queued: bool,
    pub(super) head_only: bool,
    pub(super) in_flight: InFlight,
}

/// What is being done for a stream.
pub(super) enum Work<'a> {
    /// The handler thinks.
    Answering(Pin<Box<dyn Future<Output = Answer> + Send + 'a>>),
    /// The answer's body goes out.
    Sending(Sending),
    /// The answer is whole; the request's body may still be read.
    Answered,
}

/// Whether the client may still send on a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remote {
    Open,
    Closed,
}

/// All of them, by slots that are used again and again.
pub(super) struct Streams<'a> {
    slots: Vec<Slot<'a>>,
    /// Which stream is in which slot; 0 is none.
    ids: Vec<u32>,
    open: usize,
    ready: Arc<Ready>,
}

struct Slot<'a> {
    stream: Option<Stream<'a>>,
    bell: Arc<Bell>,
    waker: Waker,
}

impl<'a> Streams<'a> {
    pub(super) fn new() -> Self {
        Self { slots: Vec::new(), ids: Vec::new(), open: 0, ready: Arc::default() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.open == 0
    }

    pub(super) fn len(&self) -> usize {
        self.open
    }

    /// The slot in which the next stream will be, and what wakes it.
    pub(super) fn next_slot(&mut self) -> (usize, &Waker) {
        let slot = self.ids.iter().position(|id| *id == 0).unwrap_or_else(|| {
            let bell = Bell::new(self.slots.len(), &self.ready);
            let waker = Waker::from(Arc::clone(&bell));
            self.slots.push(Slot { stream: None, bell, waker });
            self.ids.push(0);
            self.slots.len() - 1
        });
        (slot, &self.slots[slot].waker)
    }

    /// Puts a stream into the slot that [`next_slot`](Self::next_slot) named.
    pub(super) fn open(&mut self, slot: usize, stream: Stream<'a>) {
        self.ids[slot] = stream.id;
        self.slots[slot].stream = Some(stream);
        self.open += 1;
    }

    /// The slot of an open stream.
    pub(super) fn find(&self, id: u32) -> Option<usize> {
        // The connection itself is no stream: its number marks the slots that are free.
        if id == 0 {
            return None;
        }
        self.ids.iter().position(|open| *open == id)
    }

    pub(super) fn get(&mut self, slot: usize) -> Option<&mut Stream<'a>> {
        self.slots.get_mut(slot)?.stream.as_mut()
    }

    /// The same, and what wakes it.
    pub(super) fn with_waker(&mut self, slot: usize) -> Option<(&mut Stream<'a>, &Waker)> {
        let Slot { stream, waker, .. } = self.slots.get_mut(slot)?;
        Some((stream.as_mut()?, waker))
    }

    /// Takes a stream out; whoever still reads its body learns that nothing more comes.
    pub(super) fn close(&mut self, slot: usize) -> Option<Stream<'a>> {
        let stream = self.slots.get_mut(slot)?.stream.take()?;
        self.ids[slot] = 0;
        self.open -= 1;
        if let Some(upload) = &stream.upload {
            upload.break_off();
        }
        Some(stream)
    }

    /// Takes all of them out.
    pub(super) fn close_all(&mut self) {
        for slot in 0..self.slots.len() {
            drop(self.close(slot));
        }
    }

    /// The open streams and their slots.
    pub(super) fn iter(&mut self) -> impl Iterator<Item = (usize, &mut Stream<'a>)> {
        self.slots.iter_mut().enumerate().filter_map(|(slot, held)| Some((slot, held.stream.as_mut()?)))
    }

    /// Makes the slots known that were woken, and lets them be woken anew.
    pub(super) fn take_woken(&mut self, into: &mut Vec<usize>, cx: &Context<'_>) {
        let before = into.len();
        self.ready.take(into, cx);
        for slot in &into[before..] {
            self.slots[*slot].bell.answered();
        }
    }
}

impl Drop for Streams<'_> {
    fn drop(&mut self) {
        self.close_all();
    }
}
