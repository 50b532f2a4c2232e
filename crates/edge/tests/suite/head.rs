//! What arrives arrives as it was sent: names, case, order, target, bodies of every framing, one after another.

use crate::support::{Speaks, patiently, read_answer, start, start_with};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

#[tokio::test]
async fn names_keep_their_case_and_order() {
    let running = start(Speaks::Plain);
    let answer = running
        .exchange(b"GET /a//b/..%2F?x=%20&y HTTP/1.1\r\nhOsT: a\r\nX-Zed: 1\r\nx-a: \xe9\r\nX-ZED: 2\r\nConnection: close\r\n\r\n")
        .await;
    assert!(
        answer.contains("\r\n\r\nGET /a//b/..%2F?x=%20&y\nhOsT=a|X-Zed=1|x-a=\u{fffd}|X-ZED=2|Connection=close\n"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn bodies_of_every_framing_follow_each_other_however_they_are_cut() {
    let running = start(Speaks::Plain);
    let requests = "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello\
        GET /2 HTTP/1.1\r\nHost: a\r\n\r\n\
        POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: v\r\n\r\n\
        \r\nPUT /4 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    for size in [1, 2, 3, 7, 50, 1000] {
        let mut stream = running.connect().await;
        stream.set_nodelay(true).expect("a socket");
        for piece in requests.as_bytes().chunks(size) {
            stream.write_all(piece).await.expect("it takes bytes");
        }
        let answers = crate::support::read_to_end(&mut stream).await;
        let bodies: Vec<_> =
            answers.split("\r\n\r\n").skip(1).map(|echo| echo.lines().nth(2).unwrap_or_default()).collect();
        assert_eq!(bodies, ["hello", "", "abcde", "ok"], "{size}: {answers}");
        assert!(answers.contains("POST /1") && answers.contains("PUT /4"), "{answers}");
    }
}

#[tokio::test]
async fn a_client_that_expects_it_is_told_to_continue() {
    let running = start(Speaks::Plain);
    let mut stream = running.connect().await;
    stream
        .write_all(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        .await
        .expect("it takes bytes");
    let mut room = [0; 25];
    patiently(stream.read_exact(&mut room)).await.expect("an interim answer");
    assert_eq!(&room, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"hi").await.expect("it takes bytes");
    assert!(read_answer(&mut stream).await.contains("\nhi\n"));
}

#[tokio::test]
async fn versions_and_methods_keep_their_meaning() {
    let running = start(Speaks::Plain);
    let answer = running.exchange(b"GET / HTTP/1.0\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.0 200 OK\r\n"), "{answer:?}");
    let answer = running.exchange(b"HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(answer.contains("content-length: ") && answer.ends_with("\r\n\r\n"), "no body: {answer:?}");
    let answer = running.exchange(b"PURGE http://A/y HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await;
    assert!(answer.contains("PURGE http://A/y\n"), "{answer:?}");
}

#[tokio::test]
async fn an_early_answer_reaches_a_client_that_is_still_sending() {
    let running = start(Speaks::Plain);
    let mut stream = running.connect().await;
    stream
        .write_all(b"POST /early HTTP/1.1\r\nHost: a\r\nContent-Length: 4000000\r\n\r\n")
        .await
        .expect("it takes bytes");
    let (mut read, mut write) = stream.split();
    let send = async {
        for _ in 0..1000 {
            if write.write_all(&[b'x'; 4000]).await.is_err() {
                break;
            }
        }
    };
    let (answer, ()) = tokio::join!(crate::support::read_to_end(&mut read), send);
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.ends_with("no more"), "{answer:?}");
}

#[tokio::test]
async fn a_panic_is_answered_and_the_next_request_served() {
    let running = start(Speaks::Plain);
    let mut stream = running.connect().await;
    stream
        .write_all(b"GET /panic HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n")
        .await
        .expect("it takes bytes");
    let mut answers = read_answer(&mut stream).await;
    if !answers.contains("/next") {
        answers += &read_answer(&mut stream).await;
    }
    assert!(answers.starts_with("HTTP/1.1 500 ") && answers.contains("GET /next"), "{answers}");
    assert_eq!(running.refusals(), [edge::FrontEndRefusal::HandlerPanicked]);
}

#[tokio::test]
async fn a_client_that_goes_takes_its_request_with_it() {
    let running = start(Speaks::Plain);
    for more in ["", "GET /ahead HTTP/1.1\r\nHost: a\r\n\r\n"] {
        let mut stream = running.connect().await;
        stream.write_all(b"GET /gate HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("it takes bytes");
        patiently(running.seen.waiting.acquire()).await.expect("open").forget();
        // What is sent ahead waits for its turn, and tells nothing.
        stream.write_all(more.as_bytes()).await.expect("it takes bytes");
        if more.is_empty() {
            drop(stream);
            patiently(running.seen.dropped.notified()).await;
        } else {
            running.seen.open.cancel();
            let mut answers = read_answer(&mut stream).await;
            if !answers.contains("/ahead") {
                answers += &read_answer(&mut stream).await;
            }
            assert!(answers.contains("/gate") && answers.contains("/ahead"), "{answers}");
        }
    }
}

#[tokio::test]
async fn each_core_serves_with_its_own_handler() {
    let running = start_with(Speaks::Plain, edge::Workers::PerCore(3), edge::Limits::default());
    for _ in 0..9 {
        let mut stream = running.connect().await;
        stream.write_all(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("it takes bytes");
        assert!(read_answer(&mut stream).await.contains("GET /x"));
    }
    assert_eq!(running.stop().await.cut_off, 0);
}
