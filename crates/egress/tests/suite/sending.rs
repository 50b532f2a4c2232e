//! Request bodies on their way out: framed by what is known of them, broken off where they break off, and answered early.

use crate::support::{OK, Upstream, client, config, patiently, plain_echo, read_head, text, upstream};
use bytes::Bytes;
use egress::{EgressError, Received, Trust};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::Frame;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::mpsc;

type Parts = StreamBody<futures_util::stream::BoxStream<'static, Result<Frame<Bytes>, std::io::Error>>>;

/// A body of what is sent into it; an error where it says so.
fn parts() -> (mpsc::UnboundedSender<Result<&'static str, ()>>, Parts) {
    let (send, receive) = mpsc::unbounded_channel::<Result<&'static str, ()>>();
    let frames = futures_util::stream::unfold(receive, |mut receive| async {
        let part = receive.recv().await?;
        let frame = part.map(|text| Frame::data(Bytes::from_static(text.as_bytes())));
        Some((frame.map_err(|()| std::io::Error::other("the source failed")), receive))
    });
    (send, StreamBody::new(Box::pin(frames)))
}

#[tokio::test]
async fn a_body_streams_as_it_comes_framed_by_what_is_known_of_it() {
    let upstream = upstream(|mut stream| async move {
        let mut seen = String::new();
        let mut room = [0; 1024];
        while !seen.ends_with("0\r\n\r\n") {
            let read = stream.read(&mut room).await.expect("open");
            seen.push_str(&String::from_utf8_lossy(&room[..read]));
        }
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{seen}", seen.len());
        let _ = stream.write_all(answer.as_bytes()).await;
    })
    .await;
    let (send, body) = parts();
    let client = client(config(None));
    let post = Request::post(upstream.url("http", "/")).header("x-a", "b").body(body).expect("a request");
    let sending = tokio::spawn(async move { text(client.send(post, Trust::Verified).await).await });
    for part in ["one", "", "seventeen letters"] {
        send.send(Ok(part)).expect("taken");
        tokio::task::yield_now().await;
    }
    drop(send);
    let seen = patiently(sending).await.expect("no panic");
    let (head, body) = seen.split_once("\r\n\r\n").expect("a head");
    assert!(head.ends_with("x-a: b\r\nTransfer-Encoding: chunked"), "{head}");
    assert_eq!(body, "3\r\none\r\n11\r\nseventeen letters\r\n0\r\n\r\n");
}

/// Sends a body that fails or is not as long as it said; the upstream must never take it for whole.
#[tokio::test]
async fn a_body_that_breaks_off_is_never_completed() {
    for (announced, sent) in [
        (None, &[Ok("part"), Err(())][..]),
        (None, &[Err(())]),
        (Some(9), &[Ok("part")]),
        (Some(9), &[Ok("part"), Err(())]),
        (Some(2), &[Ok("part")]),
        (Some(4), &[Ok("part"), Ok("more")]),
        (Some(4), &[Ok("part"), Err(())]),
    ] {
        let (tell, told) = tokio::sync::oneshot::channel();
        let tell = std::sync::Mutex::new(Some(tell));
        let upstream = upstream(move |mut stream| {
            let tell = tell.lock().expect("sound").take();
            async move {
                let mut seen = Vec::new();
                let _ = stream.read_to_end(&mut seen).await;
                let _ = tell.expect("one connection").send(String::from_utf8_lossy(&seen).into_owned());
            }
        })
        .await;
        let (send, body) = parts();
        for part in sent {
            send.send(*part).expect("taken");
        }
        drop(send);
        let client = client(config(None));
        let url = upstream.url("http", "/");
        let post = Request::post(url).body(Announced { body, length: announced }).expect("a request");
        let error = patiently(client.send(post, Trust::Verified)).await.expect_err("broken off");
        assert!(matches!(error, EgressError::Closed(_)), "{error:?}");
        let seen = patiently(told).await.expect("a connection");
        let body = seen.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        assert!(
            !body.ends_with("0\r\n\r\n") && announced.is_none_or(|length| (body.len() as u64) < length),
            "{seen:?}"
        );
    }
}

/// A body that claims a length.
struct Announced {
    body: Parts,
    length: Option<u64>,
}

impl hyper::body::Body for Announced {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        std::pin::Pin::new(&mut self.body).poll_frame(cx)
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.length.map_or_else(hyper::body::SizeHint::default, hyper::body::SizeHint::with_exact)
    }
}

async fn post(client: &egress::Egress, upstream: &Upstream, body: Parts) -> Response<Received> {
    let post = Request::post(upstream.url("http", "/")).body(body).expect("a request");
    patiently(client.send(post, Trust::Verified)).await.expect("an answer")
}

#[tokio::test]
async fn an_early_answer_is_delivered_and_its_connection_let_go() {
    let upstream = upstream(|mut stream| async move {
        read_head(&mut stream).await;
        let _ = stream.write_all(OK.as_bytes()).await;
        let mut rest = Vec::new();
        let _ = stream.read_to_end(&mut rest).await;
    })
    .await;
    let client = client(config(None));
    for served in 1..4 {
        let (send, body) = parts();
        send.send(Ok("a beginning")).expect("taken");
        let answer = post(&client, &upstream, body).await;
        assert_eq!(text(Ok(answer)).await, "ok");
        assert_eq!(upstream.connections(), served);
        assert!(send.is_closed(), "nobody sends the rest");
    }
}

#[tokio::test]
async fn an_answer_that_waits_for_the_rest_of_the_request_gets_it() {
    let upstream = upstream(|mut stream| async move {
        loop {
            read_head(&mut stream).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhead\r\n").await;
            let mut rest = Vec::new();
            while !rest.ends_with(b"0\r\n\r\n") {
                match stream.read_u8().await {
                    Ok(byte) => rest.push(byte),
                    Err(_) => return,
                }
            }
            let _ = stream.write_all(b"4\r\nrest\r\n0\r\n\r\n").await;
        }
    })
    .await;
    let client = client(config(None));
    for _ in 0..3 {
        let (send, body) = parts();
        let mut answer = post(&client, &upstream, body).await.into_body();
        assert_eq!(patiently(answer.frame()).await.expect("more").expect("sound").into_data().expect("data"), "head");
        send.send(Ok("the rest")).expect("taken");
        drop(send);
        assert_eq!(patiently(answer.collect()).await.expect("sound").to_bytes(), "rest");
    }
    assert_eq!(upstream.connections(), 1, "sent and answered whole");
}

#[tokio::test]
async fn an_upstream_that_reads_no_further_is_still_heard() {
    let upstream = upstream(|mut stream| async move {
        read_head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno").await;
        let _ = stream.shutdown().await;
        let mut room = [0; 4096];
        // Read to its end, so that no reset throws the answer away.
        while stream.read(&mut room).await.is_ok_and(|read| read > 0) {}
    })
    .await;
    let body = Full::from(Bytes::from(vec![b'x'; 8 << 20]));
    let post = Request::post(upstream.url("http", "/")).body(body).expect("a request");
    let answer = patiently(client(config(None)).send(post, Trust::Verified)).await.expect("an answer");
    assert_eq!(answer.status(), 413);
    assert_eq!(text(Ok(answer)).await, "no");
}

#[tokio::test]
async fn a_body_where_none_is_usual_costs_the_connection() {
    let upstream = upstream(|mut stream| async move {
        loop {
            let head = read_head(&mut stream).await;
            if head.is_empty() {
                return;
            }
            let mut body = vec![0; if head.contains("Content-Length: 4") { 4 } else { 0 }];
            let _ = stream.read_exact(&mut body).await;
            let _ = stream.write_all(OK.as_bytes()).await;
        }
    })
    .await;
    let client = client(config(None));
    let url = upstream.url("http", "/");
    let with_body =
        |method: &str| Request::builder().method(method).uri(&url).body(Full::from("GET ")).expect("a request");
    for (method, connections) in [("POST", 1), ("PUT", 1), ("GET", 1), ("GET", 2), ("POST", 3)] {
        assert_eq!(text(client.send(with_body(method), Trust::Verified).await).await, "ok");
        assert_eq!(upstream.connections(), connections, "{method}");
    }
}

#[tokio::test]
async fn large_bodies_pass_both_ways_whole() {
    let upstream = plain_echo().await;
    let client = client(config(None));
    let sent: String = (0..2_000_000u32).map(|at| char::from(b'a' + (at % 23) as u8)).collect();
    for _ in 0..3 {
        let post = Request::post(upstream.url("http", "/")).body(Full::from(sent.clone())).expect("a request");
        let seen = text(client.send(post, Trust::Verified).await).await;
        assert_eq!(seen.split_once("body=").expect("an echo").1, sent);
    }
    assert_eq!(upstream.connections(), 1);
}
