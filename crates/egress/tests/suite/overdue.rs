//! Requests whose time is over, on a clock that tests turn.

use std::sync::Arc;
use std::time::Duration;

use base::Timestamp;
use base::clock::ManualClock;
use bytes::Bytes;
use egress::{Answered, Egress, EgressError, RequestHead, Trust};
use http::{Method, Uri};
use http_body_util::{BodyExt as _, Empty};
use tokio::io::AsyncWriteExt as _;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::support::{OK, Upstream, config, patiently, read_head, upstream};

struct Turned {
    clock: Arc<ManualClock>,
    client: Egress,
}

fn turned() -> Turned {
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let client = Egress::new(config(None), Arc::clone(&clock) as _);
    Turned { clock, client }
}

impl Turned {
    fn pass(&self, ms: u64) {
        self.clock.advance(Duration::from_millis(ms));
    }

    /// Sends a request from a task of its own.
    fn ask(&self, url: &str, timeout_ms: u64) -> tokio::task::JoinHandle<Result<Answered, EgressError>> {
        let uri: Uri = url.parse().expect("a URL");
        let head = RequestHead::new(Method::GET, &uri, Trust::Verified, None).expect("a URL");
        let client = self.client.clone();
        tokio::spawn(
            async move { client.call_within(head, Empty::<Bytes>::new(), Duration::from_millis(timeout_ms)).await },
        )
    }
}

/// Answers whatever does not ask for silence, and tells of each head that it read.
async fn moody() -> (Upstream, UnboundedReceiver<()>) {
    let (tell, told) = unbounded_channel();
    let upstream = upstream(move |mut stream| {
        let tell = tell.clone();
        async move {
            loop {
                let head = read_head(&mut stream).await;
                if head.is_empty() {
                    return;
                }
                let _ = tell.send(());
                if !head.starts_with("GET /silent") {
                    let _ = stream.write_all(OK.as_bytes()).await;
                }
            }
        }
    })
    .await;
    (upstream, told)
}

async fn settle() {
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

/// Whoever waits for an answer holds this in a future of their own.
#[test]
fn a_call_in_time_takes_little_room() {
    let uri = Uri::from_static("http://a.example/");
    let head = RequestHead::new(Method::GET, &uri, Trust::Verified, None).expect("a URL");
    let turned = turned();
    let call = turned.client.call_within(head, Empty::<Bytes>::new(), Duration::from_secs(1));
    assert!(size_of_val(&call) <= 480, "{} bytes", size_of_val(&call));
}

#[tokio::test]
async fn an_answer_is_overdue_exactly_when_its_time_is_over() {
    // The time of a request before it on its connection, and when that begins; a new connection where there is none.
    for before in [None, Some((10_000, 0)), Some((1_000, 900)), Some((1_000, 5_000)), Some((300, 400))] {
        let (upstream, mut told) = moody().await;
        let turned = turned();
        if let Some((timeout_ms, rest_ms)) = before {
            let answer = patiently(turned.ask(&upstream.url("http", "/"), timeout_ms)).await.expect("no panic");
            let body = patiently(answer.expect("an answer").body.collect()).await.expect("whole");
            assert_eq!(body.to_bytes(), "ok");
            patiently(told.recv()).await.expect("told");
            turned.pass(rest_ms);
        }
        let asked = turned.ask(&upstream.url("http", "/silent"), 500);
        patiently(told.recv()).await.expect("told");
        settle().await;
        for _ in 0..499 {
            turned.pass(1);
            tokio::task::yield_now().await;
        }
        settle().await;
        assert!(!asked.is_finished(), "{before:?}");
        turned.pass(1);
        let error = patiently(asked).await.expect("no panic").expect_err("silent");
        assert!(matches!(error, EgressError::Overdue), "{before:?}: {error:?}");
        assert_eq!(upstream.connections(), 1, "{before:?}");
    }
}

#[tokio::test]
async fn a_connection_that_another_task_uses_next_tells_that_task() {
    let (upstream, mut told) = moody().await;
    let turned = turned();
    for _ in 0..3 {
        patiently(turned.ask(&upstream.url("http", "/"), 500)).await.expect("no panic").expect("an answer");
        patiently(told.recv()).await.expect("told");
        turned.pass(100);
    }
    let first = turned.ask(&upstream.url("http", "/silent"), 500);
    patiently(told.recv()).await.expect("told");
    // It is not the same one: that is taken.
    let second = turned.ask(&upstream.url("http", "/silent"), 700);
    patiently(told.recv()).await.expect("told");
    settle().await;
    turned.pass(500);
    assert!(matches!(patiently(first).await.expect("no panic"), Err(EgressError::Overdue)));
    settle().await;
    assert!(!second.is_finished());
    turned.pass(200);
    assert!(matches!(patiently(second).await.expect("no panic"), Err(EgressError::Overdue)));
    assert_eq!(upstream.connections(), 2);
}

#[tokio::test]
async fn opening_a_connection_takes_of_the_same_time() {
    let silent = upstream(|stream| async move {
        let _held = stream;
        std::future::pending::<()>().await;
    })
    .await;
    // The settings give opening five seconds.
    for (timeout_ms, overdue) in [(3_000, true), (5_000, false), (10_000, false)] {
        let turned = turned();
        let asked = turned.ask(&silent.url("https", "/"), timeout_ms);
        while !asked.is_finished() {
            turned.pass(1_000);
            settle().await;
        }
        let error = patiently(asked).await.expect("no panic").expect_err("silent");
        assert_eq!(matches!(error, EgressError::Overdue), overdue, "{timeout_ms}: {error:?}");
        assert_eq!(matches!(error, EgressError::Timeout), !overdue, "{timeout_ms}: {error:?}");
    }
}
