//! Accepts connections and hands them to workers, until told to stop; then waits for what is in flight.

use std::future::poll_fn;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use base::Clock;
use futures_util::future::{Either, join_all, select};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::admission::Admission;
use crate::connection::canonical;
use crate::handler::Handler;
use crate::limits::Limits;
use crate::listen::Listener;
use crate::tls::Tls;
use crate::workers::{self, Accepted, Crew, Workers};

/// How long to wait when the process has no file descriptor or memory left for one more socket.
const EXHAUSTED_PAUSE: Duration = Duration::from_millis(50);

/// A listener and what it speaks.
#[derive(Debug)]
pub struct Endpoint {
    listener: Listener,
    tls: Option<Tls>,
}

impl Endpoint {
    /// Plain HTTP/1.1.
    pub fn plain(listener: Listener) -> Self {
        Self { listener, tls: None }
    }

    /// HTTP/2 and HTTP/1.1 over TLS.
    pub fn tls(listener: Listener, tls: Tls) -> Self {
        Self { listener, tls: Some(tls) }
    }
}

/// What to serve, and how.
#[derive(Debug)]
pub struct Server {
    /// Where to listen.
    pub endpoints: Vec<Endpoint>,
    /// What a client may cost.
    pub limits: Limits,
    /// Who does the work.
    pub workers: Workers,
    /// Where time comes from.
    pub clock: Arc<dyn Clock>,
    /// When to stop: cancelling it begins the drain.
    pub shutdown: CancellationToken,
}

/// What the drain came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Drained {
    /// Connections that were cut off because the drain took too long.
    pub cut_off: usize,
}

/// Serves until `shutdown` is cancelled and the last answer is sent. `build` makes each worker's handler, on the worker.
///
/// # Errors
/// Fails only before anything is accepted: when a listener cannot be registered or a worker cannot be started.
pub async fn serve<H: Handler>(
    server: Server,
    build: impl Fn(usize) -> H + Send + Sync + 'static,
) -> io::Result<Drained> {
    match server.workers {
        Workers::PerCore(count) if workers::threads(count) == 1 => serve_alone(server, build).await,
        Workers::PerCore(_) | Workers::Shared => accept_and_serve(server, build).await,
    }
}

/// Gives a single worker the accepting too: handing a connection from thread to thread costs two registrations with the
/// kernel's event queue, a wake and two switches.
async fn serve_alone<H: Handler>(
    mut server: Server,
    build: impl Fn(usize) -> H + Send + Sync + 'static,
) -> io::Result<Drained> {
    server.workers = Workers::Shared;
    server.shutdown = server.shutdown.child_token();
    // Whoever no longer waits for the end wants it.
    let _stop = server.shutdown.clone().drop_guard();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (done, ended) = oneshot::channel();
    // It is waited for by its answer; when it panics, there is none.
    std::thread::Builder::new().name("edge-0".to_owned()).spawn(move || {
        let _ = done.send(runtime.block_on(accept_and_serve(server, build)));
    })?;
    ended.await.unwrap_or_else(|_| Err(io::Error::other("the worker failed")))
}

async fn accept_and_serve<H: Handler>(
    server: Server,
    build: impl Fn(usize) -> H + Send + Sync + 'static,
) -> io::Result<Drained> {
    let Server { endpoints, limits, workers, clock, shutdown } = server;
    let limits = Arc::new(limits.checked());
    let admission = Arc::new(Admission::new(&limits));
    let listeners = endpoints
        .into_iter()
        .map(|Endpoint { listener, tls }| Ok((TcpListener::from_std(listener.socket)?, tls)))
        .collect::<io::Result<Vec<_>>>()?;
    let crew = Crew::start(workers, &limits, &clock, &shutdown, build)?;
    let loops = listeners.into_iter().map(|(listener, tls)| {
        let acceptor = Acceptor { crew: &crew, admission: &admission, clock: &clock, tls };
        acceptor.accept_until(listener, &shutdown)
    });
    join_all(loops).await;
    let timeout = clock.sleep(limits.drain_timeout);
    if let Either::Right(_) = select(pin!(crew.finished()), timeout).await {
        crew.kill();
    }
    Ok(Drained { cut_off: crew.join().await })
}

/// Accepts on one listener.
struct Acceptor<'a, H> {
    crew: &'a Crew<H>,
    admission: &'a Arc<Admission>,
    clock: &'a Arc<dyn Clock>,
    tls: Option<Tls>,
}

impl<H: Handler> Acceptor<'_, H> {
    async fn accept_until(self, listener: TcpListener, shutdown: &CancellationToken) {
        let mut stopped = pin!(shutdown.cancelled());
        loop {
            let next = poll_fn(|cx| match stopped.as_mut().poll(cx) {
                Poll::Ready(()) => Poll::Ready(None),
                Poll::Pending => listener.poll_accept(cx).map(Some),
            });
            match next.await {
                None => break,
                Some(Ok((stream, peer))) => self.hand_over(stream, peer),
                Some(Err(error)) if is_of_one_client(&error) => {}
                Some(Err(error)) => {
                    tracing::warn!(%error, "cannot accept connections for the moment");
                    self.clock.sleep(EXHAUSTED_PAUSE).await;
                }
            }
        }
        self.accept_what_waits(listener);
    }

    /// Takes what the kernel has accepted for us already: closing the listener would reset it.
    fn accept_what_waits(&self, listener: TcpListener) {
        let Ok(listener) = listener.into_std() else { return };
        while let Ok((stream, peer)) = listener.accept() {
            if stream.set_nonblocking(true).is_ok()
                && let Ok(stream) = TcpStream::from_std(stream)
            {
                self.hand_over(stream, peer);
            }
        }
    }

    fn hand_over(&self, stream: TcpStream, peer: SocketAddr) {
        let peer = canonical(peer);
        match self.admission.admit(peer.ip()) {
            Ok(permit) => self.crew.take(Accepted { stream, peer, tls: self.tls.clone(), permit }),
            Err(why) => self.crew.turned_away(peer, why),
        }
    }
}

/// Whether only the one connection failed, before it was ours.
fn is_of_one_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
