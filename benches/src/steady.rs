//! A steady load from h2load on the other core: so many requests a second, however fast they are answered.
//!
//! Under a load that asks again as soon as it is answered, the slowest answers tell how full the load's own core is: a proxy
//! that is faster fills it. At a pace that both can keep they tell of the proxy. Each connection opens, and from then on asks,
//! at a moment of its own: asked by all at once, the last is answered when the proxy has answered all, whoever it is. What
//! waits for the handshakes is left out; new connections have a row of their own.

use std::fs;
use std::io;
use std::time::Duration;

use crate::latencies::Latencies;
use crate::load::{Load, Measured};
use crate::process::behind;

/// How far apart connections are opened. The time between two requests of a connection is no multiple of it, so that the
/// connections ask at many different moments.
const APART: Duration = Duration::from_millis(7);

/// Latencies count from when the last connection is open, and so much later.
const SETTLING: Duration = Duration::from_millis(200);

/// What is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    Http1,
    Http2,
}

/// Runs h2load on `core`; every connection asks `per_connection` times a second.
pub(crate) fn run(load: &Load, per_connection: u32, version: Version, core: usize) -> io::Result<Measured> {
    let log = std::env::temp_dir().join(format!("portcullis-steady-{}.tsv", std::process::id()));
    let mut command = behind(core, "h2load");
    command.args(["-t1", "--rate=1", &format!("--rate-period={}ms", APART.as_millis())]);
    if version == Version::Http1 {
        command.arg("--h1");
    }
    command.arg(format!("-c{}", load.connections)).arg(format!("--rps={per_connection}"));
    command.args(["-n", &(u64::from(per_connection) * load.connections as u64 * load.seconds).to_string()]);
    // The host stands in the URL: a header of its own would be a second one.
    let (scheme, address, path) = load.parts()?;
    command.arg(format!("--connect-to={address}")).arg(format!("--log-file={}", log.display()));
    let output = command.arg(format!("{scheme}://{}/{path}", load.host)).output()?;
    if !output.status.success() {
        return Err(io::Error::other(format!("h2load failed: {}", String::from_utf8_lossy(&output.stderr))));
    }
    let lines = fs::read_to_string(&log)?;
    fs::remove_file(&log)?;
    let opening = APART * u32::try_from(load.connections).unwrap_or(u32::MAX) + SETTLING;
    Ok(parse(&lines, opening))
}

/// A line is a request: when it began, its status (-1 for none), and how long it took, both times in microseconds. Those that
/// began while connections were opened have no latency.
fn parse(lines: &str, opening: Duration) -> Measured {
    let mut measured = Measured::default();
    let mut requests: Vec<(u64, u64)> = Vec::new();
    for line in lines.lines() {
        let mut words = line.split('\t');
        let (began, status) = (words.next().and_then(number::<u64>), words.next().and_then(number::<i32>));
        let (Some(began), Some(status), Some(took)) = (began, status, words.next().and_then(number::<u64>)) else {
            continue;
        };
        measured.requests += 1;
        measured.failures += u64::from(!(200..400).contains(&status));
        requests.push((began, took));
    }
    let open = requests.iter().map(|(began, _)| *began).min().unwrap_or(0) + opening.as_micros() as u64;
    let mut latencies = Latencies::new();
    for (_, took) in requests.iter().filter(|(began, _)| *began >= open) {
        latencies.add(Duration::from_micros(*took));
    }
    let sorted = latencies.sort();
    let [p90, p99_9, max] = [900, 999, 1000].map(|per_mille| Some(sorted.within(per_mille)));
    Measured { p50: sorted.within(500), p90, p99: sorted.within(990), p99_9, max, ..measured }
}

fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_request_and_those_of_the_opening_have_no_latency() {
        let status = |n| if n == 7 { 500 } else { 200 };
        let lines: Vec<String> = (1..=100).map(|n| format!("500017\t{}\t{n}", status(n))).collect();
        let text = "17\t200\t90000\n".to_owned() + &lines.join("\n") + "\n500018\t-1\t900\nhalf a line";
        let measured = parse(&text, Duration::from_millis(500));
        assert_eq!((measured.requests, measured.failures), (102, 2));
        assert_eq!((measured.p50, measured.p99), (Duration::from_micros(51), Duration::from_micros(100)));
    }
}
