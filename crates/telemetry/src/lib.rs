//! Log lines and trails on their way to the records store, without ever holding up the request that leaves them.
//!
//! It must not know: the snapshot, AWS, what a line or a trail means, which backend stores it.
//! Begin with [`pipe`]: a [`Sink`] goes to whoever records, the [`Writer`] runs beside them.

pub mod stream;
pub mod sink;
mod queue;
mod waiting;
mod rounds;
mod pace;
mod gather;
mod packer;
pub mod writer;
pub mod retention;
#[cfg(test)]
mod memory;

use std::sync::Arc;

use base::Clock;
use store_records::Events;

pub use queue::Dropped;
pub use retention::{Retention, prune};
pub use sink::{FlushError, LogLine, Sink};
pub use writer::Writer;

/// Bytes that wait for the store, at most: what a node with 30 MB of its own can spare.
pub const QUEUE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// A sink and the writer that empties it into `events`. Whoever calls this runs the writer: `tokio::spawn(writer.run())`.
pub fn pipe(events: Arc<dyn Events>, clock: Arc<dyn Clock>, bytes_max: usize) -> (Sink, Writer) {
    let queue = Arc::new(queue::Queue::new(bytes_max));
    // Who asks for a flush waits for its answer; a few at once are plenty.
    let (ask, asked) = tokio::sync::mpsc::channel(8);
    (Sink::new(Arc::clone(&queue), ask), Writer::new(queue, events, clock, asked))
}
