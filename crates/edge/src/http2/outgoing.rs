//! What a connection still has to send: frames joined in one buffer, large payloads as they are, all in one write.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf as _, Bytes};
use tokio::io::AsyncWrite;

/// Up to this, copying is cheaper than a second slice for the kernel.
const SMALL_MAX: usize = 4 * 1024;
/// When so much of the buffer is sent, what is not moves to its beginning.
const SENT_MAX: usize = 64 * 1024;
/// How many slices one write takes.
const SLICES: usize = 16;

/// Bytes to be sent, in this order.
#[derive(Debug, Default)]
pub(super) struct Outgoing {
    joined: Vec<u8>,
    /// How much of `joined` is sent.
    sent: usize,
    /// Large pieces, each with the place in `joined` that it stands before.
    large: VecDeque<(usize, Bytes)>,
    large_bytes: usize,
}

impl Outgoing {
    pub(super) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes wait.
    pub(super) fn len(&self) -> usize {
        self.joined.len() - self.sent + self.large_bytes
    }

    /// Where frames are written.
    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.joined
    }

    /// Adds a payload.
    pub(super) fn push(&mut self, bytes: Bytes) {
        if bytes.len() <= SMALL_MAX {
            return self.joined.extend_from_slice(&bytes);
        }
        self.large_bytes += bytes.len();
        self.large.push_back((self.joined.len(), bytes));
    }

    /// Writes what the socket takes; answers how much that was.
    pub(super) fn poll_write(
        &self,
        transport: Pin<&mut impl AsyncWrite>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        if self.large.is_empty() {
            return transport.poll_write(cx, &self.joined[self.sent..]);
        }
        let mut slices = [IoSlice::new(&[]); SLICES];
        let (mut filled, mut at) = (0, self.sent);
        // The last round takes what follows all large pieces.
        let rest = std::iter::once((self.joined.len(), &[][..]));
        for (place, large) in self.large.iter().map(|(place, large)| (*place, &large[..])).chain(rest) {
            for slice in [&self.joined[at..place], large] {
                if !slice.is_empty() && filled < SLICES {
                    slices[filled] = IoSlice::new(slice);
                    filled += 1;
                }
            }
            at = place;
        }
        transport.poll_write_vectored(cx, &slices[..filled])
    }

    /// So much of it is sent.
    pub(super) fn advance(&mut self, mut written: usize) {
        while written > 0 {
            let end = self.large.front().map_or(self.joined.len(), |(place, _)| *place);
            let joined = written.min(end - self.sent);
            self.sent += joined;
            written -= joined;
            let Some((_, large)) = self.large.front_mut() else { break };
            let taken = written.min(large.len());
            large.advance(taken);
            self.large_bytes -= taken;
            written -= taken;
            if large.is_empty() {
                self.large.pop_front();
            }
        }
        if self.is_empty() {
            self.joined.clear();
            self.sent = 0;
        } else if self.sent >= SENT_MAX {
            self.forget_sent();
        }
    }

    /// SECURITY: a client that always leaves something to be sent would make us keep all that it ever took.
    fn forget_sent(&mut self) {
        self.joined.drain(..self.sent);
        for (place, _) in &mut self.large {
            *place -= self.sent;
        }
        self.sent = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doubles::Narrow;
    use proptest::prelude::*;

    #[test]
    fn what_is_sent_is_let_go_though_something_always_waits() {
        let (mut out, mut narrow, mut whole) = (Outgoing::default(), Narrow(Vec::new(), 7000), Vec::new());
        for index in 0..1000_u32 {
            let size = if index % 5 == 0 { 9000 } else { 4000 };
            let bytes = Bytes::from(vec![index as u8; size]);
            whole.extend_from_slice(&bytes);
            out.push(bytes);
            while out.len() > 100 {
                narrow.1 = (out.len() - 100).min(7000);
                let mut cx = Context::from_waker(std::task::Waker::noop());
                let Poll::Ready(Ok(written)) = out.poll_write(Pin::new(&mut narrow), &mut cx) else {
                    panic!("it takes")
                };
                out.advance(written);
            }
            assert!(out.joined.len() <= SENT_MAX + 10_000, "{}", out.joined.len());
        }
        assert_eq!(narrow.0, whole[..whole.len() - 100]);
    }

    proptest! {
        #[test]
        fn every_byte_is_sent_once_and_in_order_however_the_socket_takes_it(
            sizes in prop::collection::vec(prop_oneof![0usize..40, 4000usize..5000], 0..40), width in 1usize..9000,
            every in 1usize..9
        ) {
            let (mut out, mut whole, mut narrow) = (Outgoing::default(), Vec::new(), Narrow(Vec::new(), width));
            let mut write = |out: &mut Outgoing, whole: &Vec<u8>| {
                let mut cx = Context::from_waker(std::task::Waker::noop());
                let Poll::Ready(Ok(written)) = out.poll_write(Pin::new(&mut narrow), &mut cx) else { panic!("it takes") };
                assert!(written > 0, "something is sent");
                out.advance(written);
                assert_eq!(narrow.0.len() + out.len(), whole.len());
                narrow.0.clone()
            };
            for (index, size) in sizes.iter().enumerate() {
                let bytes = Bytes::from(vec![index as u8; *size]);
                whole.extend_from_slice(&bytes);
                out.push(bytes);
                if index % every == 0 && !out.is_empty() {
                    write(&mut out, &whole);
                }
            }
            let mut sent = Vec::new();
            while !out.is_empty() {
                sent = write(&mut out, &whole);
            }
            prop_assert!(sent == whole || sent.is_empty());
        }
    }
}
