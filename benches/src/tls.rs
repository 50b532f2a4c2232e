//! Idle TLS connections: handshaken, one request answered, then left alone.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned, SupportedProtocolVersion,
};

/// A connection that does nothing.
pub type Idle = StreamOwned<ClientConnection, TcpStream>;

/// What is spoken inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// HTTP/1.1.
    Http11,
    /// HTTP/2.
    Http2,
}

/// Opens `count` connections to a port of this machine and asks for one answer on each.
pub fn open(port: u16, host: &str, count: usize, protocol: Protocol) -> io::Result<Vec<Idle>> {
    let mut config = trusting_anybody(rustls::DEFAULT_VERSIONS)?;
    if protocol == Protocol::Http2 {
        config.alpn_protocols = vec![b"h2".to_vec()];
    }
    let config = Arc::new(config);
    (0..count).map(|_| connect(port, host, &config, protocol)).collect()
}

/// What a client needs that takes any certificate.
pub(crate) fn trusting_anybody(versions: &[&'static SupportedProtocolVersion]) -> io::Result<ClientConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_protocol_versions(versions).map_err(io::Error::other)?.dangerous();
    Ok(builder.with_custom_certificate_verifier(Arc::new(Anybody)).with_no_client_auth())
}

fn connect(port: u16, host: &str, config: &Arc<ClientConfig>, protocol: Protocol) -> io::Result<Idle> {
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    let connection = ClientConnection::new(Arc::clone(config), name).map_err(io::Error::other)?;
    let mut stream = StreamOwned::new(connection, TcpStream::connect(("127.0.0.1", port))?);
    match protocol {
        Protocol::Http11 => ask_http11(&mut stream, host)?,
        Protocol::Http2 => ask_http2(&mut stream, host)?,
    }
    Ok(stream)
}

fn ask_http11(stream: &mut Idle, host: &str) -> io::Result<()> {
    write!(stream, "GET /none HTTP/1.1\r\nHost: {host}\r\n\r\n")?;
    let mut answer = [0; 4096];
    if stream.read(&mut answer)? == 0 {
        return Err(io::Error::other("the server closed a connection that should stay"));
    }
    Ok(())
}

/// Asks on stream 1 and reads until that ends (RFC 9113, section 4.1: length, type, flags, stream).
fn ask_http2(stream: &mut Idle, host: &str) -> io::Result<()> {
    const SETTINGS: u8 = 4;
    const HEADERS: u8 = 1;
    const ACK_OR_END_STREAM: u8 = 1;
    const END_HEADERS: u8 = 4;
    // `GET https:///`, and `:authority` as a literal (RFC 7541, section 6 and appendix A).
    let mut fields = vec![0x82, 0x87, 0x84, 0x01, host.len() as u8];
    fields.extend_from_slice(host.as_bytes());
    let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
    bytes.extend_from_slice(&[0, 0, 0, SETTINGS, 0, 0, 0, 0, 0]);
    bytes.extend_from_slice(&[0, 0, fields.len() as u8, HEADERS, ACK_OR_END_STREAM | END_HEADERS, 0, 0, 0, 1]);
    bytes.extend_from_slice(&fields);
    stream.write_all(&bytes)?;
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head)?;
        let [a, b, c, kind, flags, .., last] = head;
        let mut payload = vec![0; usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c)];
        stream.read_exact(&mut payload)?;
        let ends = flags & ACK_OR_END_STREAM != 0;
        if kind == SETTINGS && !ends {
            stream.write_all(&[0, 0, 0, SETTINGS, ACK_OR_END_STREAM, 0, 0, 0, 0])?;
        } else if last == 1 && kind <= HEADERS && ends {
            return Ok(());
        }
    }
}

/// Takes any certificate: what is measured is a server on this machine.
#[derive(Debug)]
struct Anybody;

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        vec![SignatureScheme::ECDSA_NISTP256_SHA256, SignatureScheme::RSA_PSS_SHA256]
    }
}
