//! Calls over a real socket: what the listener adds, and what never becomes a call.

use std::net::SocketAddr;
use std::sync::Arc;

use base::clock::SystemClock;
use base::{Clock, limits};
use control::Listen;
use edge::{Endpoint, Limits, Server, Workers};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::support::{Ask, World};

/// Serves the calls of a world on a free port, until the world is gone.
fn listen(world: &mut World) -> SocketAddr {
    let listener = edge::bind(SocketAddr::from(([127, 0, 0, 1], 0)), "a test").unwrap();
    let address = listener.local_addr();
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let server = Server {
        endpoints: vec![Endpoint::plain(listener)],
        limits: Limits::default(),
        workers: Workers::Shared,
        clock,
        shutdown: CancellationToken::new(),
    };
    let (control, clock) = (Arc::clone(&world.control), Arc::clone(&world.clock));
    let handler = move |_| Listen::new(Arc::clone(&control), Arc::<base::clock::ManualClock>::clone(&clock));
    world.tasks.spawn(async move {
        edge::serve(server, handler).await.unwrap();
    });
    address
}

/// Sends bytes and reads all that is answered until the server closes: head and body.
async fn exchange(address: SocketAddr, bytes: &[u8]) -> (String, String) {
    let mut stream = TcpStream::connect(address).await.unwrap();
    // A server that has seen enough may close before it has read everything.
    let _ = stream.write_all(bytes).await;
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer).await;
    let answer = String::from_utf8(answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer: {answer:?}"));
    (head.to_ascii_lowercase(), body.to_owned())
}

async fn ask(address: SocketAddr, line: &str) -> (String, String) {
    exchange(address, format!("{line} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").as_bytes()).await
}

#[tokio::test]
async fn every_answer_names_its_request_and_is_kept_by_nobody() {
    let mut world = World::new().await;
    let address = listen(&mut world);
    for verb in ["GET", "OPTIONS", "TRACE", "BREW"] {
        let (head, body) = ask(address, &format!("{verb} /restapis")).await;
        assert!(head.starts_with("http/1.1 403 "), "{verb}: {head}");
        for line in [
            "\r\nx-amzn-requestid: ",
            "\r\nx-amzn-errortype: missingauthenticationtokenexception",
            "\r\nx-portcullis-revision: 1",
            "\r\ncache-control: no-store",
            "\r\ncontent-type: application/json",
        ] {
            assert!(head.contains(line), "{verb}: {line:?} is not in {head}");
        }
        assert_eq!(body, r#"{"message":"Missing Authentication Token"}"#, "{verb}");
    }
    let record = world.records().await.pop().unwrap();
    assert_eq!(record["sourceIPAddress"], "127.0.0.1");
}

#[tokio::test]
async fn an_answer_to_head_has_no_body() {
    let mut world = World::new().await;
    let address = listen(&mut world);
    let (head, body) = ask(address, "HEAD /restapis").await;
    assert!(head.starts_with("http/1.1 403 ") && head.contains("\r\nx-amzn-errortype: "), "{head}");
    assert_eq!(body, "");
}

#[tokio::test]
async fn a_signed_call_is_answered_over_the_socket() {
    let mut world = World::new().await;
    let address = listen(&mut world);
    let signed = Ask::rest("POST", "/restapis", r#"{"name":"pets"}"#).signed(&world.root, world.clock.now());
    let headers = signed.headers.iter().map(|(name, value)| format!("{name}: {}\r\n", value.to_str().unwrap()));
    let head = format!(
        "POST /restapis HTTP/1.1\r\n{}Content-Length: {}\r\nConnection: close\r\n\r\n",
        headers.collect::<String>(),
        signed.body.len()
    );
    let (head, body) = exchange(address, &[head.as_bytes(), &signed.body].concat()).await;
    assert!(head.starts_with("http/1.1 201 "), "{head} {body}");
    assert!(body.contains("\"name\":\"pets\""), "{body}");
}

#[tokio::test]
async fn a_body_beyond_the_limit_is_refused_and_recorded() {
    let mut world = World::new().await;
    let address = listen(&mut world);
    let length = limits::CONTROL_BODY_BYTES_MAX + 1;
    let request = format!("POST /restapis HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n");
    let (head, body) = exchange(address, request.as_bytes()).await;
    assert!(head.starts_with("http/1.1 413 "), "{head}");
    assert!(head.contains("\r\nx-amzn-errortype: requestentitytoolargeexception"), "{head}");
    assert_eq!(body, r#"{"message":"the request body is too large"}"#);
    assert_eq!(world.records().await.pop().unwrap()["errorCode"], "RequestEntityTooLargeException");
}

#[tokio::test]
async fn the_bodies_of_strangers_share_one_room() {
    let mut world = World::new().await;
    let address = listen(&mut world);
    let length = limits::CONTROL_BODY_BYTES_MAX;
    let head = format!("POST /restapis HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    let request = [head.as_bytes(), &vec![b' '; length]].concat();
    let mut unfinished = Vec::new();
    for _ in 0..limits::CONTROL_BODIES_BYTES_MAX / length {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // All but the last byte, so that it is held.
        stream.write_all(&request[..request.len() - 1]).await.unwrap();
        unfinished.push(stream);
    }
    // What was written may be under way still; once it has arrived there is room for no other.
    let status = loop {
        let (head, body) = exchange(address, &request).await;
        if head.starts_with("http/1.1 503 ") {
            break body;
        }
    };
    assert_eq!(status, r#"{"message":"too many calls at once; please try again"}"#);
    // A call without a body needs no room, and whoever leaves makes room.
    assert!(ask(address, "GET /restapis").await.0.starts_with("http/1.1 403 "));
    drop(unfinished);
    while exchange(address, &request).await.0.starts_with("http/1.1 503 ") {}
}

#[tokio::test]
async fn a_claim_for_lambda_has_a_room_of_its_own() {
    let mut world = World::new().await;
    let address = listen(&mut world);
    let claim =
        "Authorization: AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/lambda/aws4_request, Signature=0\r\n";
    // What is too large for everybody else is read, and then refused for its signature; beyond AWS's limit it is not.
    let length = limits::CONTROL_BODY_BYTES_MAX + 1;
    let head = format!(
        "POST /2015-03-31/functions HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{claim}Content-Length: {length}\r\n\r\n"
    );
    let (answer, _) = exchange(address, &[head.as_bytes(), &vec![b' '; length]].concat()).await;
    assert!(answer.starts_with("http/1.1 403 "), "{answer}");
    let beyond = limits::CODE_BODY_BYTES_MAX + 1;
    let request = format!("POST /2015-03-31/functions HTTP/1.1\r\nHost: a\r\n{claim}Content-Length: {beyond}\r\n\r\n");
    assert!(exchange(address, request.as_bytes()).await.0.starts_with("http/1.1 413 "));
}

#[tokio::test]
async fn a_request_that_is_no_http_is_refused_in_aws_s_shape() {
    let mut world = World::new().await;
    let address = listen(&mut world);
    for (bytes, status) in [
        ("GET /restapis\r\n\r\n", 400),
        ("GET /restapis HTTP/1.1\r\n\r\n", 400),
        ("GET /restapis HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", 400),
        ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505),
    ] {
        let (head, body) = exchange(address, bytes.as_bytes()).await;
        assert!(head.starts_with(&format!("http/1.1 {status} ")), "{bytes:?}: {head}");
        assert!(
            head.contains("\r\nx-amzn-requestid: ") && head.contains("\r\nx-amzn-errortype: "),
            "{bytes:?}: {head}"
        );
        assert!(body.starts_with(r#"{"message":""#), "{bytes:?}: {body}");
    }
    assert_eq!(world.records().await.len(), 0, "none of them was a call");
}

#[tokio::test]
async fn a_caller_who_leaves_before_the_answer_leaves_a_record() {
    let mut world = World::new().await;
    let address = listen(&mut world);
    let before = world.records().await.len();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET /restapis HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
    drop(stream);
    let recorded = async {
        while world.records().await.len() == before {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(20), recorded).await.expect("a record");
}
