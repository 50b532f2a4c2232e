//! One connection from accept to close: handshake, HTTP/1.1 or HTTP/2, and the watch over its time.

use std::future::{Future, poll_fn};
use std::io;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use base::Clock;
use futures_util::FutureExt as _;
use futures_util::future::{Either, select};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::admission::{Permit, TurnedAway};
use crate::bell::Bell;
use crate::connection::{Alpn, Connection, TlsFacts};
use crate::dates::Dates;
use crate::handler::Handler;
use crate::http1::{self, Farewell, Line, Unread};
use crate::http2::{self, Session};
use crate::limits::Limits;
use crate::shared::{Overdue, Shared};
use crate::tls::{Bounded, Tls};
use crate::transport::{Encrypted, Transport};

/// What a client may still send after its last answer, so that a reset does not overtake the answer, in bytes.
const LINGER_BYTES_MAX: usize = 16 * 1024 * 1024;

/// What all connections of a worker share.
pub(crate) struct Driver<H> {
    pub(crate) handler: Arc<H>,
    limits: Arc<Limits>,
    clock: Arc<dyn Clock>,
    /// Tells running connections to finish.
    drain: CancellationToken,
    /// Tells them that their time is over.
    kill: CancellationToken,
    dates: Dates,
}

/// How a connection ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// By itself, or because the client went.
    Closed,
    /// Cut off, with a request in flight or not.
    CutOff,
}

impl<H: Handler> Driver<H> {
    pub(crate) fn new(
        handler: H,
        limits: Arc<Limits>,
        clock: Arc<dyn Clock>,
        drain: CancellationToken,
        kill: CancellationToken,
    ) -> Self {
        Self { handler: Arc::new(handler), limits, clock, drain, kill, dates: Dates::default() }
    }

    /// Serves one accepted socket until it is closed; the permit counts it until then.
    pub(crate) async fn drive(&self, stream: TcpStream, peer: SocketAddr, tls: Option<Tls>, permit: Permit) -> End {
        let end = match stream.local_addr() {
            Ok(local) => {
                let facts = Connection::new(peer, local, self.clock.now());
                // Small answers must not wait for the client's acknowledgement of the ones before.
                let _ = stream.set_nodelay(true);
                match tls {
                    None => Box::pin(self.serve_http1(Transport::Plain(stream), facts)).await,
                    Some(tls) => self.serve_tls(stream, facts, tls).await,
                }
            }
            Err(_) => End::Closed,
        };
        drop(permit);
        end
    }

    /// A connection's memory is that of its present stage: each is a future of its own on the heap.
    async fn serve_tls(&self, stream: TcpStream, mut facts: Connection, tls: Tls) -> End {
        let stream = match Box::pin(self.shake_hands(stream, facts.peer, tls)).await {
            Ok(stream) => stream,
            Err(end) => return end,
        };
        let tls = tls_facts(&stream);
        let alpn = tls.alpn;
        facts.tls = Some(tls);
        match alpn {
            Alpn::H2 => Box::pin(self.serve_http2(Transport::Tls(stream), facts)).await,
            Alpn::Http11 => Box::pin(self.serve_http1(Transport::Tls(stream), facts)).await,
        }
    }

    async fn shake_hands(&self, stream: TcpStream, peer: SocketAddr, tls: Tls) -> Result<Encrypted, End> {
        let bounded = Bounded::new(stream, self.limits.handshake_bytes_max);
        let handshake = pin!(tokio_rustls::TlsAcceptor::from(tls.0).accept(bounded).into_fallible());
        let kill = pin!(self.kill.cancelled());
        let timeout = select(self.clock.sleep(self.limits.handshake_timeout), kill);
        match select(handshake, timeout).await {
            Either::Left((Ok(mut stream), _)) => {
                stream.get_mut().0.unbound();
                Ok(Box::new(stream))
            }
            Either::Left((Err((error, stream)), _)) => {
                tracing::debug!(%peer, %error, "the TLS handshake failed");
                self.handler.turned_away(peer, TurnedAway::HandshakeFailed);
                Box::pin(self.linger(stream, Unread::Perhaps)).await;
                Err(End::Closed)
            }
            Either::Right((Either::Left(_), _)) => {
                self.handler.turned_away(peer, TurnedAway::HandshakeTimeout);
                Err(End::Closed)
            }
            Either::Right((Either::Right(_), _)) => Err(End::CutOff),
        }
    }

    async fn serve_http1(&self, transport: Transport, facts: Connection) -> End {
        let shared = Shared::new(facts, Arc::clone(&self.limits), Arc::clone(&self.clock));
        let line = Kept(Line::new(transport, Arc::clone(&shared)));
        let serving = pin!(http1::serve(&*self.handler, &line.0, &self.dates));
        let Some(farewell) = self.watch(serving, &shared).await else {
            // Whatever was under way must not look whole, not even what only the connection's end delimits.
            if let (Some(transport), _) = line.0.close() {
                transport.reset_on_close();
            }
            return End::CutOff;
        };
        match (farewell, line.0.close()) {
            (Farewell::Close, (Some(transport), unread)) => Box::pin(self.linger(transport, unread)).await,
            (Farewell::Reset, (Some(transport), _)) => transport.reset_on_close(),
            (Farewell::Abort, _) | (_, (None, _)) => {}
        }
        End::Closed
    }

    async fn serve_http2(&self, transport: Transport, facts: Connection) -> End {
        let shared = Shared::new(facts, Arc::clone(&self.limits), Arc::clone(&self.clock));
        let session = Session::new(transport, &self.limits);
        let served = {
            let serving = pin!(http2::serve(&*self.handler, session, &shared, &self.dates));
            self.watch(serving, &shared).await
        };
        match served {
            Some(http2::Farewell::Close(transport)) => {
                Box::pin(self.linger(transport, Unread::Perhaps)).await;
                End::Closed
            }
            Some(http2::Farewell::Abort) => End::Closed,
            None => End::CutOff,
        }
    }

    /// Runs a connection while its time lasts. `None` is cut off.
    async fn watch<F: Future>(&self, mut connection: Pin<&mut F>, shared: &Shared) -> Option<F::Output> {
        let mut drain = pin!(self.drain.cancelled());
        let mut kill = pin!(self.kill.cancelled());
        let mut watch = Watch::new(&*self.clock, shared);
        let mut draining = false;
        let mut bell = Bell::default();
        poll_fn(|cx| {
            let mut rung = bell.rung(cx);
            let mut alarm = Context::from_waker(bell.waker());
            loop {
                // Before anything is answered, so that no answer after the signal promises another.
                if rung && !draining && drain.as_mut().poll(&mut alarm).is_ready() {
                    draining = true;
                    shared.drain();
                }
                if let Poll::Ready(output) = connection.as_mut().poll(cx) {
                    return Poll::Ready(Some(output));
                }
                if rung && kill.as_mut().poll(&mut alarm).is_ready() {
                    return Poll::Ready(None);
                }
                if !rung && !watch.is_late() {
                    return Poll::Pending;
                }
                match watch.poll(&mut alarm) {
                    Poll::Ready(Some(Overdue::Head | Overdue::Doze | Overdue::Alarm) | None) => {}
                    Poll::Ready(Some(Overdue::Progress)) => return Poll::Ready(None),
                    Poll::Pending => return Poll::Pending,
                }
                // The timer was set anew.
                rung = true;
            }
        })
        .await
    }

    /// Closes a socket so that the client gets the last answer: data left unread would make the kernel send a reset.
    async fn linger<T: AsyncRead + AsyncWrite + Unpin>(&self, mut stream: T, unread: Unread) {
        let close = pin!(async {
            stream.shutdown().await?;
            if unread == Unread::Perhaps {
                let mut room = [0; 4096];
                let mut left = LINGER_BYTES_MAX;
                while left > 0 {
                    match stream.read(&mut room).await? {
                        0 => break,
                        read => left = left.saturating_sub(read),
                    }
                }
            }
            Ok::<_, io::Error>(())
        });
        // Whichever comes first: there is nobody left to tell.
        let kill = pin!(self.kill.cancelled());
        let timeout = select(self.clock.sleep(self.limits.drain_grace), kill);
        let _ = select(close, timeout).await;
    }
}

/// A connection's line, closed with it: a request's body may outlive its connection, and must hear of its end.
struct Kept(Arc<Line>);

impl Drop for Kept {
    fn drop(&mut self) {
        drop(self.0.close());
    }
}

/// A timer that follows a connection's deadline without being set anew for each request.
struct Watch<'a> {
    clock: &'a dyn Clock,
    shared: &'a Shared,
    armed: Duration,
    timer: futures_util::future::BoxFuture<'static, ()>,
}

impl<'a> Watch<'a> {
    fn new(clock: &'a dyn Clock, shared: &'a Shared) -> Self {
        let armed = shared.deadline();
        Self { clock, shared, armed, timer: clock.sleep(armed.saturating_sub(clock.elapsed())) }
    }

    /// Whether the timer would fire behind the deadline.
    fn is_late(&self) -> bool {
        self.shared.deadline() < self.armed
    }

    /// Ready with what is overdue when the timer fires, `None` when the deadline has moved meanwhile.
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Option<Overdue>> {
        if self.is_late() {
            self.arm();
        }
        if self.timer.poll_unpin(cx).is_pending() {
            return Poll::Pending;
        }
        let overdue = self.shared.overdue();
        self.arm();
        Poll::Ready(overdue)
    }

    fn arm(&mut self) {
        self.armed = self.shared.deadline();
        self.timer = self.clock.sleep(self.armed.saturating_sub(self.clock.elapsed()));
    }
}

fn tls_facts(stream: &Encrypted) -> TlsFacts {
    let connection = stream.get_ref().1;
    let alpn = if connection.alpn_protocol() == Some(b"h2") { Alpn::H2 } else { Alpn::Http11 };
    TlsFacts {
        version: match connection.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_2) => "TLSv1.2",
            _ => "TLSv1.3",
        },
        cipher_suite: connection.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str()).unwrap_or_default(),
        key_exchange: connection
            .negotiated_key_exchange_group()
            .and_then(|group| group.name().as_str())
            .unwrap_or_default(),
        sni: connection.server_name().map(|name| name.to_ascii_lowercase().into()),
        alpn,
        resumed: connection.handshake_kind() == Some(rustls::HandshakeKind::Resumed),
    }
}
