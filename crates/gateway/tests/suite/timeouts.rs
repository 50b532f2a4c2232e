//! Backends that are slow, absent, forbidden or talk nonsense.

use std::sync::Arc;
use std::time::Duration;

use crate::support::upstream::{Then, Upstream};
use crate::support::{Site, call, plan, proxy};
use base::Timestamp;
use base::clock::ManualClock;
use gateway::reason::{Integrate, Reason};
use gateway::trail::Story;
use snapshot::Integration;

fn integrate<'s>(story: &'s Story<'_>) -> &'s Integrate {
    let reason = |entry: &'s gateway::trail::Entry| match &entry.reason {
        Reason::Integrate(reason) => Some(reason),
        _ => None,
    };
    story.entries.iter().find_map(reason).expect("it was called")
}

async fn check(site: &Site, status: u16, message: &str) {
    let reply = site.get("/prod").await;
    assert_eq!((reply.status.as_u16(), reply.text()), (status, &*format!(r#"{{"message":"{message}"}}"#)));
    assert_eq!(reply.header("x-amzn-errortype"), Some("InternalServerErrorException"));
}

#[tokio::test]
async fn a_silent_backend_is_given_up_after_the_integrations_timeout() {
    let upstream = Upstream::raw(b"", Then::StaySilent).await;
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let mut call = call(&upstream.authority(), "/");
    call.timeout = Duration::from_millis(50);
    let mut plan = plan(vec![("GET", "/", Integration::HttpProxy(call))]);
    plan.clock = Arc::clone(&clock) as _;
    let site = plan.start();
    let turn = async {
        loop {
            clock.advance(Duration::from_millis(10));
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        () = check(&site, 504, "Endpoint request timed out") => {}
        () = turn => {}
    }
    let story = site.records.trail().await;
    assert!(matches!(integrate(&story), Integrate::TimedOut { timeout_ms: 50, .. }), "{story:?}");
}

#[tokio::test]
async fn an_absent_backend_is_a_network_error() {
    let gone = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let authority = gone.local_addr().unwrap().to_string();
    drop(gone);
    let site = plan(vec![("GET", "/", proxy(&authority, "/"))]).start();
    check(&site, 504, "Network error communicating with endpoint").await;
    let story = site.records.trail().await;
    assert!(matches!(integrate(&story), Integrate::Unreachable { .. }), "{story:?}");
}

#[tokio::test]
async fn a_backend_that_talks_nonsense_is_an_internal_error() {
    for nonsense in [&b"SSH-2.0-OpenSSH\r\n"[..], b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n"]
    {
        let upstream = Upstream::raw(nonsense, Then::Close).await;
        let site = plan(vec![("GET", "/", proxy(&upstream.authority(), "/"))]).start();
        check(&site, 500, "Internal server error").await;
        let story = site.records.trail().await;
        assert!(matches!(integrate(&story), Integrate::BadAnswer { .. }), "{story:?}");
    }
}

#[tokio::test]
async fn a_backend_that_closes_without_a_word_is_an_error() {
    let upstream = Upstream::raw(b"", Then::Close).await;
    let site = plan(vec![("GET", "/", proxy(&upstream.authority(), "/"))]).start();
    let reply = site.get("/prod").await;
    assert!(reply.status.is_server_error(), "{}", reply.status);
}

#[tokio::test]
async fn a_link_local_backend_is_never_called() {
    let site = plan(vec![("GET", "/", proxy("169.254.169.254", "/latest/meta-data"))]).start();
    check(&site, 500, "Internal server error").await;
    let story = site.records.trail().await;
    assert!(matches!(integrate(&story), Integrate::Forbidden { .. }), "{story:?}");
}
