//! What logging costs: a request's line and trail on the thread that answers it and on those that pack and store, and what
//! the access log and payload tracing add to a node under load.

use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base::clock::SystemClock;
use base::id::RequestId;
use base::{Clock, Timestamp};
use benches::folder::Folder;
use benches::journey::{AccessLog, Journeys};
use benches::load::{Load, Pace};
use benches::measure::{Round, median};
use benches::node::Node;
use benches::process::own_thread_cpu;
use benches::world::scope;
use benches::{manage, nginx, report};
use gateway::trail::{Story, Trail};
use store_records::BlockQuery;
use store_sqlite::SqliteStore;
use telemetry::{Sink, stream};

const TESTED: usize = 0;
const OTHERS: usize = 1;
/// The node whose stage has an access log and nothing more.
const LOGGING: usize = 1;
/// Rounds in process; the first is not counted.
const ROUNDS: usize = 8;
/// Requests a round in process: what they leave fits into the queue, so that nothing is dropped.
const REQUESTS: u32 = 20_000;

fn main() -> io::Result<()> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (rounds, seconds) = if quick { (1, 2) } else { (5, 5) };
    let folder = Folder::make()?;
    let Answering { trail, line } = Answering::measure(&folder.0, REQUESTS)?;
    let upstream = nginx::upstream(&folder.0, OTHERS)?;
    let node = |name: &str| Node::start(&folder.0.join(name), TESTED, upstream.plain, "1");
    let nodes = [
        ("no access log", node("none")?),
        ("access log", node("line")?),
        ("access log and payload tracing", node("payloads")?),
    ];
    let patch = |node: &Node, operations: &str| {
        let path = format!("/restapis/{}/stages/dev", node.api);
        manage::call(&node.data, "PATCH", &path, &format!("{{\"patchOperations\": [{operations}]}}"))
    };
    patch(&nodes[0].1, r#"{"op": "remove", "path": "/accessLogSettings"}"#)?;
    patch(
        &nodes[2].1,
        r#"{"op": "replace", "path": "/*/*/logging/loglevel", "value": "INFO"},
           {"op": "replace", "path": "/*/*/logging/dataTrace", "value": "true"}"#,
    )?;
    let mut measured: Vec<Vec<Round>> = nodes.iter().map(|_| Vec::new()).collect();
    for _ in 0..rounds {
        for ((_, node), into) in nodes.iter().zip(&mut measured) {
            let url = format!("http://127.0.0.1:{}/dev/item/7", node.plain);
            let load = Load { url, host: node.host.clone(), connections: 64, seconds, pace: Pace::AtOnce };
            into.push(Round::run(&node.process, &load, OTHERS)?);
        }
    }
    let mut table = "| a stage with | CPU µs/request | more than before |\n|---|---|---|\n".to_owned();
    let mut before = None;
    for ((name, _), rounds) in nodes.iter().zip(&measured) {
        let cpu = median(rounds, |round| round.cpu_us);
        let more = before.map_or_else(|| "–".to_owned(), |before: f64| format!("{:+.2}", cpu - before));
        // Writing to a string cannot fail.
        let _ = writeln!(table, "| {name} | {cpu:.1} | {more} |");
        before = Some(cpu);
    }
    let stored = median(&measured[LOGGING], |round| round.records_us);
    let about = format!(
        "A line and a decision record cost **{:.2} µs** of CPU time a request:\n\n\
         - {trail:.2} µs to note, pack and queue the trail, compressed piece by piece, on the thread that answers: real trails, done once more in process;\n\
         - {line:.2} µs to render and queue the line, on the same thread: journeys in process of a stage with an access log, less \
         those of one without;\n\
         - {stored:.2} µs to make blocks of both and store them under load: what the node's threads named `records-` took, by \
         `/proc`, in the second row below.\n\n\
         In process it is the median of {} rounds of {REQUESTS} requests that a mock answers. By load, over plain HTTP with 64 \
         connections (each request leaves its decision record in all three):\n\n{table}",
        trail + line + stored,
        ROUNDS - 1,
    );
    report::section("records", "What logging costs", &about)
}

/// What the thread that answers a request spends on its records, in microseconds.
struct Answering {
    trail: f64,
    line: f64,
}

impl Answering {
    /// Journeys in process, with an access log and without; then the trails they left, noted, packed and queued once more.
    fn measure(folder: &Path, requests: u32) -> io::Result<Self> {
        let writing = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let store = writing.block_on(SqliteStore::open(&folder.join("recorded"))).map_err(io::Error::other)?;
        let (sink, writer) = telemetry::pipe(store.events(), Arc::new(SystemClock::new()), telemetry::QUEUE_BYTES_MAX);
        let writer = writing.spawn(writer.run());
        let answering = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let with = Journeys::new(sink.clone(), AccessLog::On)?;
        let without = Journeys::new(sink.clone(), AccessLog::Off)?;
        let travel = |journeys: &Journeys| -> io::Result<f64> {
            let begun = own_thread_cpu();
            for _ in 0..requests {
                answering.block_on(journeys.travel())?;
            }
            Ok(each(begun, requests))
        };
        let (mut lines, mut trails) = (Vec::new(), Vec::new());
        for round in 0..ROUNDS {
            let line = travel(&with)? - travel(&without)?;
            writing.block_on(sink.flush()).map_err(io::Error::other)?;
            let stories = writing.block_on(stored_trails(&store))?;
            let trail = again(&sink, &stories, requests)?;
            // The first round makes what all others find: caches, memory, the snapshot's pages.
            if round > 0 {
                lines.push(line);
                trails.push(trail);
            }
        }
        let measured = Self { trail: middle(trails), line: middle(lines) };
        drop((with, without, sink));
        writing.block_on(writer).map_err(io::Error::other)?;
        writing.block_on(store.close());
        Ok(measured)
    }
}

/// The trails of the first block of them.
async fn stored_trails(store: &SqliteStore) -> io::Result<Vec<Vec<u8>>> {
    let query = BlockQuery {
        scope: None,
        stream_prefix: stream::TRAIL.to_owned(),
        from: Timestamp::MIN,
        to: Timestamp::MAX,
        after: None,
        limit: 1,
        newest_first: false,
    };
    let blocks = store.events().read(&query).await.map_err(io::Error::other)?;
    let entries = blocks.first().map(|block| block.decode().map_err(io::Error::other)).transpose()?.unwrap_or_default();
    Ok(entries.into_iter().map(|entry| entry.bytes.to_vec()).collect())
}

/// Notes, packs and queues trails once more; CPU time each, in microseconds.
fn again(sink: &Sink, trails: &[Vec<u8>], requests: u32) -> io::Result<f64> {
    let stories = trails.iter().map(|trail| Story::decode(trail)).collect::<Result<Vec<_>, _>>();
    let stories = stories.map_err(io::Error::other)?;
    let (clock, scope): (Arc<dyn Clock>, _) = (Arc::new(SystemClock::new()), scope());
    let mut packed = Vec::new();
    let begun = own_thread_cpu();
    for story in stories.iter().cycle().take(requests as usize) {
        let mut trail = Trail::new(Arc::clone(&clock), clock.elapsed());
        for entry in story.entries.iter() {
            trail.note(entry.step, entry.outcome, entry.reason.clone());
        }
        packed.clear();
        Story { entries: trail.entries().into(), ..story.clone() }.encode(&mut packed);
        sink.trail(&scope, Timestamp::UNIX_EPOCH, RequestId::random(), &packed);
    }
    Ok(each(begun, requests))
}

fn each(begun: Duration, requests: u32) -> f64 {
    own_thread_cpu().saturating_sub(begun).as_secs_f64() * 1e6 / f64::from(requests)
}

fn middle(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
