//! Slow clients, idle clients and too many clients, with short limits.

use std::time::Duration;

use crate::support::{Speaks, patiently, read_answer, read_to_end, start_with};
use edge::{FrontEndRefusal, Limits, TurnedAway, Workers};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

fn short() -> Limits {
    let short = Duration::from_millis(80);
    Limits {
        handshake_timeout: short,
        head_timeout: short,
        idle_timeout: short,
        body_idle_timeout: short,
        body_grace: short,
        ..Limits::default()
    }
}

#[tokio::test]
async fn a_head_that_does_not_end_in_time_is_answered_408() {
    let running = start_with(Speaks::Plain, Workers::Shared, short());
    let answer = running.exchange(b"GET / HTTP/1.1\r\nHost: a\r\nX: ").await;
    assert!(
        answer.starts_with("HTTP/1.1 408 Request Timeout\r\n") && answer.contains("connection: close"),
        "{answer:?}"
    );
    assert_eq!(running.refusals(), [FrontEndRefusal::HeadTimeout]);
}

#[tokio::test]
async fn a_second_head_is_held_to_the_same_time() {
    let limits = Limits { idle_timeout: Duration::from_hours(1), ..short() };
    let running = start_with(Speaks::Plain, Workers::Shared, limits);
    let mut stream = running.connect().await;
    stream.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("it takes bytes");
    read_answer(&mut stream).await;
    stream.write_all(b"GET / HTTP/1.1\r\n").await.expect("it takes bytes");
    let answer = read_to_end(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer:?}");
}

#[tokio::test]
async fn a_connection_without_a_request_is_closed_without_a_word() {
    for speaks in [Speaks::Plain, Speaks::Tls] {
        let running = start_with(speaks, Workers::Shared, short());
        assert_eq!(running.exchange(b"").await, "");
        assert_eq!(running.refusals(), []);
    }
}

#[tokio::test]
async fn an_idle_connection_is_closed_after_its_answer() {
    let running = start_with(Speaks::Plain, Workers::Shared, short());
    let answer = running.exchange(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer:?}");
}

#[tokio::test]
async fn a_body_that_pauses_too_long_is_broken_off() {
    let running = start_with(Speaks::Plain, Workers::Shared, short());
    for framing in ["Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n"] {
        let answer = running.exchange(format!("POST / HTTP/1.1\r\nHost: a\r\n{framing}").as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 ") && answer.contains("the body arrives too slowly"), "{answer:?}");
    }
}

#[tokio::test]
async fn a_body_that_drips_is_broken_off_although_it_never_pauses_long() {
    let limits = Limits { body_idle_timeout: Duration::from_hours(1), ..short() };
    let running = start_with(Speaks::Plain, Workers::Shared, limits);
    let mut stream = running.connect().await;
    stream.write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n").await.expect("it takes bytes");
    let (mut read, mut write) = stream.split();
    let drip = async {
        let mut tick = tokio::time::interval(Duration::from_millis(10));
        while write.write_all(b"x").await.is_ok() {
            tick.tick().await;
        }
    };
    tokio::select! {
        answer = read_to_end(&mut read) => assert!(answer.contains("the body arrives too slowly"), "{answer:?}"),
        () = drip => {}
    }
}

#[tokio::test]
async fn a_request_without_any_progress_is_cut_off_at_last() {
    let limits = Limits { stall_timeout: Duration::from_millis(80), ..Limits::default() };
    let running = start_with(Speaks::Plain, Workers::Shared, limits);
    assert_eq!(running.exchange(b"GET /gate HTTP/1.1\r\nHost: a\r\n\r\n").await, "");
}

#[tokio::test]
async fn what_is_cut_off_does_not_look_whole() {
    let limits = Limits { stall_timeout: Duration::from_millis(80), ..Limits::default() };
    let running = start_with(Speaks::Plain, Workers::Shared, limits);
    for version in ["1.0", "1.1"] {
        let (mut stream, mut answer) = (running.connect().await, Vec::new());
        let request = format!("GET /stall HTTP/{version}\r\nHost: a\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("it takes bytes");
        let error = patiently(stream.read_to_end(&mut answer)).await.expect_err("no end that could be the body's");
        assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{version}");
        assert!(String::from_utf8_lossy(&answer).contains("begun"), "what came is passed on: {version}");
    }
}

#[tokio::test]
async fn a_handshake_that_is_not_tls_or_does_not_end_is_turned_away() {
    let running = start_with(Speaks::Tls, Workers::Shared, short());
    running.exchange(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
    running.exchange(b"\x16\x03\x01\x00\xff\x01\x00").await;
    let seen = running.seen.turned_away.lock().expect("sound").clone();
    assert_eq!(seen, [TurnedAway::HandshakeFailed, TurnedAway::HandshakeTimeout]);
}

#[tokio::test]
async fn an_address_holds_only_so_many_connections() {
    let limits = Limits { connections_per_address_max: 2, ..Limits::default() };
    let running = start_with(Speaks::Plain, Workers::Shared, limits);
    let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    let (mut first, mut second) = (running.connect().await, running.connect().await);
    for stream in [&mut first, &mut second] {
        stream.write_all(request).await.expect("it takes bytes");
        read_answer(stream).await;
    }
    assert_eq!(read_to_end(&mut running.connect().await).await, "");
    patiently(running.seen.away.notified()).await;
    assert_eq!(*running.seen.turned_away.lock().expect("sound"), [TurnedAway::TooManyFromAddress]);
    second.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.expect("it takes bytes");
    read_to_end(&mut second).await;
    first.write_all(request).await.expect("it takes bytes");
    read_answer(&mut first).await;
}
