//! What a request over a kept connection costs beside the bare calls: `cargo run --release -p egress --example requests`.
//!
//! The upstream runs in a thread of its own; the CPU time is the client's thread's.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use base::clock::SystemClock;
use bytes::Bytes;
use egress::{Config, Egress, Policy, RequestHead, Trust};
use http::Method;
use http_body_util::{BodyExt as _, Empty};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

type Fault = Box<dyn std::error::Error + Send + Sync>;

const ROUNDS: u32 = 100_000;
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok";

fn main() -> Result<(), Fault> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || answer(stream));
        }
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let bare = runtime.block_on(bare(address))?;
    let ours = runtime.block_on(ours(address))?;
    println!("bare socket {bare:?}, egress {ours:?}, own cost {:?} a request", ours.saturating_sub(bare));
    Ok(())
}

fn answer(mut stream: TcpStream) {
    let mut room = [0; 4096];
    let _ = stream.set_nodelay(true);
    while stream.read(&mut room).is_ok_and(|read| read > 0) {
        if stream.write_all(ANSWER).is_err() {
            return;
        }
    }
}

async fn bare(address: SocketAddr) -> Result<Duration, Fault> {
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    let request = format!("GET /pets/7?kind=cat HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let mut room = [0; 4096];
    let began = cpu_time()?;
    for _ in 0..ROUNDS {
        stream.write_all(request.as_bytes()).await?;
        if stream.read(&mut room).await? != ANSWER.len() {
            return Err("an answer in pieces".into());
        }
    }
    Ok(cpu_time()?.saturating_sub(began) / ROUNDS)
}

async fn ours(address: SocketAddr) -> Result<Duration, Fault> {
    let client = Egress::new(Config::new(Policy::default(), Vec::new(), None)?, Arc::new(SystemClock::new()));
    let uri: http::Uri = format!("http://{address}/pets/7?kind=cat").parse()?;
    let began = cpu_time()?;
    for _ in 0..ROUNDS {
        let head = RequestHead::new(Method::GET, &uri, Trust::Verified, None)?;
        client.call(head, Empty::<Bytes>::new()).await?.body.collect().await?;
    }
    Ok(cpu_time()?.saturating_sub(began) / ROUNDS)
}

/// This thread's time on a CPU.
fn cpu_time() -> Result<Duration, Fault> {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(Duration::from_nanos(stat.split(' ').next().ok_or("no time")?.parse()?))
}
