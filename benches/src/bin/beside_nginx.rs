//! Side by side with nginx `proxy_pass`: CPU time per request, latency and new connections.
//!
//! Without arguments it measures everything and writes its section of the report. `--help` says how to measure a part, and how
//! to measure binaries of two builds in the same turns.

use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use benches::folder::Folder;
use benches::load::{Load, Measured, Pace};
use benches::loader::{self, Loader};
use benches::measure::{Round, median};
use benches::nginx::{self, Nginx};
use benches::node::{self, Node};
use benches::process::Process;
use benches::report;

const HELP: &str = "\
Compare Portcullis with nginx as proxies on one core.

Usage: cargo xtask bench beside_nginx [-- ARGUMENTS]

  --only NAME[,NAME]  these scenarios alone; prints the table and leaves the report as it is
                      (https, https-steady, http2-steady, http, http-steady, new-tls)
  --node NAME=PATH    another binary of Portcullis, in the same turns; repeatable. The shared runtime is left out then.
                      The binary called Portcullis is that of PORTCULLIS_BIN, or of the last release build
  --rounds N          rounds of each contender (5)
  --seconds N         seconds of a round (5)
  --quick             one round of two seconds

Example, to see what a change does beside what was:
  cargo xtask bench beside_nginx -- --only https,http-steady --node before=/tmp/before --rounds 9";

/// The core under test, and the core of everything else.
const TESTED: usize = 0;
const OTHERS: usize = 1;
const CONNECTIONS: usize = 64;
/// Requests a second on each connection under a steady load: about a third of what either can answer.
const STEADY: u32 = 240;

fn main() -> io::Result<ExitCode> {
    if std::env::args().nth(1).as_deref() == Some(loader::ARGUMENT) {
        return loader::serve().map(|()| ExitCode::SUCCESS);
    }
    let arguments = match Arguments::read(std::env::args().skip(1)) {
        Ok(Some(arguments)) => arguments,
        Ok(None) => {
            println!("{HELP}");
            return Ok(ExitCode::SUCCESS);
        }
        Err(why) => {
            eprintln!("{why}\n\n{HELP}");
            return Ok(ExitCode::FAILURE);
        }
    };
    for tool in ["nginx", "wrk", "h2load", "taskset", "chrt", "openssl"] {
        let found = Command::new("sh").args(["-c", &format!("command -v {tool}")]).output();
        if found.is_ok_and(|found| !found.status.success()) {
            eprintln!("`{tool}` is missing: apt-get install nginx-light wrk nghttp2-client util-linux openssl");
            return Ok(ExitCode::FAILURE);
        }
    }
    let folder = Folder::make()?;
    let mut bench = Bench::start(&folder.0, &arguments)?;
    let mut table = HEAD.to_owned();
    for scenario in arguments.scenarios() {
        bench.measure(scenario, &mut table)?;
    }
    if arguments.only.is_empty() {
        let body = format!("{}\n{}\n{table}", about(&arguments), versions());
        report::section("beside-nginx", "Side by side with nginx", &body)?;
    } else {
        print!("{table}");
    }
    Ok(ExitCode::SUCCESS)
}

/// What to measure.
#[derive(Debug, PartialEq, Eq)]
struct Arguments {
    rounds: usize,
    seconds: u64,
    /// Nothing for everything.
    only: Vec<Scenario>,
    nodes: Vec<(String, PathBuf)>,
}

impl Arguments {
    /// None where help is asked for.
    fn read(mut words: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let mut arguments = Self { rounds: 5, seconds: 5, only: Vec::new(), nodes: Vec::new() };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("`{word}` needs a value"));
            match word.as_str() {
                "--help" | "-h" => return Ok(None),
                "--quick" => (arguments.rounds, arguments.seconds) = (1, 2),
                "--rounds" => arguments.rounds = count(&value()?)?,
                "--seconds" => arguments.seconds = count(&value()?)?,
                "--only" => {
                    for name in value()?.split(',') {
                        let named = Scenario::ALL.into_iter().find(|scenario| scenario.name() == name);
                        arguments.only.push(named.ok_or_else(|| format!("`{name}` is no scenario"))?);
                    }
                }
                "--node" => {
                    let value = value()?;
                    let (name, path) =
                        value.split_once('=').ok_or_else(|| format!("`{value}` is not of the form NAME=PATH"))?;
                    arguments.nodes.push((name.to_owned(), path.into()));
                }
                _ => return Err(format!("`{word}` is no argument")),
            }
        }
        Ok(Some(arguments))
    }

    fn scenarios(&self) -> impl Iterator<Item = Scenario> {
        Scenario::ALL.into_iter().filter(|scenario| self.only.is_empty() || self.only.contains(scenario))
    }
}

fn count<T: std::str::FromStr + PartialOrd + From<u8>>(text: &str) -> Result<T, String> {
    text.parse().ok().filter(|count| *count >= T::from(1)).ok_or_else(|| format!("`{text}` is no count"))
}

fn about(Arguments { rounds, seconds, .. }: &Arguments) -> String {
    format!(
        "One pinned core and {CONNECTIONS} connections, access logs on everywhere, and an answer of 1 KiB from the upstream. \
         The load has the other core. Over HTTP/1.1 on kept connections one thread there is all clients and the upstream at \
         once and never sleeps; how much of its time it had nothing to do says how far it was from being the narrow place. \
         At a pace each connection's requests fall due at random moments, the same for everybody, and latency counts from \
         then. HTTP/2 is asked by h2load, where each connection asks at regular moments of its own, and new connections by \
         wrk; both let the upstream go first, which has the same core. Rounds of {seconds} s taken in turn, {rounds} of \
         each; medians (lowest to highest). CPU time is user and system time of the process and its children from `/proc`, \
         the node's log writer and control plane included.\n"
    )
}

fn versions() -> String {
    let nginx = Command::new("nginx")
        .arg("-v")
        .output()
        .map(|output| String::from_utf8_lossy(&output.stderr).trim().to_owned());
    format!("Peer: {}.\n", nginx.unwrap_or_default())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Scenario {
    Https,
    HttpsSteady,
    Http2Steady,
    Http,
    HttpSteady,
    NewTls,
}

/// Who makes the load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Loader,
    WrkOrH2load,
}

impl Scenario {
    const ALL: [Self; 6] =
        [Self::Https, Self::HttpsSteady, Self::Http2Steady, Self::Http, Self::HttpSteady, Self::NewTls];

    /// As an argument.
    fn name(self) -> &'static str {
        match self {
            Scenario::Https => "https",
            Scenario::HttpsSteady => "https-steady",
            Scenario::Http2Steady => "http2-steady",
            Scenario::Http => "http",
            Scenario::HttpSteady => "http-steady",
            Scenario::NewTls => "new-tls",
        }
    }

    fn title(self) -> &'static str {
        match self {
            Scenario::Https => "HTTPS keep-alive",
            Scenario::HttpsSteady => "HTTPS keep-alive, 15,360 requests/s",
            Scenario::Http2Steady => "HTTP/2 over TLS, kept connections, 15,360 requests/s",
            Scenario::Http => "HTTP keep-alive",
            Scenario::HttpSteady => "HTTP keep-alive, 15,360 requests/s",
            Scenario::NewTls => "a new TLS 1.3 connection a request",
        }
    }

    fn by(self) -> By {
        match self {
            Scenario::Https | Scenario::HttpsSteady | Scenario::Http | Scenario::HttpSteady => By::Loader,
            Scenario::Http2Steady | Scenario::NewTls => By::WrkOrH2load,
        }
    }

    fn load(self, (tls, plain): (u16, u16), host: &str, seconds: u64) -> Load {
        let url = match self {
            Scenario::Https | Scenario::HttpsSteady | Scenario::Http2Steady | Scenario::NewTls => {
                format!("https://127.0.0.1:{tls}/dev/item/7")
            }
            Scenario::Http | Scenario::HttpSteady => format!("http://127.0.0.1:{plain}/dev/item/7"),
        };
        let pace = match self {
            Scenario::Https | Scenario::Http => Pace::AtOnce,
            Scenario::HttpsSteady | Scenario::HttpSteady => Pace::Steady(STEADY),
            Scenario::Http2Steady => Pace::SteadyHttp2(STEADY),
            Scenario::NewTls => Pace::AtOnceAnew,
        };
        Load { url, host: host.to_owned(), connections: CONNECTIONS, seconds, pace }
    }
}

struct Bench {
    peer: Nginx,
    nodes: Vec<(String, Node)>,
    // Everybody's upstream: it goes after those who ask it.
    loader: Loader,
    rounds: usize,
    seconds: u64,
}

impl Bench {
    fn start(folder: &Path, arguments: &Arguments) -> io::Result<Self> {
        let loader = Loader::start(OTHERS)?;
        let peer = nginx::peer(folder, TESTED, loader.upstream)?;
        let own = node::binary();
        let mut contenders = vec![("Portcullis", own.as_path(), "1")];
        if arguments.nodes.is_empty() {
            contenders.push(("Portcullis (shared runtime)", &own, "shared"));
        }
        contenders.extend(arguments.nodes.iter().map(|(name, path)| (name.as_str(), path.as_path(), "1")));
        let mut nodes = Vec::new();
        for (place, (name, binary, workers)) in contenders.into_iter().enumerate() {
            let home = folder.join(format!("node-{place}"));
            nodes.push((name.to_owned(), Node::of_binary(binary, &home, TESTED, loader.upstream, workers)?));
        }
        Ok(Self { peer, nodes, loader, rounds: arguments.rounds, seconds: arguments.seconds })
    }

    fn measure(&mut self, scenario: Scenario, table: &mut String) -> io::Result<()> {
        let mut contenders: Vec<(&str, &Process, Load, Vec<Round>)> = vec![(
            "nginx",
            &self.peer.process,
            scenario.load((self.peer.tls, self.peer.plain), "bench", self.seconds),
            Vec::new(),
        )];
        for (name, node) in &self.nodes {
            let load = scenario.load((node.tls, node.plain), &node.host, self.seconds);
            contenders.push((name, &node.process, load, Vec::new()));
        }
        for _ in 0..self.rounds {
            for (_, process, load, rounds) in &mut contenders {
                rounds.push(match scenario.by() {
                    By::Loader => Round::run_by(&mut self.loader, process, load)?,
                    By::WrkOrH2load => Round::run(process, load, OTHERS)?,
                });
            }
        }
        let base =
            median(contenders.first().map(|(.., rounds)| rounds.as_slice()).unwrap_or_default(), |round| round.cpu_us);
        for (name, _, _, rounds) in &contenders {
            row(table, scenario.title(), name, rounds, base);
        }
        Ok(())
    }
}

const HEAD: &str = "\
| scenario | who | CPU µs/request | p50 | p90 | p99 | p99.9 | requests/s | failures | load idle |
|---|---|---|---|---|---|---|---|---|---|
";

fn row(table: &mut String, scenario: &str, name: &str, rounds: &[Round], base: f64) {
    let cpu = median(rounds, |round| round.cpu_us);
    let cpu_range = range(rounds, 1, |round| round.cpu_us);
    let p50 = median(rounds, |round| round.measured.p50.as_secs_f64() * 1e3);
    let p99_of = |round: &Round| round.measured.p99.as_secs_f64() * 1e3;
    let (p99, p99_range) = (median(rounds, p99_of), range(rounds, 2, p99_of));
    let [p90, p99_9] = [|measured: &Measured| measured.p90, |measured: &Measured| measured.p99_9].map(|of| {
        let took = told(rounds, |round| of(&round.measured).map(|took| took.as_secs_f64() * 1e3));
        took.map_or_else(|| "–".to_owned(), |took| format!("{took:.2} ms"))
    });
    let idle = told(rounds, |round| round.measured.idle);
    let idle = idle.map_or_else(|| "–".to_owned(), |idle| format!("{:.0} %", idle * 100.0));
    let rate = median(rounds, |round| round.rate);
    let failures: u64 = rounds.iter().map(|round| round.measured.failures).sum();
    // Writing to a string cannot fail.
    let _ = writeln!(
        table,
        "| {scenario} | {name} | **{cpu:.1}** ({cpu_range}), {ratio:.2} × nginx | {p50:.2} ms | {p90} | {p99:.2} ms ({p99_range}) | {p99_9} | {rate:.0} | {failures} | {idle} |",
        ratio = cpu / base
    );
}

/// The lowest and the highest of a figure.
fn range(rounds: &[Round], digits: usize, of: impl Fn(&Round) -> f64) -> String {
    let low = rounds.iter().map(&of).fold(f64::INFINITY, f64::min);
    let high = rounds.iter().map(&of).fold(0.0, f64::max);
    format!("{low:.digits$} to {high:.digits$}")
}

/// The median of a figure that some tools do not tell.
fn told(rounds: &[Round], of: impl Fn(&Round) -> Option<f64>) -> Option<f64> {
    let is_told = rounds.iter().all(|round| of(round).is_some());
    is_told.then(|| median(rounds, |round| of(round).unwrap_or(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(words: &str) -> Result<Option<Arguments>, String> {
        Arguments::read(words.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn arguments_are_read() {
        let all = Arguments { rounds: 5, seconds: 5, only: Vec::new(), nodes: Vec::new() };
        assert_eq!(read(""), Ok(Some(all)));
        let some = Arguments {
            rounds: 9,
            seconds: 2,
            only: vec![Scenario::Http, Scenario::NewTls],
            nodes: vec![("before".to_owned(), "/a=b".into()), ("after".to_owned(), "/c".into())],
        };
        let words = "--quick --rounds 9 --only http,new-tls --node before=/a=b --node after=/c";
        assert_eq!(read(words), Ok(Some(some)));
        assert_eq!(read("--only https --help"), Ok(None));
    }

    #[test]
    fn a_typo_is_no_silent_default() {
        for words in ["--rounds", "--rounds 0", "--seconds soon", "--only htps", "--node /a", "--loader"] {
            assert!(read(words).is_err(), "{words}");
        }
    }
}
