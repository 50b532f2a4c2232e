//! Prints what recording costs: nanoseconds a call on two threads, and CPU time with packing and storing included.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use base::clock::SystemClock;
use base::id::RequestId;
use base::{AccountId, Region, Scope, Timestamp};
use store_records::{Block, BlockQuery, Events, Fault, FindQuery, Pruned, StoredBlock};
use telemetry::{LogLine, Sink, stream};

const THREADS: u64 = 2;
const ROUNDS: u64 = 100;
/// So many fit into the bound, so that a round measures recording and not the growth of memory.
const REQUESTS_A_ROUND: u64 = 8_000;

/// A store that costs nothing, so that what is measured is ours.
#[derive(Debug)]
struct Nowhere;

#[async_trait]
impl Events for Nowhere {
    async fn append(&self, _: Vec<Block>) -> Result<(), Fault> {
        Ok(())
    }
    async fn read(&self, _: &BlockQuery) -> Result<Vec<StoredBlock>, Fault> {
        Ok(Vec::new())
    }
    async fn candidates(&self, _: &FindQuery) -> Result<Vec<StoredBlock>, Fault> {
        Ok(Vec::new())
    }
    async fn prune(&self, _: Timestamp, _: u64) -> Result<Pruned, Fault> {
        Ok(Pruned::default())
    }
    async fn bytes(&self) -> Result<u64, Fault> {
        Ok(0)
    }
}

#[tokio::main]
async fn main() {
    let (sink, writer) = telemetry::pipe(Arc::new(Nowhere), Arc::new(SystemClock::new()), telemetry::QUEUE_BYTES_MAX);
    let writer = tokio::spawn(writer.run());
    let (mut in_calls, mut making, mut recording) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    for round in 0..ROUNDS {
        let begun = cpu_time();
        rounds(None, round);
        making += cpu_time().saturating_sub(begun);
        let begun = cpu_time();
        in_calls += rounds(Some(&sink), round);
        sink.flush().await.expect("the store takes everything");
        recording += cpu_time().saturating_sub(begun);
    }
    let requests = THREADS * ROUNDS * REQUESTS_A_ROUND;
    println!("{} ns a call of log or trail, two threads at once", in_calls.as_nanos() / u128::from(requests * 2));
    println!(
        "{} ns CPU time a request for a line and a trail: queued, packed and freed (making them took {} more)",
        recording.saturating_sub(making).as_nanos() / u128::from(requests),
        making.as_nanos() / u128::from(requests),
    );
    println!("dropped: {:?}", sink.dropped());
    drop(sink);
    writer.await.expect("the writer ends");
}

fn rounds(sink: Option<&Sink>, round: u64) -> Duration {
    std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..THREADS).map(|thread| scope.spawn(move || record(sink, round * THREADS + thread))).collect();
        threads.into_iter().map(|thread| thread.join().expect("the thread ends")).sum()
    })
}

/// Makes and records an access log line of some 200 bytes and a trail of 160 for each request; answers the time in calls.
fn record(sink: Option<&Sink>, seed: u64) -> Duration {
    let scope = Scope {
        account: AccountId::parse("000000000000").expect("digits"),
        region: Region::parse("us-east-1").expect("a region"),
    };
    let stream = stream::access("a1b2c3d4e5", "prod");
    let mut random = 0x9e37_79b9_7f4a_7c15u64 ^ (seed + 1);
    let mut made = Vec::with_capacity(REQUESTS_A_ROUND as usize);
    for n in 0..REQUESTS_A_ROUND {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let mut request = [0; 16];
        request[..8].copy_from_slice(&random.to_le_bytes());
        request[8..].copy_from_slice(&random.rotate_left(17).to_le_bytes());
        let text = format!(
            r#"203.0.113.{} - - [24/Nov/2026:10:00:{:02} +0000] "GET /pets/{{id}} HTTP/1.1" 200 {} {random:016x}-{n:016x} {random:x}= "Mozilla/5.0 (X11; Linux x86_64)" 0.{:03} prod"#,
            n % 255,
            n % 60,
            random % 5_000,
            random % 1_000,
        );
        let mut trail = vec![1u8; 160];
        trail[..16].copy_from_slice(&request);
        trail[16..24].copy_from_slice(&random.to_le_bytes());
        made.push((RequestId(uuid::Uuid::from_bytes(request)), text, trail));
    }
    let time = Timestamp::UNIX_EPOCH;
    let begun = Instant::now();
    if let Some(sink) = sink {
        for (request, line, trail) in made {
            sink.log(LogLine { scope: &scope, stream: &stream, time, request, line: line.as_bytes(), id_at: None });
            sink.trail(&scope, time, request, &trail);
        }
    }
    begun.elapsed()
}

fn cpu_time() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux");
    // Fields 14 and 15 behind the command's name: user and system time in ticks of 10 ms.
    let ticks: u64 = stat
        .rsplit(") ")
        .next()
        .expect("the name ends")
        .split(' ')
        .skip(11)
        .take(2)
        .map(|ticks| ticks.parse::<u64>().expect("a number"))
        .sum();
    Duration::from_millis(ticks * 10)
}
