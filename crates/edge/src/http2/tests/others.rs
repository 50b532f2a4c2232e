//! The same server driven by HTTP/2 as others speak it: requests, bodies both ways, many streams, small windows.

use std::future::poll_fn;

use h2::client::{self, SendRequest};
use h2::{Reason, RecvStream};
use http::{HeaderMap, Request};

use super::*;

struct Other {
    sender: SendRequest<Bytes>,
    paths: Arc<Paths>,
    shared: Arc<Shared>,
    look: Arc<Notify>,
    ends: JoinHandle<Result<(), h2::Error>>,
    task: JoinHandle<bool>,
}

async fn connect(build: impl FnOnce(&mut client::Builder) -> &mut client::Builder, limits: Limits) -> Other {
    let Client { pipe, task, paths, shared, look, .. } = open(limits);
    let mut builder = client::Builder::new();
    let (sender, connection) = build(&mut builder).handshake(pipe).await.expect("a greeting");
    let ends = tokio::spawn(connection);
    Other { sender: sender.ready().await.expect("ready"), paths, shared, look, ends, task }
}

async fn plain() -> Other {
    connect(|builder| builder, Limits::default()).await
}

fn request(method: &str, path: &str) -> Request<()> {
    Request::builder().method(method).uri(format!("https://a.b{path}")).body(()).expect("sound")
}

async fn collect(mut body: RecvStream) -> Result<Vec<u8>, h2::Error> {
    let mut whole = Vec::new();
    while let Some(data) = body.data().await {
        let data = data?;
        body.flow_control().release_capacity(data.len())?;
        whole.extend_from_slice(&data);
    }
    assert!(body.trailers().await?.is_none(), "none were announced");
    Ok(whole)
}

async fn post(sender: SendRequest<Bytes>, path: &str, body: Vec<u8>, piece: usize) -> (u16, Vec<u8>) {
    let mut sender = sender.ready().await.expect("room for a stream");
    let (answer, mut upload) = sender.send_request(request("POST", path), false).expect("it sends");
    let sending = async move {
        for piece in body.chunks(piece.max(1)) {
            let mut rest = Bytes::copy_from_slice(piece);
            while !rest.is_empty() {
                upload.reserve_capacity(rest.len());
                let room = poll_fn(|cx| upload.poll_capacity(cx)).await.expect("open").expect("a window");
                upload.send_data(rest.split_to(room.min(rest.len())), false).expect("it sends");
            }
        }
        let mut trailers = HeaderMap::new();
        trailers.insert("x-sum", "1".parse().expect("sound"));
        upload.send_trailers(trailers).expect("it sends");
    };
    let receiving = async {
        let answer = answer.await.expect("an answer");
        (answer.status().as_u16(), collect(answer.into_body()).await.expect("a body"))
    };
    futures_util::future::join(sending, receiving).await.1
}

#[tokio::test]
async fn bodies_go_both_ways_through_windows_of_any_size() {
    for (theirs, ours) in [(65_535, 262_144), (1, 262_144), (100, 1000), (1 << 20, 1)] {
        let limits = Limits { stream_window_bytes: ours, ..Limits::default() };
        let other = connect(|builder| builder.initial_window_size(theirs), limits).await;
        let size = if theirs.min(ours) < 100 { 3000 } else { 300_000 };
        for path in ["/echo", "/back"] {
            let (status, body) = post(other.sender.clone(), path, pattern(size), 7777).await;
            assert!(status == 200 && body == pattern(size), "{path} {theirs} {ours}: {}", body.len());
        }
    }
}

#[tokio::test]
async fn many_streams_run_side_by_side() {
    let other = plain().await;
    let asked: Vec<_> = (0..400)
        .map(|number| {
            let sender = other.sender.clone();
            let path = if number % 2 == 0 { "/echo" } else { "/back" };
            tokio::spawn(async move { post(sender, path, pattern(number * 50), 999).await })
        })
        .collect();
    for (number, answer) in asked.into_iter().enumerate() {
        let (status, body) = answer.await.expect("no panic");
        assert!(status == 200 && body == pattern(number * 50), "{number}");
    }
}

#[tokio::test]
async fn large_answers_are_whole() {
    let mut other = plain().await;
    for size in [0, 1, 4096, 16_384, 16_385, 65_535, 65_536, 1_000_000] {
        let (answer, _) = other.sender.send_request(request("GET", &format!("/bytes?{size}")), true).expect("it sends");
        let answer = answer.await.expect("an answer");
        assert_eq!(answer.headers()["content-length"], size.to_string());
        assert!(collect(answer.into_body()).await.expect("a body") == pattern(size), "{size}");
    }
}

#[tokio::test]
async fn a_field_is_read_whichever_way_it_is_written() {
    let mut other = plain().await;
    for _ in 0..3 {
        let mut request = request("GET", "/show?%2f&x=1");
        for (name, value) in [("cookie", "a=1"), ("cookie", "b=2"), ("x-a", "\u{e9}"), ("authorization", "secret")] {
            request.headers_mut().append(name, http::HeaderValue::from_bytes(value.as_bytes()).expect("sound"));
        }
        let (answer, _) = other.sender.send_request(request, true).expect("it sends");
        let body = collect(answer.await.expect("an answer").into_body()).await.expect("a body");
        let expected = "GET /show?%2f&x=1 host=a.b|cookie=a=1; b=2|x-a=\u{e9}|authorization=secret 61";
        assert_eq!(String::from_utf8_lossy(&body), expected);
    }
}

#[tokio::test]
async fn resets_and_failures_reach_the_other_side() {
    let mut other = plain().await;
    let (answer, mut upload) = other.sender.send_request(request("POST", "/wait"), false).expect("it sends");
    other.paths.begun.acquire().await.expect("open").forget();
    upload.send_reset(Reason::CANCEL);
    other.paths.dropped.notified().await;
    answer.await.expect_err("taken back");
    for (path, reason) in [("/broken", Reason::INTERNAL_ERROR), ("/panic-later", Reason::INTERNAL_ERROR)] {
        let (answer, _) = other.sender.send_request(request("GET", path), true).expect("it sends");
        let error = collect(answer.await.expect("a head").into_body()).await.expect_err("it breaks off");
        assert_eq!(error.reason(), Some(reason), "{path}");
    }
    // An answer that overtakes its request's body is whole; the rest is not wanted.
    let (answer, mut upload) = other.sender.send_request(request("POST", "/"), false).expect("it sends");
    assert_eq!(collect(answer.await.expect("an answer").into_body()).await.expect("whole"), b"x");
    let reason = poll_fn(|cx| upload.poll_reset(cx)).await.expect("a reset");
    assert_eq!(reason, Reason::NO_ERROR);
}

#[tokio::test]
async fn pings_are_answered() {
    let Client { pipe, .. } = open(Limits::default());
    let (_sender, mut connection) = client::handshake(pipe).await.expect("a greeting");
    let mut pings = connection.ping_pong().expect("pings");
    tokio::spawn(connection);
    for _ in 0..3 {
        pings.ping(h2::Ping::opaque()).await.expect("an answer");
    }
}

#[tokio::test]
async fn a_client_is_answered_while_the_server_stops() {
    let mut other = plain().await;
    let (answer, _) = other.sender.send_request(request("GET", "/gate"), true).expect("it sends");
    other.paths.begun.acquire().await.expect("open").forget();
    other.shared.drain();
    other.look.notify_one();
    other.paths.gate.add_permits(1);
    assert_eq!(collect(answer.await.expect("an answer").into_body()).await.expect("a body"), b"through");
    let refused = poll_fn(|cx| other.sender.poll_ready(cx)).await;
    drop((refused, other.sender));
    other.ends.await.expect("no panic").expect("no error");
    other.task.await.expect("no panic");
}
