//! Prints what recording costs: nanoseconds a call on two threads, and CPU time with packing and storing included.

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use base::clock::SystemClock;
use base::{AccountId, Region, Scope, Timestamp};
use bytes::Bytes;
use store_records::{Block, BlockQuery, Events, Fault, FindQuery, Pruned, StoredBlock};
use telemetry::{LogLine, Sink, stream};

const THREADS: u64 = 2;
const REQUESTS: u64 = 1_000_000;

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
    let (sink, writer) = telemetry::pipe(Arc::new(Nowhere), Arc::new(SystemClock::new()), 1 << 30);
    let writer = tokio::spawn(writer.run());
    let cpu = cpu_time();
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            std::thread::spawn({
                let sink = sink.clone();
                move || record(&sink, thread)
            })
        })
        .collect();
    let in_calls: Duration = threads.into_iter().map(|thread| thread.join().expect("the thread ends")).sum();
    sink.flush().await.expect("the store takes everything");
    let cpu = cpu_time().saturating_sub(cpu);
    let requests = THREADS * REQUESTS;
    println!("{} ns a call, wall clock of the calling thread", in_calls.as_nanos() / u128::from(requests * 2));
    println!(
        "{} ns CPU time a request (a line and a trail made, queued, packed)",
        cpu.as_nanos() / u128::from(requests)
    );
    println!("dropped: {:?}", sink.dropped());
    drop(sink);
    writer.await.expect("the writer ends");
}

/// Makes and records an access log line of 200 bytes and a trail of 160 for each request.
fn record(sink: &Sink, thread: u64) -> Duration {
    let scope = Scope {
        account: AccountId::parse("000000000000").expect("digits"),
        region: Region::parse("us-east-1").expect("a region"),
    };
    let stream = stream::access("a1b2c3d4e5", "prod");
    let mut random = 0x9e37_79b9_7f4a_7c15u64 ^ thread;
    let mut spent = Duration::ZERO;
    for n in 0..REQUESTS {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let mut request = [0; 16];
        request[..8].copy_from_slice(&random.to_le_bytes());
        request[8..].copy_from_slice(&n.to_le_bytes());
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
        let (line, trail) = (Bytes::from(text), Bytes::from(trail));
        let time = Timestamp::UNIX_EPOCH + Duration::from_millis(n);
        let begun = Instant::now();
        sink.log(LogLine { scope: scope.clone(), stream: Arc::clone(&stream), time, request, line });
        sink.trail(scope.clone(), time, request, trail);
        spent += begun.elapsed();
    }
    spent
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
