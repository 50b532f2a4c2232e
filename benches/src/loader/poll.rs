//! What is ready on the loader's sockets: epoll, level-triggered.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::buffer::spare_capacity;
use rustix::event::{Timespec, epoll};
use rustix::io::Errno;

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// The pipe that orders come by.
    Orders,
    /// Where the upstream listens.
    Listener,
    /// A connection to the upstream, by its place.
    Upstream(usize),
    /// A connection to the proxy, by its place.
    Client(usize),
}

/// What a connection waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interest {
    /// Bytes that come.
    Reading,
    /// Room for bytes that had none. Nothing is read meanwhile, so that nothing more piles up.
    Writing,
}

/// How long to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Patience {
    /// Until something is ready.
    Endless,
    /// Not at all.
    None,
}

/// Events of one look; more are left for the next one.
const EVENTS_MAX: usize = 256;

/// The watched sockets.
#[derive(Debug)]
pub(super) struct Poll(OwnedFd);

impl Poll {
    /// Watches nothing yet.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self(epoll::create(epoll::CreateFlags::CLOEXEC)?))
    }

    /// Watches a socket. Closing it ends that.
    pub(super) fn add(&self, socket: impl AsFd, source: Source, interest: Interest) -> io::Result<()> {
        Ok(epoll::add(&self.0, socket, source.encode(), interest.flags())?)
    }

    /// Watches it for something else.
    pub(super) fn change(&self, socket: impl AsFd, source: Source, interest: Interest) -> io::Result<()> {
        Ok(epoll::modify(&self.0, socket, source.encode(), interest.flags())?)
    }

    /// Watches it no more.
    pub(super) fn remove(&self, socket: impl AsFd) -> io::Result<()> {
        Ok(epoll::delete(&self.0, socket)?)
    }

    /// Looks what is ready.
    pub(super) fn look(&self, ready: &mut Ready, patience: Patience) -> io::Result<()> {
        let timeout = match patience {
            Patience::Endless => None,
            Patience::None => Some(&Timespec { tv_sec: 0, tv_nsec: 0 }),
        };
        ready.0.clear();
        loop {
            match epoll::wait(&self.0, spare_capacity(&mut ready.0), timeout) {
                Ok(_) => return Ok(()),
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// What was ready at the last look.
pub(super) struct Ready(Vec<epoll::Event>);

impl Ready {
    /// Nothing yet.
    pub(super) fn new() -> Self {
        Self(Vec::with_capacity(EVENTS_MAX))
    }

    /// In the order in which it became ready.
    pub(super) fn sources(&self) -> impl ExactSizeIterator<Item = Source> {
        self.0.iter().map(|event| Source::decode(event.data))
    }
}

impl Source {
    /// The kind stands in the upper half, the place in the lower one.
    fn encode(self) -> epoll::EventData {
        let (kind, place) = match self {
            Source::Orders => (0, 0),
            Source::Listener => (1, 0),
            Source::Upstream(place) => (2, place),
            Source::Client(place) => (3, place),
        };
        epoll::EventData::new_u64(kind << 32 | place as u64)
    }

    fn decode(encoded: epoll::EventData) -> Self {
        let encoded = encoded.u64();
        let place = (encoded & u64::from(u32::MAX)) as usize;
        match encoded >> 32 {
            0 => Source::Orders,
            1 => Source::Listener,
            2 => Source::Upstream(place),
            _ => Source::Client(place),
        }
    }
}

impl Interest {
    fn flags(self) -> epoll::EventFlags {
        match self {
            Interest::Reading => epoll::EventFlags::IN,
            Interest::Writing => epoll::EventFlags::OUT,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_names_its_source() {
        for source in
            [Source::Orders, Source::Listener, Source::Upstream(0), Source::Upstream(70_000), Source::Client(9)]
        {
            assert_eq!(Source::decode(source.encode()), source);
        }
    }
}
