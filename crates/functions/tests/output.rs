//! What endless output costs the node. Its own binary: computing time is the process's.

mod support;

use std::time::Duration;

use support::{Bench, tail};

#[tokio::test]
async fn two_gigabytes_of_output_cost_the_node_next_to_nothing() {
    let bench = Bench::new();
    let code = "import sys
def handler(event, context):
    line = 'x' * 65535 + '\\n'
    for _ in range(32768): sys.stdout.write(line)
    return 'done'";
    let version = bench.python(code).timeout(Duration::from_secs(2)).done();
    let before = cpu_time();
    let (value, outcome) = bench.ask(&version, "{}").await;
    let used = cpu_time().saturating_sub(before);
    assert_eq!(value["errorType"], "Sandbox.Timedout", "{value}");
    assert!(outcome.log_tail.len() <= 4096 && outcome.log_tail.ends_with(b"Status: timeout\t\n"), "{}", tail(&outcome));
    let kept: usize = bench.lines.0.lock().expect("no test panics here").iter().map(|(_, line)| line.len()).sum();
    assert!(kept <= 10_004 * 16 * 1024, "{kept} bytes were kept");
    assert!(used < Duration::from_secs(1), "the node computed for {used:?}");
}

/// What this process has computed.
fn cpu_time() -> Duration {
    let text = std::fs::read_to_string("/proc/self/stat").expect("it is there");
    let fields: Vec<u64> =
        text.rsplit(')').next().unwrap_or_default().split(' ').filter_map(|field| field.parse().ok()).collect();
    Duration::from_millis((fields[10] + fields[11]) * 10)
}
