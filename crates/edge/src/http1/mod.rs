//! HTTP/1.1, served by ourselves: one connection, one request after the other, each answered before the next is read.
//!
//! The `line` knows the wire, `answer` how an answer's head is written, `outgoing` what of it is still to be sent. hyper
//! has no part in it: the edge judged each head by itself already, and handing it on cost more than answering it.

mod line;
mod arriving;
mod answer;
mod outgoing;

use std::future::poll_fn;
use std::io;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;

use bytes::Bytes;
use futures_util::FutureExt as _;
use http::StatusCode;
use http_body::{Body as _, Frame};

use crate::body::{Body, BodyError};
use crate::dates::Dates;
use crate::fields::Fields;
use crate::handler::{Answer, Arrived, Handler, Refused};
use crate::head::Head;
use crate::parse::RefusedHead;
use crate::refusal::FrontEndRefusal;
use crate::shared::{InFlight, Shared};

use answer::{Afterwards, Dated, Framed, Sending, Terms};
use line::{Asked, Next, Upload};
use outgoing::Outgoing;

#[cfg(test)]
mod tests;
#[cfg(test)]
mod property;

pub(crate) use answer::{announced, digits, may_have_body};
pub(crate) use arriving::Arriving;
pub(crate) use line::{Line, Unread};

/// How a connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Farewell {
    /// The last answer is sent, or nobody asked: the client should get all of it.
    Close,
    /// The client is gone, or its answer cannot be finished.
    Abort,
    /// An answer that only the connection's end delimits cannot be finished: it must not look whole.
    Reset,
}

/// What comes after a busy time.
enum Then {
    Doze,
    Over(Farewell),
}

/// Serves a connection until it ends.
pub(crate) async fn serve<H: Handler>(handler: &H, line: &Arc<Line>, dates: &Dates) -> Farewell {
    loop {
        // Until bytes come, a connection holds no buffer, nor the room that a handler needs.
        if !poll_fn(|cx| line.poll_wake(cx)).await {
            return Farewell::Close;
        }
        let busy = Busy { handler, line, shared: &line.shared, dates, out: Outgoing::default() };
        match Box::pin(busy.serve()).await {
            Then::Doze => {}
            Then::Over(farewell) => return farewell,
        }
    }
}

/// A connection between two pauses.
struct Busy<'a, H> {
    handler: &'a H,
    line: &'a Arc<Line>,
    shared: &'a Arc<Shared>,
    dates: &'a Dates,
    out: Outgoing,
}

impl<H: Handler> Busy<'_, H> {
    async fn serve(mut self) -> Then {
        loop {
            let ended = match poll_fn(|cx| self.line.poll_next(cx)).await {
                Next::Request(asked) => self.exchange(asked).await,
                Next::Refused(refused) => self.refuse(refused).await,
                Next::Doze => return Then::Doze,
                Next::End => Err(Farewell::Close),
            };
            if let Err(farewell) = ended {
                return Then::Over(farewell);
            }
        }
    }

    /// One request and its answer.
    async fn exchange(&mut self, asked: Box<Asked>) -> Result<(), Farewell> {
        let mut in_flight = self.shared.begin();
        let terms = Terms::of(&asked.head, asked.persistence);
        let response = self.call(asked).await.ok_or(Farewell::Abort)?;
        let afterwards = self.answer(response, terms, &mut in_flight).await?;
        drop(in_flight);
        if afterwards == Afterwards::Close {
            return Err(Farewell::Close);
        }
        if !self.line.is_at_head() {
            // The rest of the body must come as fast as a head.
            self.shared.head_begun();
            if !poll_fn(|cx| self.line.poll_skip(cx)).await {
                return Err(Farewell::Close);
            }
        }
        Ok(())
    }

    async fn refuse(&mut self, RefusedHead { refusal, head }: RefusedHead) -> Result<(), Farewell> {
        let mut in_flight = self.shared.begin();
        let terms = Terms::last(head.as_deref());
        let response = self.refusal(refusal, head);
        self.answer(response, terms, &mut in_flight).await?;
        Err(Farewell::Close)
    }

    fn refusal(&self, refusal: FrontEndRefusal, head: Option<Box<Head>>) -> Answer {
        self.handler.refused(Refused { refusal, head, connection: Arc::clone(&self.shared.facts) })
    }

    /// The handler's answer; `None` when the client goes before there is one.
    async fn call(&self, asked: Box<Asked>) -> Option<Answer> {
        let mut answering = pin!(
            AssertUnwindSafe(async {
                let Asked { head, body, .. } = *asked;
                self.handler.handle(Arrived { head, body, connection: Arc::clone(&self.shared.facts) }).await
            })
            .catch_unwind()
        );
        let answered = poll_fn(|cx| match answering.as_mut().poll(cx) {
            Poll::Ready(answered) => Poll::Ready(Some(answered)),
            Poll::Pending => self.line.poll_gone(cx).map(|()| None),
        });
        // A panicking request must not take the connection's other requests with it.
        Some(answered.await?.unwrap_or_else(|_| self.refusal(FrontEndRefusal::HandlerPanicked, None)))
    }

    /// Sends an answer to its last byte.
    async fn answer(&mut self, answer: Answer, terms: Terms, in_flight: &mut InFlight) -> Result<Afterwards, Farewell> {
        let (mut answer, mut terms) = (answer, terms);
        if answer.status.is_informational() {
            // SECURITY: a client would take the next answer for this one's.
            answer = Answer::bare(StatusCode::INTERNAL_SERVER_ERROR);
            terms.close();
        }
        let Answer { status, fields, mut body } = answer;
        if self.shared.draining() {
            terms.close();
        }
        let at_hand = body.take_bytes();
        let length = match &at_hand {
            Some(bytes) => Some(bytes.len() as u64),
            None if body.is_end_stream() => Some(0),
            None => body.known_length(),
        };
        let Framed { sending, afterwards, .. } = self.begin(status, &fields, terms, length, in_flight);
        match (at_hand, sending) {
            (Some(bytes), Sending::Length(_)) => self.out.push(bytes),
            (Some(_), _) | (None, Sending::Nothing | Sending::Length(0)) => {}
            (None, sending) => self.stream(body, sending, in_flight).await?,
        }
        if self.send().await.map_err(|_| Farewell::Abort)? == Sent::Waiting {
            in_flight.progress();
        }
        Ok(afterwards)
    }

    /// Writes the head, and says how the body follows.
    fn begin(
        &mut self,
        status: StatusCode,
        fields: &Fields,
        mut terms: Terms,
        length: Option<u64>,
        in_flight: &mut InFlight,
    ) -> Framed {
        if self.line.begin_answer(&mut self.out) == Upload::Abandoned {
            terms.close();
        }
        let out = self.out.buffer();
        let framed = terms.write_head(out, status, fields, length);
        let now = in_flight.answered();
        if framed.dated == Dated::No {
            out.extend_from_slice(b"date: ");
            self.dates.write(out, now, &*self.shared.clock);
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(b"\r\n");
        framed
    }

    /// Sends a body as it comes, and asks for more only when the socket has taken what there was.
    async fn stream(&mut self, mut body: Body, sending: Sending, in_flight: &mut InFlight) -> Result<(), Farewell> {
        let mut sending = sending;
        loop {
            let step = poll_fn(|cx| match Pin::new(&mut body).poll_frame(cx) {
                Poll::Ready(frame) => Poll::Ready(Step::Frame(frame)),
                // What is here goes first, with the head.
                Poll::Pending if !self.out.is_empty() => Poll::Ready(Step::Send),
                Poll::Pending => self.line.poll_gone(cx).map(|()| Step::Gone),
            });
            match step.await {
                Step::Gone => return Err(Farewell::Abort),
                Step::Send => drop(self.send().await.map_err(|_| Farewell::Abort)?),
                Step::Frame(frame) => {
                    in_flight.progress();
                    match self.take(frame, &mut sending) {
                        Ok(Taken::More) => {}
                        Ok(Taken::Last) => return Ok(()),
                        Err(Unfinished) => {
                            // What came before is the client's; how it ends must not look like an end.
                            let _ = self.send().await;
                            let reset = sending == Sending::UntilClose;
                            return Err(if reset { Farewell::Reset } else { Farewell::Abort });
                        }
                    }
                    if self.out.is_full() {
                        self.send().await.map_err(|_| Farewell::Abort)?;
                    }
                }
            }
        }
    }

    /// Frames what came of a body.
    fn take(&mut self, frame: Polled, sending: &mut Sending) -> Result<Taken, Unfinished> {
        match (frame, sending) {
            (Some(Err(error)), _) => {
                tracing::debug!(peer = %self.shared.facts.peer, %error, "an answer broke off");
                Err(Unfinished)
            }
            (Some(Ok(frame)), sending) => {
                // Trailers were not announced, and nobody asked for them.
                let Ok(data) = frame.into_data() else { return Ok(Taken::More) };
                match sending {
                    Sending::Chunked => self.out.push_chunk(data),
                    Sending::UntilClose => self.out.push(data),
                    // SECURITY: a byte more than announced would be read as the next answer.
                    Sending::Length(left) => {
                        *left = left.checked_sub(data.len() as u64).ok_or(Unfinished)?;
                        self.out.push(data);
                        if *left == 0 {
                            return Ok(Taken::Last);
                        }
                    }
                    Sending::Nothing => return Ok(Taken::Last),
                }
                Ok(Taken::More)
            }
            (None, Sending::Chunked) => {
                self.out.copy(b"0\r\n\r\n");
                Ok(Taken::Last)
            }
            (None, Sending::Length(1..)) => Err(Unfinished),
            (None, Sending::Length(0) | Sending::UntilClose | Sending::Nothing) => Ok(Taken::Last),
        }
    }

    async fn send(&mut self) -> io::Result<Sent> {
        let mut sent = Sent::AtOnce;
        poll_fn(|cx| {
            let polled = self.line.poll_send(&mut self.out, cx);
            if polled.is_pending() {
                sent = Sent::Waiting;
            }
            polled.map_ok(|()| sent)
        })
        .await
    }
}

type Polled = Option<Result<Frame<Bytes>, BodyError>>;

/// Whether the socket had to be waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    AtOnce,
    Waiting,
}

enum Step {
    Frame(Polled),
    Send,
    Gone,
}

enum Taken {
    More,
    Last,
}

/// A body that failed, or that is shorter or longer than was announced.
struct Unfinished;
