//! What logging costs: the access log by load, payload tracing by load, and a line with a trail from queue to disk.

use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use base::clock::SystemClock;
use benches::folder::Folder;
use benches::load::Load;
use benches::measure::{Round, median};
use benches::node::Node;
use benches::world::scope;
use benches::{manage, nginx, report};
use bytes::Bytes;
use store_sqlite::SqliteStore;
use telemetry::{LogLine, stream};

const TESTED: usize = 0;
const OTHERS: usize = 1;
/// Requests recorded in process.
const RECORDED: u32 = 400_000;

fn main() -> io::Result<()> {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (rounds, seconds) = if quick { (1, 2) } else { (5, 5) };
    let folder = Folder::make()?;
    let stored = recorded(&folder.0)?;
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
            let load = Load { url, host: node.host.clone(), connections: 64, seconds, close: false };
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
    let about = format!(
        "A line of 200 bytes and a trail of 160, in process: **{stored:.2} µs** of CPU time a request for queueing, packing, \
         compressing and storing in SQLite, over {RECORDED} requests. By load, over plain HTTP with 64 connections (each request \
         leaves its decision record in all three):\n\n{table}"
    );
    report::section("records", "What logging costs", &about)
}

/// CPU time a request, in microseconds.
fn recorded(folder: &Path) -> io::Result<f64> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let data = folder.join("recorded");
    runtime.block_on(async {
        let store = SqliteStore::open(&data).await.map_err(io::Error::other)?;
        let (sink, writer) = telemetry::pipe(store.events(), Arc::new(SystemClock::new()), telemetry::QUEUE_BYTES_MAX);
        let writer = tokio::spawn(writer.run());
        let (scope, stream) = (scope(), stream::access("a1b2c3d4e5", "prod"));
        let begun = own_cpu();
        for number in 0..RECORDED {
            let mut request = [0; 16];
            request[..4].copy_from_slice(&number.wrapping_mul(2_654_435_761).to_le_bytes());
            request[8..12].copy_from_slice(&number.to_le_bytes());
            let mut line = vec![b'.'; 200];
            let text = format!("203.0.113.7 \"GET /item/{number}\" 200 {}", u64::from(number) * 7919);
            line[..text.len()].copy_from_slice(text.as_bytes());
            let mut trail = vec![1u8; 160];
            trail[..16].copy_from_slice(&request);
            let time = base::Timestamp::now();
            sink.log(LogLine {
                scope: scope.clone(),
                stream: Arc::clone(&stream),
                time,
                request,
                line: Bytes::from(line),
            });
            sink.trail(scope.clone(), time, request, Bytes::from(trail));
            if number % 4096 == 0 {
                sink.flush().await.map_err(io::Error::other)?;
            }
        }
        sink.flush().await.map_err(io::Error::other)?;
        let spent = own_cpu().saturating_sub(begun);
        drop(sink);
        writer.await.map_err(io::Error::other)?;
        store.close().await;
        Ok(spent.as_secs_f64() * 1e6 / f64::from(RECORDED))
    })
}

fn own_cpu() -> Duration {
    benches::process::cpu_of(std::process::id())
}
