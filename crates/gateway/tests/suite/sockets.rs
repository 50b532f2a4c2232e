//! The journey behind the real edge: keep-alive, limits, aborts and front-end refusals over real sockets.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::support::upstream::{Upstream, text};
use crate::support::web_acl::{contains, rules};
use crate::support::{HOST, Plan, Site, mock, plan, proxy};
use base::clock::SystemClock;
use edge::{Endpoint, Limits, Server, Workers, bind};
use gateway::reason::{Locate, Reason, Record};
use gateway::trail::Story;
use http::Response;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Longer than anything here takes; a test that waits this long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// Serves the plan on a free port.
fn serve(plan: Plan) -> (SocketAddr, Site) {
    let site = plan.start();
    let listener = bind("127.0.0.1:0".parse().expect("an address"), "--gateway").expect("a free port");
    let address = listener.local_addr();
    let server = Server {
        endpoints: vec![Endpoint::plain(listener)],
        limits: Limits::default(),
        workers: Workers::Shared,
        clock: Arc::new(SystemClock::new()),
        shutdown: CancellationToken::new(),
    };
    let gateway = Arc::clone(&site.gateway);
    tokio::spawn(edge::serve(server, move |_| Shared(Arc::clone(&gateway))));
    (address, site)
}

/// One gateway that the test looks at too.
struct Shared(Arc<gateway::Gateway>);

impl edge::Handler for Shared {
    async fn handle(&self, arrived: edge::Arrived) -> edge::Answer {
        self.0.handle(arrived).await
    }

    fn refused(&self, refused: edge::Refused) -> edge::Answer {
        self.0.refused(refused)
    }
}

async fn connect(address: SocketAddr) -> TcpStream {
    TcpStream::connect(address).await.expect("connected")
}

/// Sends bytes and reads one answer with its announced length.
async fn exchange(stream: &mut TcpStream, request: &str) -> (String, String) {
    stream.write_all(request.as_bytes()).await.expect("sent");
    answer(stream, !request.starts_with("HEAD")).await
}

async fn answer(stream: &mut TcpStream, has_body: bool) -> (String, String) {
    let mut bytes = Vec::new();
    let mut byte = [0];
    while !bytes.ends_with(b"\r\n\r\n") {
        let read = timeout(PATIENCE, stream.read(&mut byte)).await.expect("in time").expect("sound");
        assert_ne!(read, 0, "closed after {:?}", String::from_utf8_lossy(&bytes));
        bytes.push(byte[0]);
    }
    let head = String::from_utf8(bytes).expect("text").to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok()).unwrap_or(0);
    let mut body = vec![0; if has_body { length } else { 0 }];
    timeout(PATIENCE, stream.read_exact(&mut body)).await.expect("in time").expect("whole");
    (head, String::from_utf8(body).expect("text"))
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n")
}

/// The trails, once there are `count` of them.
async fn trails(site: &Site, count: usize) -> Vec<crate::support::records::Kept> {
    let wait = async {
        loop {
            let trails = site.records.trails().await;
            if trails.len() >= count {
                return trails;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, wait).await.expect("recorded")
}

#[tokio::test]
async fn a_connection_serves_one_request_after_another() {
    let upstream = Upstream::ok().await;
    let routes = vec![("ANY", "/up", proxy(&upstream.authority(), "/")), ("ANY", "/mock", mock("mocked"))];
    let (address, site) = serve(plan(routes));
    let mut stream = connect(address).await;
    for (request, want) in [
        (get("/prod/up"), "ok"),
        (get("/prod/up").replace("GET", "HEAD"), ""),
        (get("/prod/mock").replace("GET", "HEAD"), ""),
        (get("/prod/mock"), "mocked"),
        (get("/prod/none"), r#"{"message":"Missing Authentication Token"}"#),
        (get("/prod/up"), "ok"),
    ] {
        let (head, body) = exchange(&mut stream, &request).await;
        assert_eq!(body, want, "{head}");
        assert!(head.contains("x-amzn-requestid: ") && head.contains("date: "), "{head}");
    }
    assert_eq!(trails(&site, 6).await.len(), 6, "each recorded once");
}

#[tokio::test]
async fn an_announced_body_above_the_limit_is_refused_unread() {
    let upstream = Upstream::ok().await;
    let (address, _site) = serve(plan(vec![("ANY", "/", proxy(&upstream.authority(), "/"))]));
    let mut stream = connect(address).await;
    let request = format!("POST /prod HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 10485761\r\n\r\n");
    let (head, body) = exchange(&mut stream, &request).await;
    assert!(head.starts_with("http/1.1 413 "), "{head}");
    assert_eq!(body, "HTTP content length exceeded 10485760 bytes.");
    assert!(upstream.seen().is_empty());
}

#[tokio::test]
async fn a_chunked_body_above_the_limit_is_cut_off() {
    let upstream = Upstream::ok().await;
    let (address, _site) = serve(plan(vec![("ANY", "/", proxy(&upstream.authority(), "/"))]));
    let mut stream = connect(address).await;
    let request = format!("POST /prod HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let (mut reader, mut writer) = stream.into_split();
    let sending = tokio::spawn(async move {
        let chunk = format!("10000\r\n{}\r\n", "x".repeat(0x10000));
        // The gateway closes in the middle; then there is nobody to send to.
        while writer.write_all(chunk.as_bytes()).await.is_ok() {}
    });
    let mut bytes = vec![0; 4096];
    let read = timeout(PATIENCE, reader.read(&mut bytes)).await.expect("in time").expect("an answer");
    let head = String::from_utf8_lossy(&bytes[..read]);
    assert!(head.starts_with("HTTP/1.1 413 "), "{head}");
    drop(reader);
    timeout(PATIENCE, sending).await.expect("in time").expect("no panic");
    assert!(upstream.seen().iter().all(|seen| seen.body.is_none()));
}

/// Behind a web ACL that blocks bodies with `attack` among their first 16 KB.
fn walled(plan: Plan) -> Plan {
    let body = contains(&json!({ "Body": { "OversizeHandling": "CONTINUE" } }), "YXR0YWNr");
    Plan { web_acl: Some(rules(&[("no-attacks", body, json!({ "Block": {} }))])), ..plan }
}

#[tokio::test]
async fn a_body_is_inspected_whatever_pieces_it_comes_in() {
    let upstream = Upstream::ok().await;
    let (address, _site) = serve(walled(plan(vec![("ANY", "/up", proxy(&upstream.authority(), "/"))])));
    let mut stream = connect(address).await;
    for (pieces, status) in
        [(["att", "ack"], "403"), (["peace and ", "attack"], "403"), (["att ", "ack"], "200"), (["a", "ttack"], "403")]
    {
        let chunks = pieces.map(|piece| format!("{:x}\r\n{piece}\r\n", piece.len())).concat();
        let head = format!("POST /prod/up HTTP/1.1\r\nHost: {HOST}\r\nTransfer-Encoding: chunked\r\n\r\n");
        stream.write_all(format!("{head}{}", &chunks[..4]).as_bytes()).await.expect("sent");
        let (head, _) = exchange(&mut stream, &format!("{}0\r\n\r\n", &chunks[4..])).await;
        assert!(head.starts_with(&format!("http/1.1 {status} ")), "{pieces:?}: {head}");
    }
    assert_eq!(upstream.only().body.as_deref(), Some(&b"att ack"[..]));
}

#[tokio::test]
async fn what_is_left_of_a_blocked_body_is_no_request() {
    let (address, site) = serve(walled(plan(vec![("ANY", "/{proxy+}", mock("passed"))])));
    let mut stream = connect(address).await;
    let smuggled = get("/prod/smuggled");
    let body = format!("attack{}", smuggled.repeat(100_000 / smuggled.len()));
    let length = body.len();
    let blocked = format!("POST /prod/up HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {length}\r\n\r\n{body}");
    let (head, _) = exchange(&mut stream, &blocked).await;
    assert!(head.starts_with("http/1.1 403 "), "{head}");
    // Whether the connection serves another one is the edge's choice.
    if stream.write_all(get("/prod/next").as_bytes()).await.is_ok() {
        let mut rest = Vec::new();
        let _ = timeout(PATIENCE, stream.read_buf(&mut rest)).await.expect("in time");
    }
    exchange(&mut connect(address).await, &get("/prod/last")).await;
    let paths: Vec<String> = {
        let kept = trails(&site, 2).await;
        kept.iter().map(|kept| Story::decode(&kept.bytes).expect("a trail").path.into_owned()).collect()
    };
    assert!(paths.iter().any(|path| path.ends_with("/up")) && paths.iter().all(|path| !path.contains("smuggled")));
}

#[tokio::test]
async fn a_client_that_hangs_up_cancels_the_backends_call() {
    let backend = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let authority = backend.local_addr().expect("bound").to_string();
    let (address, site) = serve(plan(vec![("GET", "/", proxy(&authority, "/"))]));
    let mut client = connect(address).await;
    client.write_all(get("/prod").as_bytes()).await.expect("sent");
    let (mut call, _) = timeout(PATIENCE, backend.accept()).await.expect("in time").expect("called");
    let mut head = vec![0; 4096];
    assert_ne!(call.read(&mut head).await.expect("a head"), 0);
    drop(client);
    let ended = timeout(PATIENCE, call.read(&mut head)).await.expect("in time");
    assert!(matches!(ended, Ok(0) | Err(_)), "the call is cancelled");
    let trails = trails(&site, 1).await;
    let story = Story::decode(&trails[0].bytes).expect("a trail");
    assert_eq!(story.entries.last().map(|entry| &entry.reason), Some(&Reason::Record(Record::Abandoned)));
}

#[tokio::test]
async fn what_the_edge_refuses_leaves_a_trail() {
    let (address, site) = serve(plan(vec![("ANY", "/", mock("x"))]));
    for (number, (request, status)) in [
        (
            format!("POST /prod HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
            "400",
        ),
        (format!("GET /prod HTTP/1.1\r\nHost: {HOST}\r\nHost: b\r\n\r\n"), "400"),
        (format!("GET /{} HTTP/1.1\r\nHost: {HOST}\r\n\r\n", "x".repeat(10_300)), "414"),
        (format!("GET /prod HTTP/1.1\r\nHost: {HOST}\r\nX: {}\r\n\r\n", "x".repeat(10_300)), "431"),
    ]
    .into_iter()
    .enumerate()
    {
        let (head, body) = exchange(&mut connect(address).await, &request).await;
        assert!(head.starts_with(&format!("http/1.1 {status} ")), "{head}");
        assert!(body.starts_with(r#"{"message":""#), "{body}");
        let trails = trails(&site, number + 1).await;
        let story = Story::decode(&trails[number].bytes).expect("a trail");
        assert!(matches!(story.entries[0].reason, Reason::Locate(Locate::FrontEnd { .. })), "{story:?}");
        assert_eq!(trails[number].account, crate::support::INSTALLATION);
    }
}

#[tokio::test]
async fn many_clients_at_once_are_all_answered_and_recorded() {
    let upstream = Upstream::start(|seen| Response::new(text(seen.target.clone()))).await;
    let (address, site) = serve(plan(vec![("ANY", "/{n}", proxy(&upstream.authority(), "/{n}"))]));
    let clients: Vec<_> = (0..16)
        .map(|client| {
            tokio::spawn(async move {
                let mut stream = connect(address).await;
                for n in 0..16 {
                    let path = format!("/{client}-{n}");
                    let (_, body) = exchange(&mut stream, &get(&format!("/prod{path}"))).await;
                    assert_eq!(body, path, "nobody gets another's answer");
                }
            })
        })
        .collect();
    for client in clients {
        client.await.expect("no panic");
    }
    assert_eq!(trails(&site, 256).await.len(), 256);
}
