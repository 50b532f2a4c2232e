//! A load, what it measured, and wrk on the other core, which makes the load that asks at once.

use std::io;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::process::behind;
use crate::steady::{self, Version};

/// What to ask for.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Load {
    /// The URL; addresses, not names.
    pub url: String,
    /// The `Host` header.
    pub host: String,
    /// Open connections.
    pub connections: usize,
    /// How long.
    pub seconds: u64,
    /// When each connection asks.
    pub pace: Pace,
}

/// When a connection asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pace {
    /// As soon as it is answered.
    AtOnce,
    /// As soon as it is answered, on a new connection.
    AtOnceAnew,
    /// So many times a second.
    Steady(u32),
    /// The same over HTTP/2.
    SteadyHttp2(u32),
}

/// What came of it.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub struct Measured {
    /// Requests answered.
    pub requests: u64,
    /// Answers other than 2xx and 3xx, lost connections and socket errors.
    pub failures: u64,
    /// Median latency.
    pub p50: Duration,
    /// 90th percentile, where it is told.
    pub p90: Option<Duration>,
    /// 99th percentile.
    pub p99: Duration,
    /// Within which 999 of 1,000 are answered, where it is told.
    pub p99_9: Option<Duration>,
    /// The longest, where it is told.
    pub max: Option<Duration>,
    /// How much of its time the load had nothing to do, from 0 to 1, where it is told.
    pub idle: Option<f64>,
}

impl Load {
    /// Runs on `core`: with wrk at once, with h2load at a pace.
    pub fn run(&self, core: usize) -> io::Result<Measured> {
        self.run_with(core, &[])
    }

    /// The same with more arguments for wrk, where it asks.
    pub fn run_with(&self, core: usize, arguments: &[String]) -> io::Result<Measured> {
        match self.pace {
            Pace::Steady(rate) => return steady::run(self, rate, Version::Http1, core),
            Pace::SteadyHttp2(rate) => return steady::run(self, rate, Version::Http2, core),
            Pace::AtOnce | Pace::AtOnceAnew => {}
        }
        let mut command = behind(core, "wrk");
        command.args(["-t1", "--latency"]);
        command.arg(format!("-c{}", self.connections)).arg(format!("-d{}s", self.seconds));
        command.arg("-H").arg(format!("Host: {}", self.host));
        if self.pace == Pace::AtOnceAnew {
            command.args(["-H", "Connection: close"]);
        }
        let output = command.args(arguments).arg(&self.url).output()?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            return Err(io::Error::other(format!("wrk failed: {text}{}", String::from_utf8_lossy(&output.stderr))));
        }
        Ok(parse(&text))
    }

    /// The URL's scheme, address, and path without its first slash.
    pub(crate) fn parts(&self) -> io::Result<(&str, &str, &str)> {
        let parts = || {
            let (scheme, rest) = self.url.split_once("://")?;
            let (address, path) = rest.split_once('/')?;
            Some((scheme, address, path))
        };
        parts().ok_or_else(|| io::Error::other(format!("`{}` is no URL with an address and a path", self.url)))
    }
}

fn parse(text: &str) -> Measured {
    let mut measured = Measured::default();
    for line in text.lines().map(str::trim) {
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("50%") => measured.p50 = words.next().map_or(Duration::ZERO, duration),
            Some("99%") => measured.p99 = words.next().map_or(Duration::ZERO, duration),
            Some("Non-2xx") => measured.failures += last_number(line),
            Some("Socket") => measured.failures += numbers(line).sum::<u64>(),
            Some(first) if line.contains("requests in") => measured.requests = first.parse().unwrap_or(0),
            Some(_) | None => {}
        }
    }
    measured
}

fn numbers(line: &str) -> impl Iterator<Item = u64> {
    line.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok())
}

fn last_number(line: &str) -> u64 {
    numbers(line).last().unwrap_or(0)
}

fn duration(text: &str) -> Duration {
    let split = text.find(|c: char| c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (number, unit) = text.split_at(split);
    let number: f64 = number.parse().unwrap_or(0.0);
    match unit {
        "us" => Duration::from_secs_f64(number / 1e6),
        "ms" => Duration::from_secs_f64(number / 1e3),
        _ => Duration::from_secs_f64(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_apart_from_the_path() {
        let load = |url: &str| Load {
            url: url.to_owned(),
            host: "h".to_owned(),
            connections: 1,
            seconds: 1,
            pace: Pace::AtOnce,
        };
        assert_eq!(load("https://127.0.0.1:1/dev/x").parts().unwrap(), ("https", "127.0.0.1:1", "dev/x"));
        assert!(load("127.0.0.1:1").parts().is_err());
    }

    #[test]
    fn wrks_words_are_read() {
        let text = "  Latency Distribution\n     50%  1.50ms\n     99%  820.00us\n  31337 requests in 5.00s, 40MB read\n  \
                    Socket errors: connect 0, read 2, write 0, timeout 1\n  Non-2xx or 3xx responses: 7\n";
        let measured = parse(text);
        assert_eq!((measured.requests, measured.failures), (31337, 10));
        assert_eq!((measured.p50, measured.p99), (Duration::from_micros(1500), Duration::from_micros(820)));
    }
}
