//! HTTP/2 streams that cost the server more than the client: the connection ends long before the streams do.

use std::sync::Arc;

use crate::support::{Running, Speaks, patiently, start};
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use rustls_pki_types::pem::PemObject as _;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const HEADERS: u8 = 1;
const RESET: u8 = 3;
const SETTINGS: u8 = 4;
const GO_AWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
/// END_STREAM and END_HEADERS.
const WHOLE: u8 = 0x5;
const ENHANCE_YOUR_CALM: u32 = 11;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A `GET https://localhost/gate`, which does not end by itself.
fn request(stream: u32) -> Vec<u8> {
    let block = [&[0x82, 0x87, 0x04, 5][..], b"/gate", &[0x41, 9], b"localhost"].concat();
    frame(HEADERS, WHOLE, stream, &block)
}

async fn connect(running: &Running) -> TlsStream<TcpStream> {
    let mut roots = rustls::RootCertStore::empty();
    let pem = running.authority.certificate_pem();
    roots
        .add(rustls_pki_types::CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate"))
        .expect("a root");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let mut config = builder.expect("versions").with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let name = ServerName::try_from("localhost").expect("a name");
    let stream = running.connect().await;
    patiently(tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream)).await.expect("a handshake")
}

/// Sends the attack of each stream, and answers the code with which the connection was ended.
async fn attack(attack: impl Fn(u32) -> Vec<u8>) -> u32 {
    let running = start(Speaks::Tls);
    let mut stream = connect(&running).await;
    let streams = (0..2000).map(|number| 2 * number + 1);
    let bytes = [PREFACE.to_vec(), frame(SETTINGS, 0, 0, &[])].into_iter().chain(streams.map(attack));
    // The server may close before it has read everything.
    let _ = stream.write_all(&bytes.collect::<Vec<_>>().concat()).await;
    let _ = stream.flush().await;
    let mut answer = Vec::new();
    let _ = patiently(stream.read_to_end(&mut answer)).await;
    // Another connection is served all the same.
    drop(connect(&running).await);
    frames(&answer).find_map(|(kind, payload)| (kind == GO_AWAY).then(|| code(payload))).expect("it says goodbye")
}

fn frames(mut bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let (head, rest) = bytes.split_at_checked(9)?;
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let (payload, rest) = rest.split_at_checked(length)?;
        bytes = rest;
        Some((head[3], payload))
    })
}

fn code(go_away: &[u8]) -> u32 {
    u32::from_be_bytes(go_away[4..8].try_into().expect("four bytes"))
}

/// CVE-2023-44487.
#[tokio::test]
async fn streams_that_are_reset_at_once_end_the_connection() {
    let rapid = |stream| [request(stream), frame(RESET, 0, stream, &8u32.to_be_bytes())].concat();
    assert_eq!(attack(rapid).await, ENHANCE_YOUR_CALM);
}

/// CVE-2025-8671: the client's error on each stream, a window beyond what a window can be, makes the server reset it.
#[tokio::test]
async fn streams_that_make_the_server_reset_them_end_the_connection() {
    let provoking = |stream| [request(stream), frame(WINDOW_UPDATE, 0, stream, &0x7fff_ffffu32.to_be_bytes())].concat();
    assert_eq!(attack(provoking).await, ENHANCE_YOUR_CALM);
}
