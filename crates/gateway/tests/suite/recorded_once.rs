//! Every request is recorded exactly once: answered, refused, abandoned or failed in a panic.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::support::upstream::{Then, Upstream};
use crate::support::{HOST, Site, arrived, mock, plan, proxy};
use base::clock::SystemClock;
use base::{Clock, Timestamp};
use edge::Handler as _;
use futures_util::future::BoxFuture;
use gateway::reason::{Reason, Record};
use gateway::steps::Step;
use gateway::trail::Outcome;
use http_body_util::BodyExt as _;

const LOG: &str = "$context.requestId $context.status $context.responseLength";

fn head(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: {HOST}\r\n\r\n")
}

async fn ending(site: &Site) -> Record {
    let story = site.records.trail().await;
    match story.entries.last().expect("entries").reason {
        Reason::Record(ending) => ending,
        ref other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn an_answered_request_passes_every_step_once_and_in_order() {
    let upstream = Upstream::ok().await;
    let site = plan(vec![("GET", "/", proxy(&upstream.authority(), "/"))]).start();
    site.get("/prod").await;
    let story = site.records.trail().await;
    let steps: Vec<Step> = story.entries.iter().map(|entry| entry.step).collect();
    assert_eq!(
        steps,
        [
            Step::Locate,
            Step::Network,
            Step::Firewall,
            Step::Route,
            Step::Authorize,
            Step::Meter,
            Step::Validate,
            Step::Cache,
            Step::Integrate,
            Step::Answer,
            Step::Record
        ]
    );
    assert!(story.entries.iter().all(|entry| entry.outcome == Outcome::Passed));
    assert!(story.entries.is_sorted_by_key(|entry| entry.at_us));
    assert_eq!((story.revision, &*story.verb, &*story.path, &*story.host), (7, "GET", "/prod", HOST));
}

#[tokio::test]
async fn a_refused_request_ends_at_the_step_that_refused() {
    let site = plan(vec![("GET", "/", mock("x"))]).start();
    site.get("/prod/none").await;
    let story = site.records.trail().await;
    let outcomes: Vec<_> = story.entries.iter().map(|entry| (entry.step, entry.outcome)).collect();
    assert_eq!(
        outcomes[3..],
        [(Step::Route, Outcome::Refused), (Step::Answer, Outcome::Passed), (Step::Record, Outcome::Passed)]
    );
    assert_eq!(ending(&site).await, Record::Answered);
}

#[tokio::test]
async fn a_client_that_goes_before_the_answer_is_recorded_and_its_call_cancelled() {
    let upstream = Upstream::raw(b"", Then::StaySilent).await;
    let mut plan = plan(vec![("GET", "/", proxy(&upstream.authority(), "/"))]);
    plan.log_format = Some(LOG);
    let site = plan.start();
    {
        let arriving = arrived(&head("/prod"), "");
        let mut handling = std::pin::pin!(site.gateway.handle(arriving));
        for _ in 0..100 {
            assert!(futures_util::poll!(handling.as_mut()).is_pending());
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(ending(&site).await, Record::Abandoned);
    assert_eq!(site.records.trail().await.status, None);
    let lines = site.records.lines("access/").await;
    assert!(lines.len() == 1 && lines[0].ends_with(" 460 0"), "{lines:?}");
}

#[tokio::test]
async fn a_client_that_goes_during_the_answer_is_recorded() {
    let upstream = Upstream::raw(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", Then::StaySilent).await;
    let site = plan(vec![("GET", "/", proxy(&upstream.authority(), "/"))]).start();
    let mut body = site.gateway.handle(arrived(&head("/prod"), "")).await.body;
    assert!(body.frame().await.expect("a frame").is_ok());
    assert!(site.records.trails().await.is_empty(), "not before the end");
    drop(body);
    assert_eq!(ending(&site).await, Record::Abandoned);
    assert_eq!(site.records.trail().await.status, Some(200));
}

/// A clock that panics once, when it is asked for the `n`-th time.
#[derive(Debug)]
struct Trap {
    clock: SystemClock,
    left: AtomicU32,
}

impl Clock for Trap {
    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    fn elapsed(&self) -> Duration {
        assert!(self.left.fetch_sub(1, Ordering::Relaxed) != 1, "the trap snaps");
        self.clock.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.clock.sleep(duration)
    }
}

#[tokio::test]
async fn a_panic_is_answered_500_and_recorded() {
    let mut plan = plan(vec![("GET", "/", mock("x"))]);
    let trap = Arc::new(Trap { clock: SystemClock::new(), left: AtomicU32::new(0) });
    plan.clock = Arc::clone(&trap) as _;
    plan.log_format = Some(LOG);
    let site = plan.start();
    // The request's start is the first question, the integrate step asks the next one.
    trap.left.store(2, Ordering::Relaxed);
    let reply = site.get("/prod").await;
    assert_eq!((reply.status.as_u16(), reply.text()), (500, r#"{"message":"Internal server error"}"#));
    assert_eq!(ending(&site).await, Record::Panicked);
    assert_eq!(site.records.lines("access/").await.len(), 1);
    assert_eq!(site.get("/prod").await.status.as_u16(), 200, "the next request is served");
}
