//! The bytes of one connection, in the clear or encrypted.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use crate::tls::Bounded;

/// A TLS connection, on the heap so that moving it from stage to stage copies nothing.
pub(crate) type Encrypted = Box<TlsStream<Bounded<TcpStream>>>;

/// What HTTP/1.1 is spoken over. One type, so that a request's body is of one type too.
#[derive(Debug)]
pub(crate) enum Transport {
    Plain(TcpStream),
    Tls(Encrypted),
    #[cfg(test)]
    Pipe(tokio::io::DuplexStream),
}

impl Transport {
    /// Ready when a read may find something, or the client's end. Costs no call of the kernel.
    pub(crate) fn poll_readable(&self, cx: &mut Context<'_>) -> Poll<()> {
        match self {
            Self::Plain(stream) => stream.poll_read_ready(cx).map(drop),
            Self::Tls(stream) => stream.get_ref().0.inner().poll_read_ready(cx).map(drop),
            #[cfg(test)]
            Self::Pipe(_) => Poll::Pending,
        }
    }

    /// Makes closing a reset: a body that only the connection's end delimits must not look whole when it is not.
    pub(crate) fn reset_on_close(&self) {
        let stream = match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.get_ref().0.inner(),
            #[cfg(test)]
            Self::Pipe(_) => return,
        };
        // Where the kernel refuses, the client still sees an early end.
        let _ = socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO));
    }
}

/// Calls the same method of whichever stream it is.
macro_rules! either {
    ($self:expr, $stream:ident => $call:expr) => {
        match $self.get_mut() {
            Self::Plain($stream) => $call,
            Self::Tls($stream) => $call,
            #[cfg(test)]
            Self::Pipe($stream) => $call,
        }
    };
}

impl AsyncRead for Transport {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => Pin::new(stream).poll_read(cx, buffer))
    }
}

impl AsyncWrite for Transport {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        either!(self, stream => Pin::new(stream).poll_write(cx, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        either!(self, stream => Pin::new(stream).poll_write_vectored(cx, slices))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => Pin::new(stream).poll_flush(cx))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => Pin::new(stream).poll_shutdown(cx))
    }
}
