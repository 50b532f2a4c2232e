//! Start and memory: first answer after the start, idle memory, and what an idle TLS connection costs, beside nginx.

use std::fmt::Write as _;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use benches::folder::Folder;
use benches::process::Process;
use benches::tls::Protocol;
use benches::world::{api_id, deployment_of, scope, stage_of};
use benches::{nginx, node, report, tls};
use operation::{Kind, Transaction};
use store_sqlite::SqliteStore;

/// Starts of each kind; the median is quoted.
const STARTS: usize = 7;
/// Idle TLS connections to open.
const IDLE: usize = 2_000;
const CORE: usize = 0;
const OTHERS: usize = 1;

fn main() -> io::Result<()> {
    let folder = Folder::make()?;
    let mut table = "| what | Portcullis | nginx |\n|---|---|---|\n".to_owned();
    starts(&folder.0, &mut table)?;
    memory(&folder.0, &mut table)?;
    let about = format!(
        "Pinned to one core. A start is from `exec` to the first answered request; the first start also makes the master key, \
         the store, the account, the local authority and its certificate. Medians of {STARTS}. Idle connections: {IDLE} over \
         TLS 1.3, each after one answered request; resident memory gained, divided.\n\n{table}"
    );
    report::section("footprint", "Start and memory", &about)
}

fn starts(folder: &Path, table: &mut String) -> io::Result<()> {
    let first =
        (0..STARTS).map(|round| start(&folder.join(format!("first{round}")))).collect::<io::Result<Vec<_>>>()?;
    row(table, "first start with an empty store", &format!("{:.0} ms", median(first)), "–");
    let again = folder.join("first0");
    let again = (0..STARTS).map(|_| start(&again)).collect::<io::Result<Vec<_>>>()?;
    row(table, "later start with an empty store", &format!("{:.0} ms", median(again)), "–");
    let many = folder.join("many");
    start(&many)?;
    fill(&many, 1_000)?;
    let many = (0..STARTS).map(|_| start(&many)).collect::<io::Result<Vec<_>>>()?;
    row(table, "start with 1,000 APIs of 20 methods", &format!("{:.0} ms", median(many)), "–");
    Ok(())
}

/// Starts a node and stops it; the time to its first answer, in milliseconds.
fn start(data: &Path) -> io::Result<f64> {
    let plain = nginx::free_port()?;
    let began = Instant::now();
    let node = serve(data, plain)?;
    let first = loop {
        if let Ok(()) = ask(plain) {
            break began.elapsed();
        }
        if began.elapsed() > Duration::from_mins(1) {
            return Err(io::Error::other("the node did not answer within a minute"));
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    drop(node);
    Ok(first.as_secs_f64() * 1e3)
}

fn serve(data: &Path, plain: u16) -> io::Result<Process> {
    let mut command = Command::new(node::binary());
    command.arg("serve").arg("--data-dir").arg(data).args(["--admin", "127.0.0.1:0", "--gateway", "127.0.0.1:0"]);
    command.arg("--plain-http").arg(format!("127.0.0.1:{plain}")).env("PORTCULLIS_LOG", "error");
    Process::pinned(CORE, &command)
}

/// One request; its answer is a 403, because the host is nobody's.
fn ask(port: u16) -> io::Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: nobody.localhost\r\nConnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    if answer.starts_with("HTTP/1.1 403") { Ok(()) } else { Err(io::Error::other("another answer than 403")) }
}

/// Writes APIs with a deployment and a stage each straight into a stopped node's store.
fn fill(data: &Path, apis: usize) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let store = SqliteStore::open(data).await.map_err(io::Error::other)?;
        let resources = store.resources();
        let mut tx = Transaction::begin(resources.as_ref(), Kind::Write).await.map_err(io::Error::other)?;
        for number in 0..apis {
            let id = api_id(number);
            let deployment = deployment_of(&id);
            tx.put(&scope(), &deployment.api).map_err(io::Error::other)?;
            tx.put(&scope(), &stage_of(&id, 0)).map_err(io::Error::other)?;
            tx.put(&scope(), &deployment).map_err(io::Error::other)?;
        }
        resources.commit(tx.into_batch()).await.map_err(io::Error::other)?;
        store.close().await;
        Ok(())
    })
}

fn memory(folder: &Path, table: &mut String) -> io::Result<()> {
    let upstream = nginx::upstream(folder, OTHERS)?;
    let peer = nginx::peer(folder, CORE, upstream.plain)?;
    let ours = node::Node::start(&folder.join("memory"), CORE, upstream.plain, "1")?;
    std::thread::sleep(Duration::from_secs(2));
    let megabytes = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
    row(table, "idle memory with one API", &megabytes(ours.process.resident()), &megabytes(peer.process.resident()));
    row(table, "of it its own, no pages of files", &megabytes(ours.process.own()), &megabytes(peer.process.own()));
    let kilobytes = |bytes: f64| format!("{:.1} KB", bytes / 1e3);
    drop((ours, peer));
    for (protocol, name, what) in [
        (Protocol::Http11, "http11", "an idle TLS connection, HTTP/1.1"),
        (Protocol::Http2, "http2", "an idle TLS connection, HTTP/2"),
    ] {
        // Processes of its own, so that it does not fill memory that the other let go.
        let folder = folder.join(name);
        let ours = node::Node::start(&folder, CORE, upstream.plain, "1")?;
        let peer = nginx::peer(&folder, CORE, upstream.plain)?;
        let of_ours = per_connection(&ours.process, ours.tls, &ours.host, protocol)?;
        let of_peer = per_connection(&peer.process, peer.tls, "peer.localhost", protocol)?;
        row(table, what, &kilobytes(of_ours), &kilobytes(of_peer));
    }
    Ok(())
}

fn per_connection(process: &Process, port: u16, host: &str, protocol: Protocol) -> io::Result<f64> {
    // What the first connections make for all others is not theirs alone.
    let warm = tls::open(port, host, 50, protocol)?;
    let before = process.resident();
    let idle = tls::open(port, host, IDLE, protocol)?;
    std::thread::sleep(Duration::from_secs(1));
    let gained = process.resident().saturating_sub(before);
    drop((warm, idle));
    Ok(gained as f64 / IDLE as f64)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

fn row(table: &mut String, what: &str, ours: &str, peer: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(table, "| {what} | {ours} | {peer} |");
}
