//! What an answer still has to send: small pieces joined in one buffer, a large one as it is, all in one write.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf as _, Bytes};
use tokio::io::AsyncWrite;

/// Up to this, copying is cheaper than a second slice for the kernel.
const SMALL_MAX: usize = 4 * 1024;
/// When so much has gathered, it is sent before more is asked for.
const GATHERED_MAX: usize = 16 * 1024;
/// What the buffer may keep from one answer to the next.
const KEPT_MAX: usize = 32 * 1024;

/// Bytes to be sent, in this order.
#[derive(Debug, Default)]
pub(crate) struct Outgoing {
    joined: Vec<u8>,
    /// How much of `joined` is sent.
    sent: usize,
    large: Bytes,
    /// What ends a large chunk.
    tail: &'static [u8],
}

impl Outgoing {
    pub(super) fn is_empty(&self) -> bool {
        self.sent == self.joined.len() && self.large.is_empty() && self.tail.is_empty()
    }

    /// Whether it must be sent before more is put into it.
    pub(super) fn is_full(&self) -> bool {
        !self.large.is_empty() || !self.tail.is_empty() || self.joined.len() >= GATHERED_MAX
    }

    /// Where heads are written. INVARIANT: only while it is not full, so that the order holds.
    pub(super) fn buffer(&mut self) -> &mut Vec<u8> {
        debug_assert!(self.large.is_empty() && self.tail.is_empty(), "nothing overtakes a large piece");
        &mut self.joined
    }

    pub(super) fn copy(&mut self, bytes: &[u8]) {
        self.buffer().extend_from_slice(bytes);
    }

    /// Adds a body's bytes as they are.
    pub(super) fn push(&mut self, bytes: Bytes) {
        if bytes.len() <= SMALL_MAX {
            self.copy(&bytes);
        } else {
            self.large = bytes;
        }
    }

    /// Adds a body's bytes as one chunk. An empty one would end the body.
    pub(super) fn push_chunk(&mut self, bytes: Bytes) {
        if bytes.is_empty() {
            return;
        }
        self.hexadecimal(bytes.len());
        self.copy(b"\r\n");
        if bytes.len() <= SMALL_MAX {
            self.copy(&bytes);
            self.copy(b"\r\n");
        } else {
            self.large = bytes;
            self.tail = b"\r\n";
        }
    }

    fn hexadecimal(&mut self, length: usize) {
        let digits = (usize::BITS - length.leading_zeros()).div_ceil(4).max(1);
        for place in (0..digits).rev() {
            let digit = (length >> (4 * place)) & 0xf;
            self.joined.push(b"0123456789abcdef"[digit]);
        }
    }

    /// Writes what the socket takes; answers how much that was.
    pub(super) fn poll_write(
        &self,
        transport: Pin<&mut impl AsyncWrite>,
        cx: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        let joined = &self.joined[self.sent..];
        if self.large.is_empty() && self.tail.is_empty() {
            return transport.poll_write(cx, joined);
        }
        let slices = [IoSlice::new(joined), IoSlice::new(&self.large), IoSlice::new(self.tail)];
        transport.poll_write_vectored(cx, &slices[usize::from(joined.is_empty())..])
    }

    /// So much of it is sent.
    pub(super) fn advance(&mut self, written: usize) {
        let joined = written.min(self.joined.len() - self.sent);
        self.sent += joined;
        let large = (written - joined).min(self.large.len());
        self.large.advance(large);
        self.tail = &self.tail[written - joined - large..];
        if self.is_empty() {
            self.sent = 0;
            self.large = Bytes::new();
            self.joined.clear();
            self.joined.shrink_to(KEPT_MAX);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doubles::Narrow;
    use proptest::prelude::*;

    fn send(out: &mut Outgoing, into: &mut Narrow) {
        let mut cx = Context::from_waker(std::task::Waker::noop());
        while !out.is_empty() {
            let Poll::Ready(Ok(written)) = out.poll_write(Pin::new(&mut *into), &mut cx) else {
                panic!("it takes bytes")
            };
            assert_ne!(written, 0);
            out.advance(written);
        }
    }

    proptest! {
        #[test]
        fn every_byte_is_sent_once_and_in_order_however_the_socket_takes_it(
            sizes in prop::collection::vec(prop_oneof![0usize..40, 4000usize..5000], 0..12), width in 1usize..6000
        ) {
            let (mut out, mut whole, mut narrow) =
                (Outgoing::default(), Vec::new(), Narrow(Vec::new(), width));
            for (index, size) in sizes.iter().enumerate() {
                let bytes = Bytes::from(vec![b'a' + index as u8; *size]);
                whole.extend_from_slice(&bytes);
                out.push_chunk(bytes);
                if out.is_full() {
                    send(&mut out, &mut narrow);
                }
            }
            out.copy(b"0\r\n\r\n");
            send(&mut out, &mut narrow);
            let (mut chunks, mut at, mut data) = (crate::chunks::Chunks::default(), 0, Vec::new());
            while !chunks.ended() {
                let piece = chunks.next(&narrow.0[at..]).expect("chunks");
                data.extend_from_slice(&narrow.0[at + piece.framing..at + piece.framing + piece.data]);
                at += piece.framing + piece.data;
            }
            prop_assert_eq!(data, whole);
            prop_assert_eq!(at, narrow.0.len());
        }
    }

    #[test]
    fn bytes_keep_their_order_around_a_large_piece() {
        let (mut out, mut narrow) = (Outgoing::default(), Narrow(Vec::new(), 999));
        out.copy(b"head");
        out.push(Bytes::from(vec![b'x'; 10_000]));
        assert!(out.is_full());
        send(&mut out, &mut narrow);
        assert!(narrow.0.starts_with(b"headxxx") && narrow.0.len() == 10_004);
        assert!(!out.is_full());
    }
}
