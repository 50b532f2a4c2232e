//! Authorizers: what an answer that still counts adds to a request, from the lookup to both policies' verdict.

use std::io;
use std::sync::Arc;

use base::clock::SystemClock;
use benches::folder::Folder;
use benches::journey::{Guard, Journeys};
use benches::process::own_thread_cpu;
use benches::report;
use store_sqlite::SqliteStore;

/// Rounds; the first is not counted.
const ROUNDS: usize = 12;
/// Requests a round: what they leave fits into the queue, so that nothing is dropped.
const REQUESTS: u32 = 20_000;

fn main() -> io::Result<()> {
    let folder = Folder::make()?;
    let writing = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let store = writing.block_on(SqliteStore::open(&folder.0)).map_err(io::Error::other)?;
    let (sink, writer) = telemetry::pipe(store.events(), Arc::new(SystemClock::new()), telemetry::QUEUE_BYTES_MAX);
    writing.spawn(writer.run());
    let answering = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let open = Journeys::guarded(sink.clone(), Guard::Open)?;
    let judged = Journeys::guarded(sink.clone(), Guard::Authorizer)?;
    let travel = |journeys: &Journeys| -> io::Result<f64> {
        let begun = own_thread_cpu();
        for _ in 0..REQUESTS {
            answering.block_on(journeys.travel())?;
        }
        Ok(own_thread_cpu().saturating_sub(begun).as_secs_f64() * 1e6 / f64::from(REQUESTS))
    };
    let (mut whole, mut more) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let (without, with) = (travel(&open)?, travel(&judged)?);
        writing.block_on(sink.flush()).map_err(io::Error::other)?;
        // The first round makes what all others find: caches, memory, the authorizer's answer.
        if round > 0 {
            whole.push(without);
            more.push(with - without);
        }
    }
    let middle = |mut figures: Vec<f64>| {
        figures.sort_by(f64::total_cmp);
        figures[figures.len() / 2]
    };
    let body = format!(
        "A request whose authorizer's answer still counts takes **{:.2} µs** of CPU time more than the same request to an open \
         method, which takes {:.2} µs; both in process, from the head to the record. It is a digest of its token of 900 bytes, the \
         lookup, the policy over this call, and what the trail tells of it. Medians of {} rounds of {REQUESTS} requests.",
        middle(more),
        middle(whole),
        ROUNDS - 1,
    );
    report::section("authorizers", "What an authorizer costs", &body)
}
