//! Side by side with nginx `proxy_pass`: CPU time per request, latency, new connections, start and memory.

use std::fmt::Write as _;
use std::io;
use std::path::Path;
use std::process::Command;

use benches::folder::Folder;
use benches::load::{Load, Pace};
use benches::measure::{Round, median};
use benches::nginx::{self, Nginx};
use benches::node::Node;
use benches::process::Process;
use benches::report;

/// The core under test, and the core of everything else.
const TESTED: usize = 0;
const OTHERS: usize = 1;
const CONNECTIONS: usize = 64;
/// Requests a second on each connection under a steady load: about a third of what either can answer.
const STEADY: u32 = 240;

fn main() -> io::Result<()> {
    for tool in ["nginx", "wrk", "h2load", "taskset", "chrt", "openssl"] {
        if Command::new("sh")
            .args(["-c", &format!("command -v {tool}")])
            .output()
            .is_ok_and(|found| !found.status.success())
        {
            eprintln!("`{tool}` is missing: apt-get install nginx-light wrk nghttp2-client util-linux openssl");
            std::process::exit(1);
        }
    }
    let quick = std::env::args().any(|argument| argument == "--quick");
    let (rounds, seconds) = if quick { (1, 2) } else { (5, 5) };
    let folder = Folder::make()?;
    let bench = Bench::start(&folder.0, rounds, seconds)?;
    let mut table =
        "| scenario | who | CPU µs/request | p50 | p99 | requests/s | failures |\n|---|---|---|---|---|---|---|\n"
            .to_owned();
    for scenario in Scenario::ALL {
        bench.measure(scenario, &mut table)?;
    }
    report::section(
        "beside-nginx",
        "Side by side with nginx",
        &format!("{}\n{}\n{table}", about(seconds, rounds), versions()),
    )
}

fn about(seconds: u64, rounds: usize) -> String {
    format!(
        "One pinned core, {CONNECTIONS} connections from wrk on the other core (from h2load where the pace is given), a 1 KiB answer from an nginx upstream, access logs on \
         everywhere. The load lets the upstream go first where both want their core, and at a pace each connection asks at a moment of its own: what is told is the proxy's. Rounds of {seconds} s taken in turn, {rounds} of each; medians (lowest to highest). CPU time is user and \
         system time of the process and its children from `/proc`, the node's log writer and control plane included.\n"
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

impl Scenario {
    const ALL: [Self; 6] =
        [Self::Https, Self::HttpsSteady, Self::Http2Steady, Self::Http, Self::HttpSteady, Self::NewTls];

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
    nodes: Vec<(&'static str, Node)>,
    // Everybody's backend; it lives as long as they do.
    _upstream: Nginx,
    rounds: usize,
    seconds: u64,
}

impl Bench {
    fn start(folder: &Path, rounds: usize, seconds: u64) -> io::Result<Self> {
        let upstream = nginx::upstream(folder, OTHERS)?;
        let peer = nginx::peer(folder, TESTED, upstream.plain)?;
        let nodes = vec![
            ("Portcullis", Node::start(&folder.join("per-core"), TESTED, upstream.plain, "1")?),
            ("Portcullis (shared runtime)", Node::start(&folder.join("shared"), TESTED, upstream.plain, "shared")?),
        ];
        Ok(Self { peer, nodes, _upstream: upstream, rounds, seconds })
    }

    fn measure(&self, scenario: Scenario, table: &mut String) -> io::Result<()> {
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
                rounds.push(Round::run(process, load, OTHERS)?);
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

fn row(table: &mut String, scenario: &str, name: &str, rounds: &[Round], base: f64) {
    let cpu = median(rounds, |round| round.cpu_us);
    let low = rounds.iter().map(|round| round.cpu_us).fold(f64::INFINITY, f64::min);
    let high = rounds.iter().map(|round| round.cpu_us).fold(0.0, f64::max);
    let p50 = median(rounds, |round| round.measured.p50.as_secs_f64() * 1e3);
    let p99 = median(rounds, |round| round.measured.p99.as_secs_f64() * 1e3);
    let rate = median(rounds, |round| round.rate);
    let failures: u64 = rounds.iter().map(|round| round.measured.failures).sum();
    // Writing to a string cannot fail.
    let _ = writeln!(
        table,
        "| {scenario} | {name} | **{cpu:.1}** ({low:.1} to {high:.1}), {ratio:.2} × nginx | {p50:.2} ms | {p99:.2} ms | {rate:.0} | {failures} |",
        ratio = cpu / base
    );
}
