//! HTTP/2 as bytes: a client that sends whatever it likes.

use std::sync::Arc;

use crate::support::{Running, patiently};
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use rustls_pki_types::pem::PemObject as _;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

pub(crate) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
pub(crate) const DATA: u8 = 0;
pub(crate) const HEADERS: u8 = 1;
pub(crate) const RESET: u8 = 3;
pub(crate) const SETTINGS: u8 = 4;
pub(crate) const PING: u8 = 6;
pub(crate) const GO_AWAY: u8 = 7;
pub(crate) const WINDOW_UPDATE: u8 = 8;
pub(crate) const CONTINUATION: u8 = 9;
/// END_STREAM and END_HEADERS.
pub(crate) const WHOLE: u8 = 0x5;
pub(crate) const END_HEADERS: u8 = 0x4;
/// Both methods' indices in HPACK's static table.
pub(crate) const GET: u8 = 0x82;
pub(crate) const POST: u8 = 0x83;

pub(crate) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("short").to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The fields of a request to `https://localhost`.
pub(crate) fn fields(method: u8, path: &str) -> Vec<u8> {
    let length = u8::try_from(path.len()).expect("short");
    [&[method, 0x87, 0x04, length][..], path.as_bytes(), &[0x41, 9], b"localhost"].concat()
}

/// A GET without a body.
pub(crate) fn get(stream: u32, path: &str) -> Vec<u8> {
    frame(HEADERS, WHOLE, stream, &fields(GET, path))
}

/// A POST whose body follows.
pub(crate) fn post(stream: u32, path: &str) -> Vec<u8> {
    frame(HEADERS, END_HEADERS, stream, &fields(POST, path))
}

/// What a client says first.
pub(crate) fn greeting() -> Vec<u8> {
    [PREFACE, &frame(SETTINGS, 0, 0, &[])].concat()
}

pub(crate) async fn connect(running: &Running) -> TlsStream<TcpStream> {
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

pub(crate) fn frames(mut bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let (head, rest) = bytes.split_at_checked(9)?;
        let length = usize::from(head[0]) << 16 | usize::from(head[1]) << 8 | usize::from(head[2]);
        let (payload, rest) = rest.split_at_checked(length)?;
        bytes = rest;
        Some((head[3], payload))
    })
}

pub(crate) fn code(go_away: &[u8]) -> u32 {
    u32::from_be_bytes(go_away[4..8].try_into().expect("four bytes"))
}
