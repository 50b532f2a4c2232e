//! The loader's one thread: the upstream's sockets always, those of the clients while a run lasts.

use std::io;
use std::os::fd::AsFd;

use super::answerer::Answerer;
use super::poll::{Interest, Patience, Poll, Ready, Source};

/// Room for what one read brings: a TLS record of the largest size and less than another one.
const BUFFER_BYTES: usize = 64 * 1024;

/// The sockets, and what reads from them share.
pub(super) struct Station {
    pub(super) poll: Poll,
    ready: Ready,
    answerer: Answerer,
    buffer: Vec<u8>,
}

/// What a turn found to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    Nothing,
    Work,
}

impl Station {
    /// Listens as an upstream.
    pub(super) fn new() -> io::Result<Self> {
        let poll = Poll::new()?;
        let answerer = Answerer::listen(&poll)?;
        Ok(Self { poll, ready: Ready::new(), answerer, buffer: vec![0; BUFFER_BYTES] })
    }

    /// Where the upstream listens.
    pub(super) fn port(&self) -> io::Result<u16> {
        self.answerer.port()
    }

    /// Answers as an upstream until there is an order to read.
    pub(super) fn wait_for_order(&mut self, orders: impl AsFd) -> io::Result<()> {
        self.poll.add(&orders, Source::Orders, Interest::Reading)?;
        let mut came = false;
        while !came {
            self.look(Patience::Endless, |source, _, _| {
                // A client's event can be left over from a run that has ended.
                came |= source == Source::Orders;
                Ok(())
            })?;
        }
        // While a run lasts, the next order waits.
        self.poll.remove(&orders)
    }

    /// Does what there is to do, and never waits. What is for a client goes to `client`.
    pub(super) fn turn(
        &mut self,
        mut client: impl FnMut(usize, &Poll, &mut [u8]) -> io::Result<()>,
    ) -> io::Result<Found> {
        self.look(Patience::None, |source, poll, buffer| match source {
            Source::Client(place) => client(place, poll, buffer),
            Source::Orders | Source::Listener | Source::Upstream(_) => Ok(()),
        })
    }

    fn look(
        &mut self,
        patience: Patience,
        mut other: impl FnMut(Source, &Poll, &mut [u8]) -> io::Result<()>,
    ) -> io::Result<Found> {
        let Self { poll, ready, answerer, buffer } = self;
        poll.look(ready, patience)?;
        let sources = ready.sources();
        let found = if sources.len() == 0 { Found::Nothing } else { Found::Work };
        for source in sources {
            match source {
                Source::Listener => answerer.accept(poll)?,
                Source::Upstream(place) => answerer.ready(place, poll, buffer),
                Source::Orders | Source::Client(_) => other(source, poll, buffer)?,
            }
        }
        Ok(found)
    }
}
