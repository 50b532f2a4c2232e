//! HTTP/2, served by ourselves: one loop reads frames, asks the streams that were woken, and sends what they have.
//! <https://www.rfc-editor.org/rfc/rfc9113>
//!
//! The `session` is what a connection is while nobody asks for anything; everything else here lives only while it is busy.
//! `receive` takes frames, `requests` makes streams of them, `work` answers those, and `flow` shares the windows out.

mod frame;
mod settings;
mod hpack;
mod session;
mod receive;
mod fields;
mod requests;
mod streams;
mod ready;
mod arriving;
mod work;
mod answer;
mod sending;
mod flow;
mod outgoing;
mod calm;

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::AsyncWrite as _;

use crate::dates::Dates;
use crate::handler::Handler;
use crate::shared::{Pause, Shared};
use crate::transport::Transport;

use frame::{ACK, Code, Kind};
use outgoing::Outgoing;
use session::{Away, Liveness, Wake};
use streams::Streams;

#[cfg(test)]
mod tests;

pub(crate) use arriving::Arriving;
pub(crate) use session::Session;

/// When so much waits to be sent, no more is asked of the streams.
const GATHERED_MAX: usize = 64 * 1024;
/// When so much waits, with what frames of the client made us answer, no more is read.
const WAITING_MAX: usize = 2 * GATHERED_MAX;
/// So often it goes round before other connections have their turn.
const TURNS_MAX: usize = 32;
/// The stream that is named while streams on their way are still taken (RFC 9113, section 6.8).
const ANY_STREAM: u32 = 0x7fff_ffff;
/// What our pings hold: one asks whether the client has heard that it shall go, one whether it lives.
const PING_AWAY: [u8; 8] = *b"going aw";
const PING_ALIVE: [u8; 8] = *b"you ther";

/// How a connection ends.
#[derive(Debug)]
pub(crate) enum Farewell {
    /// The client should get all that was sent.
    Close(Transport),
    /// The client is gone.
    Abort,
}

/// What comes after a busy time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    Doze,
    Close,
    Abort,
}

/// Serves a connection until it ends.
pub(crate) async fn serve<H: Handler>(
    handler: &H,
    mut session: Session,
    shared: &Arc<Shared>,
    dates: &Dates,
) -> Farewell {
    loop {
        // Until bytes come, a connection holds no buffer, nor the room that streams need.
        if poll_fn(|cx| session.poll_wake(shared, cx)).await == Wake::Gone {
            return Farewell::Abort;
        }
        let mut busy = Box::new(Busy::new(handler, &mut session, shared, dates));
        let then = poll_fn(|cx| busy.poll(cx)).await;
        drop(busy);
        match then {
            Then::Doze => session.doze(),
            Then::Close => return Farewell::Close(session.transport),
            Then::Abort => return Farewell::Abort,
        }
    }
}

/// A connection between two pauses.
struct Busy<'a, H> {
    handler: &'a H,
    session: &'a mut Session,
    shared: &'a Arc<Shared>,
    dates: &'a Dates,
    streams: Streams<'a>,
    /// Slots of streams that were woken, or that have just begun.
    woken: Vec<usize>,
    /// Slots of streams that have something to send, in their turn.
    turns: VecDeque<usize>,
    out: Outgoing,
    /// Whether the last bytes written may still wait on this side.
    unflushed: bool,
    /// Whether bytes are here that were not looked at.
    unread: bool,
    /// Once set, nothing is read any more, and this is what follows the last byte.
    ending: Option<Then>,
}

impl<'a, H: Handler> Busy<'a, H> {
    fn new(handler: &'a H, session: &'a mut Session, shared: &'a Arc<Shared>, dates: &'a Dates) -> Self {
        let mut out = Outgoing::default();
        if session.is_new() {
            settings::write_ours(out.buffer(), &shared.limits);
        }
        Self {
            handler,
            session,
            shared,
            dates,
            streams: Streams::new(),
            woken: Vec::new(),
            turns: VecDeque::new(),
            out,
            unflushed: false,
            unread: true,
            ending: None,
        }
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Then> {
        if self.session.away == Away::No && self.ending.is_none() && self.shared.draining() {
            self.announce_end();
        }
        if self.session.liveness != Liveness::Unwatched && self.shared.alarm_rung() && self.is_dead() {
            return Poll::Ready(Then::Abort);
        }
        for _ in 0..TURNS_MAX {
            let Ok(moved) = self.turn(cx) else { return Poll::Ready(Then::Abort) };
            if !moved {
                match self.rest() {
                    Rest::Wait => return Poll::Pending,
                    Rest::Over(then) => return Poll::Ready(then),
                    Rest::Again => {}
                }
            }
        }
        // Others have their turn, and so has the runtime: a handler that it holds back wakes itself until then.
        cx.waker().wake_by_ref();
        Poll::Pending
    }

    /// Takes what came, asks who was woken, sends what there is; answers whether any of that brought something about.
    fn turn(&mut self, cx: &mut Context<'_>) -> io::Result<bool> {
        let received = self.receive(cx)?;
        let worked = self.work(cx);
        self.gather();
        let sent = self.send(cx)?;
        Ok(received || worked || sent)
    }

    /// Writes what the socket takes.
    fn send(&mut self, cx: &mut Context<'_>) -> io::Result<bool> {
        let mut sent = false;
        while !self.out.is_empty() {
            match self.out.poll_write(Pin::new(&mut self.session.transport), cx)? {
                Poll::Ready(0) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(written) => self.out.advance(written),
                Poll::Pending => return Ok(sent),
            }
            (sent, self.unflushed) = (true, true);
        }
        if self.unflushed && self.poll_flush(cx)?.is_ready() {
            self.unflushed = false;
        }
        Ok(sent)
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> io::Result<Poll<()>> {
        match Pin::new(&mut self.session.transport).poll_flush(cx) {
            Poll::Ready(flushed) => flushed.map(Poll::Ready),
            Poll::Pending => Ok(Poll::Pending),
        }
    }

    /// Nothing moves: what that means depends on the time, and on what is open.
    fn rest(&mut self) -> Rest {
        let pause = self.shared.pause();
        let sent = self.out.is_empty() && !self.unflushed;
        match self.ending {
            Some(then) if sent => return Rest::Over(then),
            // The client takes nothing any more.
            Some(_) if pause == Pause::Expired => return Rest::Over(Then::Abort),
            Some(_) => return Rest::Wait,
            None => {}
        }
        if !self.streams.is_empty() {
            if self.session.liveness == Liveness::Unwatched {
                self.session.liveness = Liveness::Watched { heard: true };
                self.shared.set_alarm(self.shared.limits.ping_interval);
            }
            return Rest::Wait;
        }
        if self.session.away == Away::Final || pause == Pause::Expired {
            self.say_goodbye(Code::NoError);
            return Rest::Again;
        }
        if self.session.is_between_frames() {
            return if pause == Pause::Doze && sent { Rest::Over(Then::Doze) } else { Rest::Wait };
        }
        // Half a frame must become a whole one in time.
        if !self.session.timed {
            self.session.timed = self.shared.head_begun();
        }
        Rest::Wait
    }

    /// Asks the client to open no more streams; those on their way are still taken.
    fn announce_end(&mut self) {
        self.session.away = Away::Announced;
        frame::write_go_away(self.out.buffer(), ANY_STREAM, Code::NoError);
        frame::write(self.out.buffer(), Kind::Ping, 0, 0, &PING_AWAY);
    }

    /// The client has heard that it shall go: whatever it opens from here on is not taken.
    fn name_last_stream(&mut self) {
        self.session.away = Away::Final;
        frame::write_go_away(self.out.buffer(), self.session.latest, Code::NoError);
    }

    /// Ends the connection, with all that is open on it.
    fn say_goodbye(&mut self, code: Code) {
        if self.ending.is_some() {
            return;
        }
        if code != Code::NoError {
            tracing::debug!(peer = %self.shared.facts.peer, ?code, "the connection breaks the protocol");
        }
        // After the last stream was named without a fault, there is nothing to be added.
        if code != Code::NoError || self.session.away != Away::Final {
            frame::write_go_away(self.out.buffer(), self.session.latest, code);
        }
        self.streams.close_all();
        self.ending = Some(Then::Close);
        // From here on it is the client's to take what was sent.
        self.shared.head_begun();
    }

    /// The time has come to see whether the client lives.
    fn is_dead(&mut self) -> bool {
        let (liveness, wait) = match self.session.liveness {
            Liveness::Asked => return true,
            // Nobody is waited for.
            _ if self.streams.is_empty() => return self.unwatch(),
            Liveness::Unwatched | Liveness::Watched { heard: true } => {
                (Liveness::Watched { heard: false }, self.shared.limits.ping_interval)
            }
            Liveness::Watched { heard: false } => {
                frame::write(self.out.buffer(), Kind::Ping, 0, 0, &PING_ALIVE);
                (Liveness::Asked, self.shared.limits.ping_timeout)
            }
        };
        self.session.liveness = liveness;
        self.shared.set_alarm(wait);
        false
    }

    fn unwatch(&mut self) -> bool {
        self.session.liveness = Liveness::Unwatched;
        false
    }

    fn take_ping(&mut self, flags: u8, payload: [u8; 8]) {
        if flags & ACK == 0 {
            frame::write(self.out.buffer(), Kind::Ping, ACK, 0, &payload);
        } else if payload == PING_AWAY && self.session.away == Away::Announced {
            self.name_last_stream();
        }
    }
}

/// What to do when nothing moves.
enum Rest {
    Wait,
    Again,
    Over(Then),
}
