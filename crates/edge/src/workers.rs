//! Who serves accepted connections: the runtime we are called on, or one single-threaded runtime a core.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;

use base::Clock;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::admission::{Permit, TurnedAway};
use crate::drive::{Driver, End};
use crate::handler::Handler;
use crate::limits::Limits;
use crate::tls::Tls;

/// How connections are spread over threads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Workers {
    /// All on the runtime that calls [`serve`](crate::serve()), with one handler.
    Shared,
    /// This many threads, each with a runtime and a handler of its own; 0 means one a core.
    ///
    /// One acceptor hands each connection to the thread that holds the fewest; a single thread accepts by itself.
    /// Listening once on each thread instead (SO_REUSEPORT) would spread unevenly, lose what waits when one closes, and let
    /// a second program take the port.
    PerCore(usize),
}

/// How many threads [`Workers::PerCore`] means.
pub(crate) fn threads(count: usize) -> usize {
    if count > 0 { count } else { std::thread::available_parallelism().map_or(1, usize::from) }
}

/// A connection on its way to a worker.
pub(crate) struct Accepted {
    pub(crate) stream: TcpStream,
    pub(crate) peer: SocketAddr,
    pub(crate) tls: Option<Tls>,
    pub(crate) permit: Permit,
}

/// All workers of one server.
pub(crate) struct Crew<H> {
    seats: Vec<Seat<H>>,
    tasks: TaskTracker,
    cut_off: Arc<AtomicUsize>,
    kill: CancellationToken,
}

/// Where one worker is reached.
struct Seat<H> {
    driver: Arc<Driver<H>>,
    open: Arc<AtomicUsize>,
    thread: Option<Thread>,
}

struct Thread {
    queue: mpsc::UnboundedSender<Handed>,
    handle: JoinHandle<()>,
}

/// A connection between two runtimes, registered with neither.
struct Handed {
    stream: std::net::TcpStream,
    peer: SocketAddr,
    tls: Option<Tls>,
    permit: Permit,
    open: OpenCount,
}

impl<H: Handler> Crew<H> {
    pub(crate) fn start(
        workers: Workers,
        limits: &Arc<Limits>,
        clock: &Arc<dyn Clock>,
        drain: &CancellationToken,
        build: impl Fn(usize) -> H + Send + Sync + 'static,
    ) -> io::Result<Self> {
        let (tasks, cut_off, kill) = (TaskTracker::new(), Arc::new(AtomicUsize::new(0)), CancellationToken::new());
        let make = {
            let (limits, clock, drain, kill) = (Arc::clone(limits), Arc::clone(clock), drain.clone(), kill.clone());
            move |index| {
                Arc::new(Driver::new(
                    build(index),
                    Arc::clone(&limits),
                    Arc::clone(&clock),
                    drain.clone(),
                    kill.clone(),
                ))
            }
        };
        let seats = match workers {
            Workers::Shared => vec![Seat { driver: make(0), open: Arc::default(), thread: None }],
            Workers::PerCore(count) => {
                let make = Arc::new(make);
                (0..threads(count))
                    .map(|index| start_thread(index, Arc::clone(&make), &tasks, &cut_off))
                    .collect::<Result<_, _>>()?
            }
        };
        Ok(Self { seats, tasks, cut_off, kill })
    }

    /// Gives a connection to the worker that holds the fewest.
    pub(crate) fn take(&self, Accepted { stream, peer, tls, permit }: Accepted) {
        let Some(seat) = self.seats.iter().min_by_key(|seat| seat.open.load(Ordering::Relaxed)) else { return };
        let open = OpenCount::new(&seat.open);
        match &seat.thread {
            None => spawn(&self.tasks, &seat.driver, &self.cut_off, (stream, peer, tls, permit, open)),
            Some(thread) => {
                if let Ok(stream) = stream.into_std() {
                    // A worker whose thread is gone has panicked at start; its connections close.
                    let _ = thread.queue.send(Handed { stream, peer, tls, permit, open });
                }
            }
        }
    }

    pub(crate) fn turned_away(&self, peer: SocketAddr, why: TurnedAway) {
        if let Some(seat) = self.seats.first() {
            seat.driver.handler.turned_away(peer, why);
        }
    }

    /// Resolves when the last connection is closed. No more may be taken.
    pub(crate) async fn finished(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Cuts off what still runs.
    pub(crate) fn kill(&self) {
        self.kill.cancel();
    }

    /// Waits for the last connections and the threads; answers how many connections were cut off.
    pub(crate) async fn join(self) -> usize {
        self.finished().await;
        let handles: Vec<_> =
            self.seats.into_iter().filter_map(|seat| seat.thread).map(|thread| thread.handle).collect();
        if !handles.is_empty() {
            // Their queues are closed and their tasks done; a panic in one has been printed by its own thread.
            let joined = tokio::task::spawn_blocking(|| handles.into_iter().for_each(|handle| drop(handle.join())));
            let _ = joined.await;
        }
        self.cut_off.load(Ordering::Relaxed)
    }
}

type Taken = (TcpStream, SocketAddr, Option<Tls>, Permit, OpenCount);

fn spawn<H: Handler>(tasks: &TaskTracker, driver: &Arc<Driver<H>>, cut_off: &Arc<AtomicUsize>, taken: Taken) {
    let (stream, peer, tls, permit, open) = taken;
    let (driver, cut_off) = (Arc::clone(driver), Arc::clone(cut_off));
    tasks.spawn(async move {
        if driver.drive(stream, peer, tls, permit).await == End::CutOff {
            cut_off.fetch_add(1, Ordering::Relaxed);
        }
        drop(open);
    });
}

fn start_thread<H: Handler>(
    index: usize,
    make: Arc<impl Fn(usize) -> Arc<Driver<H>> + Send + Sync + 'static>,
    tasks: &TaskTracker,
    cut_off: &Arc<AtomicUsize>,
) -> io::Result<Seat<H>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (queue, mut handed) = mpsc::unbounded_channel::<Handed>();
    let (ready, started) = std::sync::mpsc::channel();
    let (tasks, cut_off) = (tasks.clone(), Arc::clone(cut_off));
    let handle = std::thread::Builder::new().name(format!("edge-{index}")).spawn(move || {
        runtime.block_on(async move {
            // The handler is made here, so that what it spawns runs on this runtime.
            let driver = make(index);
            let _ = ready.send(Arc::clone(&driver));
            while let Some(Handed { stream, peer, tls, permit, open }) = handed.recv().await {
                if let Ok(stream) = TcpStream::from_std(stream) {
                    spawn(&tasks, &driver, &cut_off, (stream, peer, tls, permit, open));
                }
            }
            tasks.wait().await;
        });
    })?;
    let driver = started.recv().map_err(|_| io::Error::other("a worker failed at its start"))?;
    Ok(Seat { driver, open: Arc::default(), thread: Some(Thread { queue, handle }) })
}

/// Counts a connection as its worker's until dropped.
struct OpenCount(Arc<AtomicUsize>);

impl OpenCount {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for OpenCount {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
