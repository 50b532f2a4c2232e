//! A node that is killed takes every process of its functions with it, those that were stopped as well.

mod support;

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::Timestamp;
use base::clock::ManualClock;
use serde_json::json;
use support::Bench;

/// Set where this binary is started once more, as the node that is killed.
const NODE: &str = "FUNCTIONS_TEST_NODE";

#[test]
fn a_node_that_is_killed_leaves_no_process_behind() {
    for resting in ["0", "1"] {
        let mark = base::id::RequestId::random().to_string();
        let mut node = Command::new(std::env::current_exe().expect("it runs"))
            .args(["--exact", "the_node_that_is_killed", "--nocapture"])
            .env(NODE, format!("{mark} {resting}"))
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut lines = BufReader::new(node.stdout.take().expect("it is piped")).lines();
        let ready = lines.any(|line| line.is_ok_and(|line| line.contains("the function runs")));
        let running = count(&mark);
        node.kill().expect("it can be killed");
        node.wait().expect("it ends");
        assert!(ready && running == 1, "{running} processes");
        let deadline = Instant::now() + Duration::from_secs(10);
        while count(&mark) > 0 {
            assert!(Instant::now() < deadline, "it still runs");
            std::thread::yield_now();
        }
    }
}

#[tokio::test]
async fn the_node_that_is_killed() {
    let Ok(asked) = std::env::var(NODE) else { return };
    let (mark, resting) = asked.split_once(' ').expect("two words");
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let bench = Bench::with_clock(clock.clone(), |_| {});
    let version = bench.python("def handler(event, context): return 1").variable("MARK", mark).done();
    assert_eq!(bench.ask(&version, "{}").await.0, json!(1));
    if resting == "1" {
        for _ in 0..100 {
            clock.advance(Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
    }
    println!("the function runs");
    std::future::pending::<()>().await;
}

/// Runtimes with this mark in their environment, whoever else has it.
fn count(mark: &str) -> usize {
    let mark = format!("MARK={mark}");
    let processes = std::fs::read_dir("/proc").expect("it is there").flatten();
    let has = |all: Vec<u8>| all.split(|&byte| byte == 0).any(|variable| variable == mark.as_bytes());
    processes.filter(|process| std::fs::read(process.path().join("environ")).is_ok_and(has)).count()
}
