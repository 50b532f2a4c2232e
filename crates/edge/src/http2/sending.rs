//! An answer's body on its way out: asked for its next part only when the one before is gone.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::Body as _;

use crate::body::{Body, BodyError};

/// A body that is being sent.
#[derive(Debug)]
pub(super) struct Sending {
    body: Body,
    /// What is here of it and not yet sent.
    pending: Bytes,
    /// What is left beyond that, where a length was announced.
    left: Option<u64>,
    /// Whether nothing follows what is here.
    over: bool,
}

/// What there is to be sent.
#[derive(Debug)]
pub(super) enum Part {
    /// Bytes that were here, or none where the body ends.
    AtHand,
    /// Bytes that just came.
    Came,
    Nothing,
    /// It failed, or it is shorter or longer than was announced.
    Unfinished(Option<BodyError>),
}

impl Sending {
    /// A body of which the length may have been announced.
    pub(super) fn new(mut body: Body, length: Option<u64>) -> Self {
        match body.take_bytes() {
            Some(pending) => Self { body, pending, left: None, over: true },
            None => Self { body, pending: Bytes::new(), left: length, over: false },
        }
    }

    /// Looks for something to send.
    pub(super) fn poll_part(&mut self, cx: &mut Context<'_>) -> Part {
        while self.pending.is_empty() && !self.over {
            // A panic in one body must not take the connection's other streams with it.
            let polled = catch_unwind(AssertUnwindSafe(|| Pin::new(&mut self.body).poll_frame(cx)));
            let frame = match polled {
                Ok(Poll::Pending) => return Part::Nothing,
                Ok(Poll::Ready(Some(Ok(frame)))) => frame,
                Ok(Poll::Ready(Some(Err(error)))) => return Part::Unfinished(Some(error)),
                Err(_) => return Part::Unfinished(None),
                Ok(Poll::Ready(None)) => {
                    self.over = true;
                    break;
                }
            };
            // Trailers were not announced, and nobody asked for them.
            let Ok(data) = frame.into_data() else { continue };
            if let Some(left) = &mut self.left {
                let Some(rest) = left.checked_sub(data.len() as u64) else { return Part::Unfinished(None) };
                *left = rest;
            }
            self.over = self.left == Some(0) || self.body.is_end_stream();
            self.pending = data;
            if !self.pending.is_empty() {
                return if self.over && self.is_short() { Part::Unfinished(None) } else { Part::Came };
            }
        }
        if self.over && self.is_short() { Part::Unfinished(None) } else { Part::AtHand }
    }

    fn is_short(&self) -> bool {
        self.left.is_some_and(|left| left > 0)
    }

    /// How many bytes are here.
    pub(super) fn here(&self) -> usize {
        self.pending.len()
    }

    /// Takes so many bytes of what is here, and says whether they are the last.
    pub(super) fn take(&mut self, length: usize) -> (Bytes, bool) {
        let bytes = self.pending.split_to(length);
        (bytes, self.over && self.pending.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::stream;
    use http_body::Frame;
    use http_body_util::StreamBody;

    fn send(parts: Vec<Result<&'static [u8], BodyError>>, length: Option<u64>) -> Option<Vec<u8>> {
        let frames = parts.into_iter().map(|part| part.map(|part| Frame::data(Bytes::from_static(part))));
        let mut sending = Sending::new(Body::stream(StreamBody::new(stream::iter(frames))), length);
        let mut sent = Vec::new();
        loop {
            match sending.poll_part(&mut Context::from_waker(Waker::noop())) {
                Part::Nothing | Part::Unfinished(_) => return None,
                Part::AtHand | Part::Came => {}
            }
            let (bytes, last) = sending.take(sending.here().min(2));
            sent.extend_from_slice(&bytes);
            if last {
                return Some(sent);
            }
        }
    }

    use std::task::Waker;

    #[test]
    fn a_body_is_sent_whole_or_known_to_be_unfinished() {
        for (length, sent) in [(None, true), (Some(5), true), (Some(4), false), (Some(6), false)] {
            let whole = send(vec![Ok(b"abc"), Ok(b""), Ok(b"de")], length);
            assert_eq!(whole, sent.then(|| b"abcde".to_vec()), "{length:?}");
        }
        assert_eq!(send(vec![Ok(b"abc"), Err(BodyError::TooSlow)], None), None);
        assert_eq!(send(vec![], None), Some(vec![]));
        assert_eq!(send(vec![], Some(1)), None);
    }

    #[test]
    fn a_body_at_hand_ends_with_its_last_byte() {
        let mut sending = Sending::new(Body::from("abc"), Some(3));
        assert!(matches!(sending.poll_part(&mut Context::from_waker(Waker::noop())), Part::AtHand));
        assert_eq!(sending.take(2), (Bytes::from_static(b"ab"), false));
        assert_eq!(sending.take(1), (Bytes::from_static(b"c"), true));
    }
}
