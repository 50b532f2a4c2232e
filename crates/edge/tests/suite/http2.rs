//! HTTP/2 over real sockets: slow clients, silent ones, and those that take nothing.

use std::time::Duration;

use crate::support::http2::{
    DATA, GO_AWAY, HEADERS, SETTINGS, code, connect, fields, frame, frames, get, greeting, post,
};
use crate::support::{Speaks, patiently, start, start_with};
use edge::{Limits, Workers};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const SHORT: Duration = Duration::from_millis(80);
const FOREVER: Duration = Duration::from_hours(1);

/// What the server says to the end of a connection on which this is all that was sent.
async fn said(limits: Limits, bytes: &[u8]) -> Vec<u8> {
    let running = start_with(Speaks::Tls, Workers::Shared, limits);
    let mut stream = connect(&running).await;
    stream.write_all(&[&greeting(), bytes].concat()).await.expect("it takes bytes");
    stream.flush().await.expect("it takes bytes");
    let mut answer = Vec::new();
    // An end without a goodbye of TLS is one, too.
    let _ = patiently(stream.read_to_end(&mut answer)).await;
    answer
}

/// With which code the connection was ended, if the server said so.
fn ended(answer: &[u8]) -> Option<u32> {
    frames(answer).find_map(|(kind, payload)| (kind == GO_AWAY).then(|| code(payload)))
}

fn bodies(answer: &[u8]) -> String {
    frames(answer)
        .filter(|(kind, _)| *kind == DATA)
        .map(|(_, payload)| String::from_utf8_lossy(payload).into_owned())
        .collect()
}

#[tokio::test]
async fn a_header_block_that_does_not_end_in_time_ends_the_connection() {
    let limits = Limits { head_timeout: SHORT, idle_timeout: FOREVER, drain_grace: SHORT, ..Limits::default() };
    let begun = frame(HEADERS, 1, 1, &fields(crate::support::http2::GET, "/"));
    for bytes in [&begun[..], &begun[..12], b"\0"] {
        assert_eq!(ended(&said(limits.clone(), bytes).await), Some(0));
        let behind = [&get(1, "/x")[..], bytes].concat();
        let answer = said(limits.clone(), &behind).await;
        assert!(bodies(&answer).starts_with("GET /x"), "what came before is answered");
        assert_eq!(ended(&answer), Some(0));
    }
}

#[tokio::test]
async fn an_idle_http2_connection_is_told_to_go_after_its_answer() {
    let limits = Limits { idle_timeout: SHORT, ..Limits::default() };
    let answer = said(limits, &get(1, "/x")).await;
    assert!(bodies(&answer).starts_with("GET /x"));
    assert_eq!(ended(&answer), Some(0));
}

#[tokio::test]
async fn a_framed_body_that_pauses_too_long_is_broken_off() {
    let limits = Limits { body_idle_timeout: SHORT, body_grace: SHORT, idle_timeout: SHORT, ..Limits::default() };
    for sent in [post(1, "/x"), [post(1, "/x"), frame(DATA, 0, 1, b"abc")].concat()] {
        let answer = said(limits.clone(), &sent).await;
        assert!(bodies(&answer).contains("the body arrives too slowly"), "{}", bodies(&answer));
    }
}

#[tokio::test]
async fn a_stream_without_any_progress_is_cut_off_at_last() {
    let limits = Limits { stall_timeout: SHORT, ..Limits::default() };
    assert_eq!(ended(&said(limits.clone(), &get(1, "/gate")).await), None);
    // A client that opens no window takes nothing: its answer waits, and not for ever.
    let closed = frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0]);
    let answer = said(limits, &[closed, get(1, "/x")].concat()).await;
    assert!(frames(&answer).any(|(kind, _)| kind == HEADERS), "the head needs no window");
    assert_eq!(bodies(&answer), "");
}

#[tokio::test]
async fn a_client_that_does_not_answer_pings_loses_its_requests() {
    let limits = Limits { ping_interval: SHORT, ping_timeout: SHORT, ..Limits::default() };
    let running = start_with(Speaks::Tls, Workers::Shared, limits);
    let mut stream = connect(&running).await;
    stream.write_all(&[greeting(), get(1, "/gate")].concat()).await.expect("it takes bytes");
    stream.flush().await.expect("it takes bytes");
    patiently(running.seen.dropped.notified()).await;
}

#[tokio::test]
async fn http2_is_spoken_only_where_tls_agreed_on_it() {
    let running = start(Speaks::Plain);
    let answer = running.exchange(&[greeting(), get(1, "/x")].concat()).await;
    assert!(answer.starts_with("HTTP/1.1 505 ") || answer.starts_with("HTTP/1.1 400 "), "{answer:?}");
}
