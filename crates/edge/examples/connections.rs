//! What a connection and a request cost: `cargo run --release -p edge --example connections`.
//!
//! The clients run in a second process, so that memory and CPU time are the server's alone.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::Clock as _;
use base::clock::SystemClock;
use edge::authority::Authority;
use edge::{
    Answer, Arrived, Body, Certificate, CertificateSet, Certificates, Endpoint, Handler, Limits, Server, Tls, Workers,
    bind, serve,
};
use http::Response;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::sync::CancellationToken;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Fault = Box<dyn std::error::Error + Send + Sync>;

const IDLE: usize = 2000;
const HANDSHAKES: usize = 2000;
const KEPT: usize = 64;
const BODY: &[u8] = &[b'x'; 1024];
const REQUEST: &[u8] = b"GET /pets/7?kind=cat HTTP/1.1\r\nHost: localhost\r\nUser-Agent: cost\r\nAccept: */*\r\n\r\n";

struct Answers;

impl Handler for Answers {
    async fn handle(&self, _arrived: Arrived) -> Answer {
        Response::new(Body::from(bytes::Bytes::from_static(BODY))).into()
    }
}

fn main() -> Result<(), Fault> {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next(), arguments.next()) {
        (Some("client"), Some(what), Some(address)) => run(client(&what, address.parse()?)),
        (Some("server"), Some(what), None) => run(server(&what)),
        _ => {
            // A fresh server each, so that none fills memory that another has let go.
            for what in ["h1", "h2", "new", "kept", "streams", "plain"] {
                Command::new(std::env::current_exe()?).args(["server", what]).status()?;
            }
            Ok(())
        }
    }
}

fn run(task: impl Future<Output = Result<(), Fault>>) -> Result<(), Fault> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(task)
}

async fn server(what: &str) -> Result<(), Fault> {
    let clock = Arc::new(SystemClock::new());
    let authority = Authority::create(clock.now(), "localhost")?;
    let leaf = authority.issue(&["localhost"], clock.now())?;
    let listener = bind("127.0.0.1:0".parse()?, "--gateway")?;
    let address = listener.local_addr();
    let set = CertificateSet::new(Certificate::from_pem(&leaf.chain_pem, &leaf.key_pem)?);
    let endpoint = match what {
        "plain" => Endpoint::plain(listener),
        _ => Endpoint::tls(listener, Tls::new(Certificates::new(set))?),
    };
    let shutdown = CancellationToken::new();
    let server = Server {
        endpoints: vec![endpoint],
        limits: Limits { drain_grace: Duration::from_millis(10), ..Limits::default() },
        workers: Workers::Shared,
        clock,
        shutdown: shutdown.clone(),
    };
    let serving = tokio::spawn(serve(server, |_| Answers));
    println!("{}", measure(what, address).await?);
    shutdown.cancel();
    serving.await??;
    Ok(())
}

/// Runs one client to its end; what it prints is how often it asked.
async fn measure(what: &str, address: SocketAddr) -> Result<String, Fault> {
    let (memory, cpu) = (resident()?, cpu_time()?);
    let mut child = tokio::process::Command::from({
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["client", what, &address.to_string()]).stdin(Stdio::piped()).stdout(Stdio::piped());
        command
    })
    .spawn()?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut line).await?;
    let (memory, cpu) = (resident()?.saturating_sub(memory), cpu_time()?.saturating_sub(cpu));
    let asked: u32 = line.trim().parse()?;
    drop(child.stdin.take());
    child.wait().await?;
    Ok(match what {
        "h1" | "h2" => format!("{} bytes for each idle TLS connection ({what})", memory / IDLE),
        "new" => format!("{:?} CPU for each new TLS 1.3 connection", cpu / asked),
        _ => format!("{:?} CPU for each request on {KEPT} {what} connections", cpu / asked),
    })
}

fn resident() -> Result<usize, Fault> {
    let statm = std::fs::read_to_string("/proc/self/statm")?;
    Ok(statm.split(' ').nth(1).ok_or("no resident size")?.parse::<usize>()? * 4096)
}

fn cpu_time() -> Result<Duration, Fault> {
    // schedstat counts one thread's nanoseconds.
    let mut total = 0;
    for task in std::fs::read_dir("/proc/self/task")? {
        let stat = std::fs::read_to_string(task?.path().join("schedstat"))?;
        total += stat.split(' ').next().ok_or("no time")?.parse::<u64>()?;
    }
    Ok(Duration::from_nanos(total))
}

async fn client(what: &str, address: SocketAddr) -> Result<(), Fault> {
    match what {
        "h1" | "h2" => {
            let mut kept = Vec::new();
            for _ in 0..IDLE {
                let mut stream = connect(address, what).await?;
                if what == "h1" {
                    ask(&mut stream).await?;
                } else {
                    ask_http2(&mut stream).await?;
                }
                kept.push(stream);
            }
            // An idle connection lets its buffers go after a moment.
            tokio::time::sleep(Duration::from_secs(2)).await;
            say(kept.len() as u32)?;
        }
        "new" => {
            for _ in 0..HANDSHAKES {
                ask(&mut connect(address, "h1").await?).await?;
            }
            say(HANDSHAKES as u32)?;
        }
        "plain" => {
            let mut kept = Vec::new();
            for _ in 0..KEPT {
                kept.push(TcpStream::connect(address).await?);
            }
            say(ask_on_and_on(kept).await?)?;
        }
        "streams" => {
            let mut kept = Vec::new();
            for _ in 0..KEPT {
                kept.push(connect(address, "h2").await?);
            }
            let end = Instant::now() + Duration::from_secs(3);
            let each = kept.into_iter().map(|stream| ask_streams(stream, end));
            say(futures_util::future::try_join_all(each).await?.into_iter().sum())?;
        }
        _ => {
            let mut kept = Vec::new();
            for _ in 0..KEPT {
                kept.push(connect(address, "h1").await?);
            }
            say(ask_on_and_on(kept).await?)?;
        }
    }
    Ok(())
}

/// Tells the server's process, and waits until it has measured.
fn say(asked: u32) -> Result<(), Fault> {
    println!("{asked}");
    std::io::Read::read_to_end(&mut std::io::stdin(), &mut Vec::new())?;
    Ok(())
}

async fn ask_on_and_on<T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin>(streams: Vec<T>) -> Result<u32, Fault> {
    let end = Instant::now() + Duration::from_secs(3);
    let each = streams.into_iter().map(|mut stream| async move {
        let mut asked = 0;
        while Instant::now() < end {
            ask(&mut stream).await?;
            asked += 1;
        }
        Ok::<u32, Fault>(asked)
    });
    Ok(futures_util::future::try_join_all(each).await?.into_iter().sum())
}

async fn ask(stream: &mut (impl tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin)) -> Result<(), Fault> {
    stream.write_all(REQUEST).await?;
    stream.flush().await?;
    let mut room = [0; 4096];
    let mut read = 0;
    let mut whole = usize::MAX;
    while read < whole {
        read += match stream.read(&mut room[read..]).await? {
            0 => return Err("closed".into()),
            more => more,
        };
        if let Some(end) = room[..read].windows(4).position(|window| window == b"\r\n\r\n") {
            whole = end + 4 + BODY.len();
        }
    }
    Ok(())
}

async fn connect(address: SocketAddr, what: &str) -> Result<TlsStream<TcpStream>, Fault> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anyone))
        .with_no_client_auth();
    config.alpn_protocols = vec![if what == "h2" { b"h2".to_vec() } else { b"http/1.1".to_vec() }];
    let stream = TcpStream::connect(address).await?;
    Ok(TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost")?, stream).await?)
}

/// Asks on one HTTP/2 stream after the other, with windows that never close.
async fn ask_streams(mut stream: TlsStream<TcpStream>, end: Instant) -> Result<u32, Fault> {
    // A window of a gigabyte for each stream and for all of them, so that they matter to neither side.
    let begin =
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x06\x04\0\0\0\0\0\0\x04\x40\0\0\0\0\0\x04\x08\0\0\0\0\0\x40\0\0\0";
    // As above: `GET https:`, the path, the host, and the two that follow.
    let block = b"\x82\x87\x04\x10/pets/7?kind=cat\x01\x09localhost\x0f\x2b\x04cost\x0f\x04\x03*/*";
    stream.write_all(begin).await?;
    let (mut reader, mut asked) = (BufReader::new(stream), 0u32);
    while Instant::now() < end {
        let number = 2 * asked + 1;
        let mut request = vec![0, 0, block.len() as u8, 1, 5];
        request.extend_from_slice(&number.to_be_bytes());
        request.extend_from_slice(block);
        reader.write_all(&request).await?;
        reader.flush().await?;
        loop {
            let mut head = [0; 9];
            reader.read_exact(&mut head).await?;
            let [a, b, c, kind, flags, id @ ..] = head;
            let mut payload = vec![0; usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c)];
            reader.read_exact(&mut payload).await?;
            if kind <= 1 && flags & 1 == 1 && u32::from_be_bytes(id) == number {
                break;
            }
        }
        asked += 1;
    }
    Ok(asked)
}

/// Opens HTTP/2 and asks on stream 1 (RFC 9113, section 4.1): what a first request leaves behind is part of the cost.
async fn ask_http2(stream: &mut TlsStream<TcpStream>) -> Result<(), Fault> {
    const SETTINGS: u8 = 4;
    // No settings; then the headers `GET https:///` and `:authority` as a literal (RFC 7541, appendix A), 14 bytes long.
    let asking = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\
        \0\0\x0e\x01\x05\0\0\0\x01\x82\x87\x84\x01\x09localhost";
    stream.write_all(asking).await?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).await?;
        let [a, b, c, kind, flags, .., number] = head;
        let mut payload = vec![0; usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c)];
        stream.read_exact(&mut payload).await?;
        match (kind, number, flags & 1) {
            (SETTINGS, _, 0) => stream.write_all(b"\0\0\0\x04\x01\0\0\0\0").await?,
            (0 | 1, 1, 1) => return Ok(()),
            _ => {}
        }
    }
}

/// The client believes anyone: it is the server that is measured.
#[derive(Debug)]
struct Anyone;

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256]
    }
}
