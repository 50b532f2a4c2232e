//! Handshakes: which certificate, which key exchange, which version; and HTTP/2's idea of a host.

use std::sync::Arc;
use std::time::Duration;

use crate::support::{Running, Speaks, certificate, patiently, read_answer, start, start_with};
use bytes::Bytes;
use edge::{CertificateSet, FrontEndRefusal, Limits, Workers};
use http::Request;
use http_body_util::{BodyExt as _, Empty};
use hyper::client::conn::http2::SendRequest;
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ClientConfig;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

fn trusting(running: &Running, protocols: &[&str]) -> ClientConfig {
    let mut roots = rustls::RootCertStore::empty();
    let pem = running.authority.certificate_pem();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate")).expect("a root");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|protocol| protocol.as_bytes().to_vec()).collect();
    config
}

async fn handshake(running: &Running, config: &Arc<ClientConfig>, name: &str) -> std::io::Result<TlsStream<TcpStream>> {
    let name = ServerName::try_from(name.to_owned()).expect("a name");
    let stream = running.connect().await;
    patiently(tokio_rustls::TlsConnector::from(Arc::clone(config)).connect(name, stream)).await
}

async fn ask(stream: &mut TlsStream<TcpStream>, host: &str) -> String {
    let request = format!("GET /x HTTP/1.1\r\nHost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("it takes bytes");
    read_answer(stream).await
}

async fn h2(running: &Running, name: &str) -> SendRequest<Empty<Bytes>> {
    let stream = handshake(running, &Arc::new(trusting(running, &["h2"])), name).await.expect("a handshake");
    let (sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream)).await.expect("a preface");
    tokio::spawn(connection);
    sender
}

async fn ask_h2(sender: &mut SendRequest<Empty<Bytes>>, request: http::request::Builder) -> (u16, String) {
    let request = request.body(Empty::new()).expect("a request");
    let answer = patiently(sender.send_request(request)).await.expect("an answer");
    let status = answer.status().as_u16();
    let body = patiently(answer.into_body().collect()).await.expect("a body").to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

#[tokio::test]
async fn post_quantum_key_exchange_is_agreed_on_first() {
    let running = start(Speaks::Tls);
    let config = Arc::new(trusting(&running, &["http/1.1"]));
    let mut stream = handshake(&running, &config, "localhost").await.expect("a handshake");
    let answer = ask(&mut stream, "localhost").await;
    for fact in [
        "TLSv1.3",
        "X25519MLKEM768",
        "sni: Some(\"localhost\")",
        "alpn: Http11",
        "resumed: false",
        "TLS13_AES_128_GCM_SHA256",
    ] {
        assert!(answer.contains(fact), "{fact}: {answer}");
    }
    drop(stream);
    let mut stream = handshake(&running, &config, "localhost").await.expect("a handshake");
    assert!(ask(&mut stream, "localhost").await.contains("resumed: true"));
    let mut stream = handshake(&running, &config, "127.0.0.1").await.expect("a handshake");
    assert!(ask(&mut stream, "127.0.0.1").await.contains("sni: None"));
}

#[tokio::test]
async fn tls_1_2_is_served_with_aead_and_nothing_older() {
    let running = start(Speaks::Tls);
    let mut config = trusting(&running, &[]);
    let versions = &[&rustls::version::TLS12];
    let provider = Arc::clone(config.crypto_provider());
    config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .expect("versions")
        .dangerous()
        .with_custom_certificate_verifier(verifier(&running))
        .with_no_client_auth();
    let mut stream = handshake(&running, &Arc::new(config), "localhost").await.expect("a handshake");
    let answer = ask(&mut stream, "localhost").await;
    assert!(answer.contains("TLSv1.2") && answer.contains("TLS_ECDHE_ECDSA_WITH_AES"), "{answer}");
    // A ClientHello of TLS 1.1 with one CBC suite, as old clients send it.
    let mut hello = vec![0x16, 3, 1, 0, 45, 1, 0, 0, 41, 3, 2];
    hello.extend([7; 32]);
    hello.extend([0, 0, 2, 0xc0, 0x13, 1, 0]);
    let answer = running.exchange(&hello).await;
    assert!(answer.starts_with("\u{15}\u{3}"), "an alert: {answer:?}");
    let seen = running.seen.turned_away.lock().expect("sound").clone();
    assert_eq!(seen, [edge::TurnedAway::HandshakeFailed]);
}

fn verifier(running: &Running) -> Arc<rustls::client::WebPkiServerVerifier> {
    let mut roots = rustls::RootCertStore::empty();
    let pem = running.authority.certificate_pem();
    roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).expect("a certificate")).expect("a root");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    rustls::client::WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().expect("roots")
}

#[tokio::test]
async fn a_name_selects_its_certificate_and_a_renewal_drops_nobody() {
    let running = start(Speaks::Tls);
    let config = Arc::new(trusting(&running, &["http/1.1"]));
    let presented = |stream: &TlsStream<TcpStream>| {
        stream.get_ref().1.peer_certificates().and_then(|chain| chain.first()).expect("a certificate").to_vec()
    };
    let mut old = handshake(&running, &config, "localhost").await.expect("a handshake");
    handshake(&running, &config, "a1.execute-api.gate.test").await.expect_err("the default is for localhost");
    running.certificates.replace(
        CertificateSet::new(certificate(&running.authority, &["localhost"]))
            .with("*.Execute-API.gate.test", certificate(&running.authority, &["*.execute-api.gate.test"]))
            .with("b2.execute-api.gate.test", certificate(&running.authority, &["b2.execute-api.gate.test"])),
    );
    let wild = handshake(&running, &config, "a1.execute-api.gate.test").await.expect("the wildcard");
    let exact = handshake(&running, &config, "B2.execute-api.gate.test").await.expect("the exact name");
    assert_ne!(presented(&wild), presented(&exact));
    handshake(&running, &config, "x.a1.execute-api.gate.test").await.expect_err("a star is one label");
    let renewed = handshake(&running, &config, "localhost").await.expect("the new default");
    assert_ne!(presented(&old), presented(&renewed));
    assert!(ask(&mut old, "localhost").await.starts_with("HTTP/1.1 200 "), "the old connection lives on");
}

#[tokio::test]
async fn http2_is_for_the_host_of_its_connection() {
    let running = start(Speaks::Tls);
    let mut sender = h2(&running, "localhost").await;
    let (status, body) = ask_h2(&mut sender, Request::get("https://localhost:8443/a//b?x").header("x-B", "1")).await;
    assert_eq!(status, 200);
    assert!(
        body.starts_with("GET /a//b?x\n") && body.contains("host=localhost:8443") && body.contains("x-b=1"),
        "{body}"
    );
    assert!(body.contains("alpn: H2"), "{body}");
    assert_eq!(ask_h2(&mut sender, Request::get("https://LOCALHOST/")).await.0, 200);
    for (request, why) in [
        (Request::get("https://other.test/"), FrontEndRefusal::Misdirected),
        (Request::get("https://localhost/").header("host", "other.test"), FrontEndRefusal::AuthorityDiffers),
        (Request::get("https://localhost/").header("x", "y".repeat(11_000)), FrontEndRefusal::HeadersTooLarge),
    ] {
        let (status, body) = ask_h2(&mut sender, request).await;
        assert_eq!((status, body), (why.status().as_u16(), why.to_string()));
        assert_eq!(running.refusals().last(), Some(&why));
    }
    assert_eq!(ask_h2(&mut sender, Request::get("https://localhost/panic")).await.0, 500);
    assert_eq!(
        ask_h2(&mut sender, Request::get("https://localhost/next")).await.0,
        200,
        "one stream took no other with it"
    );
}

#[tokio::test]
async fn http1_is_for_the_host_of_its_connection_too() {
    let running = start(Speaks::Tls);
    let config = Arc::new(trusting(&running, &["http/1.1"]));
    let mut stream = handshake(&running, &config, "localhost").await.expect("a handshake");
    for host in ["localhost", "LOCALHOST:8443", "localhost."] {
        assert!(ask(&mut stream, host).await.starts_with("HTTP/1.1 200 "), "{host}");
    }
    for host in ["other.test", "localhost.other.test", "127.0.0.1", "xlocalhost", "localhost.:1:1"] {
        let mut stream = handshake(&running, &config, "localhost").await.expect("a handshake");
        let smuggled = format!("{host}\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: localhost");
        let answer = ask(&mut stream, &smuggled).await;
        let status = if host.contains(":1:") { "400" } else { "421" };
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")) && answer.contains("connection: close"), "{answer}");
        assert_eq!(crate::support::read_to_end(&mut stream).await, "", "nothing behind it is answered");
    }
    assert_eq!(running.refusals()[0], FrontEndRefusal::Misdirected);
    // An address is no server name, so there is nothing to differ from.
    let mut stream = handshake(&running, &config, "127.0.0.1").await.expect("a handshake");
    assert!(ask(&mut stream, "other.test").await.starts_with("HTTP/1.1 200 "));
}

#[tokio::test]
async fn an_http2_connection_without_a_request_is_closed() {
    let short = Duration::from_millis(80);
    let limits = Limits { head_timeout: short, drain_grace: short, ..Limits::default() };
    let running = start_with(Speaks::Tls, Workers::Shared, limits);
    let config = Arc::new(trusting(&running, &["h2"]));
    for sent in [&b""[..], b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0"] {
        let mut stream = handshake(&running, &config, "localhost").await.expect("a handshake");
        stream.write_all(sent).await.expect("it takes bytes");
        stream.flush().await.expect("it takes bytes");
        crate::support::read_to_end(&mut stream).await;
    }
}

#[tokio::test]
async fn a_client_that_speaks_neither_version_is_refused() {
    let running = start(Speaks::Tls);
    let config = Arc::new(trusting(&running, &["spdy/3"]));
    handshake(&running, &config, "localhost").await.expect_err("no common protocol");
}

#[tokio::test]
async fn an_http2_client_gets_every_answer_while_it_stops() {
    let running = start(Speaks::Tls);
    let mut fresh = h2(&running, "localhost").await;
    let sender = h2(&running, "localhost").await;
    let asked: Vec<_> = (0..100)
        .map(|_| {
            let mut sender = sender.clone();
            tokio::spawn(async move { ask_h2(&mut sender, Request::get("https://localhost/gate")).await.0 })
        })
        .collect();
    patiently(running.seen.waiting.acquire_many(100)).await.expect("open").forget();
    running.shutdown.cancel();
    running.seen.open.cancel();
    for answer in asked {
        assert_eq!(patiently(answer).await.expect("no panic"), 200);
    }
    // Told to go away, a client may open no stream; until it has heard so, its streams are answered.
    let request = Request::get("https://localhost/").body(Empty::new()).expect("a request");
    if let Ok(answer) = patiently(fresh.send_request(request)).await {
        assert_eq!(answer.status(), 200);
    }
    assert_eq!(running.stop().await.cut_off, 0);
}
