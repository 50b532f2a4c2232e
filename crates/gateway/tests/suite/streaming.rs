//! Answers flow as the backend sends them and as fast as the client takes them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::upstream::{Then, Upstream};
use crate::support::{HOST, arrived, call, plan, proxy};
use base::Timestamp;
use base::clock::ManualClock;
use bytes::Bytes;
use edge::Handler as _;
use futures_util::{StreamExt as _, stream};
use gateway::reason::{Reason, Record};
use http::Response;
use http_body::Frame;
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt as _, StreamBody};
use snapshot::Integration;
use tokio::sync::mpsc;

fn head() -> String {
    format!("GET /prod HTTP/1.1\r\nHost: {HOST}\r\n\r\n")
}

#[tokio::test]
async fn the_first_bytes_arrive_before_the_last_are_sent() {
    let (send, receive) = mpsc::unbounded_channel::<&'static str>();
    let receive = std::sync::Mutex::new(Some(receive));
    let upstream = Upstream::start(move |_| {
        let receive = receive.lock().unwrap().take().expect("one request");
        let frames = stream::unfold(receive, |mut receive| async {
            let text = receive.recv().await?;
            Some((Ok(Frame::data(Bytes::from_static(text.as_bytes()))), receive))
        });
        Response::new(BoxBody::new(StreamBody::new(frames)))
    })
    .await;
    let site = plan(vec![("GET", "/", proxy(&upstream.authority(), "/"))]).start();
    send.send("first").unwrap();
    let response = site.gateway.handle(arrived(&head(), "")).await;
    let mut body = response.body;
    let first = body.frame().await.expect("a frame").expect("sound").into_data().expect("data");
    assert_eq!(&first[..], b"first");
    send.send("second").unwrap();
    drop(send);
    let rest = body.collect().await.expect("whole").to_bytes();
    assert_eq!(&rest[..], b"second");
    assert_eq!(site.records.trail().await.bytes, 11);
}

#[tokio::test]
async fn a_client_that_does_not_read_holds_the_backend_back() {
    const CHUNK: usize = 64 * 1024;
    const CHUNKS: usize = 1024;
    let sent = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&sent);
    let upstream = Upstream::start(move |_| {
        let (chunk, counter) = (Bytes::from(vec![0; CHUNK]), Arc::clone(&counter));
        let frames = stream::iter(0..CHUNKS).map(move |_| {
            counter.fetch_add(1, Ordering::Relaxed);
            Ok(Frame::data(chunk.clone()))
        });
        Response::new(BoxBody::new(StreamBody::new(frames)))
    })
    .await;
    let site = plan(vec![("GET", "/", proxy(&upstream.authority(), "/"))]).start();
    let response = site.gateway.handle(arrived(&head(), "")).await;
    // The backend goes on until every buffer on the way is full: when it makes no progress it is held back.
    let mut before = usize::MAX;
    while before != sent.load(Ordering::Relaxed) {
        before = sent.load(Ordering::Relaxed);
        for _ in 0..1000 {
            tokio::task::yield_now().await;
        }
    }
    assert!(before < CHUNKS / 2, "{before} of {CHUNKS} chunks were sent to nobody");
    let body = response.body.collect().await.expect("whole").to_bytes();
    assert_eq!(body.len(), CHUNK * CHUNKS, "more than 10 MB pass");
}

#[tokio::test]
async fn a_backend_that_breaks_off_breaks_the_answer_off() {
    let upstream = Upstream::raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", Then::Close).await;
    let site = plan(vec![("GET", "/", proxy(&upstream.authority(), "/"))]).start();
    let response = site.gateway.handle(arrived(&head(), "")).await;
    assert_eq!(response.status.as_u16(), 200);
    assert!(response.body.collect().await.is_err());
    let story = site.records.trail().await;
    assert_eq!(story.entries.last().map(|entry| &entry.reason), Some(&Reason::Record(Record::BackendBroke)));
    assert_eq!((story.status, story.bytes), (Some(200), 4));
}

#[tokio::test]
async fn a_backend_that_pauses_for_too_long_is_given_up() {
    let upstream = Upstream::raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", Then::StaySilent).await;
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let mut call = call(&upstream.authority(), "/");
    call.timeout = Duration::from_secs(5);
    let mut plan = plan(vec![("GET", "/", Integration::HttpProxy(call))]);
    plan.clock = Arc::clone(&clock) as _;
    let site = plan.start();
    let mut body = site.gateway.handle(arrived(&head(), "")).await.body;
    assert!(body.frame().await.expect("a frame").is_ok());
    let turn = async {
        loop {
            clock.advance(Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        frame = body.frame() => assert!(frame.expect("an end").is_err()),
        () = turn => {}
    }
    drop(body);
    let story = site.records.trail().await;
    assert_eq!(story.entries.last().map(|entry| &entry.reason), Some(&Reason::Record(Record::BackendBroke)));
}
