//! The clients: connections to the proxy, one request at a time on each.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

use super::line::{Line, Secure};
use super::messages::{Message, Reader};
use super::poll::{Poll, Source};
use super::stream::Came;
use super::tally::Tally;

/// Whom to ask, and what.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) port: u16,
    pub(super) secure: Option<Secure>,
    /// The whole request.
    pub(super) request: Vec<u8>,
}

/// What a connection does when it has nothing to wait for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// Asks if it was never answered.
    AskOnce,
    /// Asks.
    Ask,
    /// Asks what fell due meanwhile, and rests where nothing did.
    AskWhatIsDue,
}

/// All connections. Times count from when it was made.
#[derive(Debug)]
pub(super) struct Asker {
    origin: Instant,
    target: Target,
    connections: Vec<Connection>,
    next: Next,
    tally: Tally,
    /// Why the last connection was lost.
    trouble: Option<io::Error>,
}

#[derive(Debug)]
struct Connection {
    line: Line,
    reader: Reader,
    state: State,
    /// When requests fell due that were not sent yet.
    due: VecDeque<Duration>,
}

/// Where a connection stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// In its handshake.
    Opening,
    /// Open, and never answered.
    Unused,
    /// With a request under way that began then.
    Waiting(Duration),
    /// Answered, with nothing more to ask by now.
    Resting,
}

impl Asker {
    /// Opens every connection; each asks once.
    pub(super) fn open(target: Target, connections: usize, poll: &Poll) -> io::Result<Self> {
        let connections = (0..connections).map(|place| Connection::open(&target, poll, place));
        let connections = connections.collect::<io::Result<_>>()?;
        let origin = Instant::now();
        Ok(Self { origin, target, connections, next: Next::AskOnce, tally: Tally::new(), trouble: None })
    }

    /// The time.
    pub(super) fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    /// From now on connections do that.
    pub(super) fn follow(&mut self, next: Next, poll: &Poll) -> io::Result<()> {
        self.next = next;
        for place in 0..self.connections.len() {
            self.proceed(place, poll)?;
        }
        Ok(())
    }

    /// Counts requests that begin from one time to another. Those that begin later are not sent.
    pub(super) fn count(&mut self, from: Duration, to: Duration) {
        self.tally.counted = from..to;
    }

    /// A request falls due on a connection. It is sent now, or as soon as the answer is there that the connection waits for.
    pub(super) fn fall_due(&mut self, place: usize, due: Duration, poll: &Poll) -> io::Result<()> {
        self.connections[place].due.push_back(due);
        self.proceed(place, poll)
    }

    /// Connections without an answer to all they had to ask.
    pub(super) fn unanswered(&self) -> usize {
        self.connections.iter().filter(|connection| connection.owes_an_answer()).count()
    }

    /// Why connections were lost, as far as is known.
    pub(super) fn trouble(&self) -> String {
        self.trouble.as_ref().map_or_else(|| "none was lost".to_owned(), |last| format!("the last was lost: {last}"))
    }

    /// What was counted; what has no answer by now has failed.
    pub(super) fn close(mut self) -> Tally {
        for connection in &self.connections {
            let waits = matches!(connection.state, State::Waiting(_));
            self.tally.failures += u64::from(waits) + connection.due.len() as u64;
        }
        self.tally
    }

    /// Reads what came on a connection, and asks again where its time has come.
    pub(super) fn ready(&mut self, place: usize, poll: &Poll, buffer: &mut [u8]) -> io::Result<()> {
        let connection = &mut self.connections[place];
        match connection.line.read(buffer) {
            Ok(Came::Nothing) => {}
            Ok(Came::Bytes(count)) => {
                let mut bytes = &buffer[..count];
                while let Some(message) = connection.reader.next(&mut bytes)? {
                    let (State::Waiting(began), Message::Answer(status)) = (connection.state, message) else {
                        return Err(io::Error::other("the proxy answered what nobody asked"));
                    };
                    connection.state = State::Resting;
                    self.tally.answered(status, began, self.origin.elapsed());
                }
            }
            Ok(Came::End) => return self.replace(place, poll, io::Error::other("the proxy closed it")),
            Err(error) => return self.replace(place, poll, error),
        }
        self.proceed(place, poll)
    }

    /// Lets a connection do what comes next.
    fn proceed(&mut self, place: usize, poll: &Poll) -> io::Result<()> {
        let connection = &mut self.connections[place];
        if connection.state == State::Opening && connection.line.is_open() {
            connection.state = State::Unused;
        }
        let began = match (connection.state, self.next) {
            (State::Opening | State::Waiting(_), _) | (State::Resting, Next::AskOnce) => None,
            (State::Unused, Next::AskOnce) => Some(self.origin.elapsed()),
            (State::Unused | State::Resting, Next::Ask) => {
                Some(self.origin.elapsed()).filter(|now| *now < self.tally.counted.end)
            }
            (State::Unused | State::Resting, Next::AskWhatIsDue) => connection.due.pop_front(),
        };
        let mut sent = Ok(());
        if let Some(began) = began {
            connection.state = State::Waiting(began);
            sent = connection.line.send(&self.target.request);
        }
        match sent.and_then(|()| connection.line.watch(poll, Source::Client(place))) {
            Ok(()) => Ok(()),
            Err(error) => self.replace(place, poll, error),
        }
    }

    /// Opens a connection anew that was lost, with the request it had under way. That one is not asked again.
    fn replace(&mut self, place: usize, poll: &Poll, trouble: io::Error) -> io::Result<()> {
        self.tally.failures += 1;
        self.trouble = Some(trouble);
        let due = std::mem::take(&mut self.connections[place].due);
        self.connections[place] = Connection { due, ..Connection::open(&self.target, poll, place)? };
        Ok(())
    }
}

impl Connection {
    fn open(target: &Target, poll: &Poll, place: usize) -> io::Result<Self> {
        let line = Line::open(target.port, target.secure.as_ref(), poll, Source::Client(place))?;
        Ok(Self { line, reader: Reader::default(), state: State::Opening, due: VecDeque::new() })
    }

    fn owes_an_answer(&self) -> bool {
        match self.state {
            State::Opening | State::Waiting(_) => true,
            State::Unused | State::Resting => !self.due.is_empty(),
        }
    }
}
