//! Upstreams that break the rules: nobody gets another's answer, and no half is taken for a whole.

use std::sync::Arc;

use crate::support::{OK, Upstream, ask, client, config, get, patiently, plain_echo, read_head, upstream};
use bytes::Bytes;
use egress::{EgressError, NotHttp, Trust};
use http_body_util::BodyExt as _;
use tokio::io::AsyncWriteExt as _;
use tokio::sync::{Notify, Semaphore};

/// Answers every request with `answer`, in pieces of `piece` bytes.
async fn scripted(answer: String, piece: usize) -> Upstream {
    upstream(move |mut stream| {
        let answer = answer.clone();
        async move {
            let _ = stream.set_nodelay(true);
            while !read_head(&mut stream).await.is_empty() {
                for part in answer.as_bytes().chunks(piece) {
                    if stream.write_all(part).await.is_err() {
                        return;
                    }
                    tokio::task::yield_now().await;
                }
            }
        }
    })
    .await
}

/// The whole answer, or why there is none.
async fn fetch(upstream: &Upstream) -> Result<Bytes, EgressError> {
    let answer = patiently(client(config(None)).send(get(&upstream.url("http", "/")), Trust::Verified)).await?;
    Ok(patiently(answer.into_body().collect()).await?.to_bytes())
}

#[tokio::test]
async fn an_answer_that_is_not_http_is_refused_however_it_is_cut() {
    let large = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(140_000));
    let endless = format!("HTTP/1.1 200 OK\r\nX: {}", "x".repeat(140_000));
    let fields = format!("HTTP/1.1 200 OK\r\n{}\r\n", "a: b\r\n".repeat(300));
    let interim = "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n".repeat(20);
    for (answer, why) in [
        ("SSH-2.0-OpenSSH\r\n\r\n", NotHttp::Head),
        ("\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", NotHttp::Head),
        ("HTTP/2.0 200 OK\r\n\r\n", NotHttp::Head),
        ("HTTP/1.1 099 No\r\n\r\n", NotHttp::Head),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok", NotHttp::Length),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok", NotHttp::Encoding),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", NotHttp::Encoding),
        ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", NotHttp::Switched),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\r\n0\r\n\r\n", NotHttp::Chunk),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nok\r\n0\r\n\r\n", NotHttp::Chunk),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nokk\r\n0\r\n\r\n", NotHttp::Chunk),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n folded\r\n\r\n", NotHttp::Trailers),
        (&large, NotHttp::TooLarge),
        (&endless, NotHttp::TooLarge),
        (&fields, NotHttp::TooLarge),
        (&interim, NotHttp::Interim),
    ] {
        for piece in [usize::MAX, 7] {
            let piece = if answer.len() > 10_000 { piece.max(4096) } else { piece };
            let upstream = scripted(answer.to_owned(), piece).await;
            let error = fetch(&upstream).await.expect_err("no answer");
            let start = &answer[..answer.len().min(80)];
            assert!(matches!(&error, EgressError::NotHttp(known) if *known == why), "{start:?}: {error:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_is_read_the_same_however_it_is_cut() {
    for (answer, body) in [
        (OK, "ok"),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            "ok",
        ),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nok\r\n1\r\n!\r\n0\r\nX-T: 1\r\n\r\n", "ok!"),
        ("HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok", "ok"),
        ("HTTP/1.1 204 No Content\r\n\r\n", ""),
    ] {
        for piece in [1, 2, 3, 7, 1000] {
            let upstream = scripted(answer.to_owned(), piece).await;
            let client = client(config(None));
            for _ in 0..3 {
                assert_eq!(ask(&client, &upstream.url("http", "/")).await, body, "{answer:?} by {piece}");
            }
            assert_eq!(upstream.connections(), 1, "{answer:?} by {piece}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_ends_early_is_an_error() {
    for answer in [
        "",
        "HTTP/1.1 200 OK\r\nContent-",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n",
    ] {
        let upstream = upstream(move |mut stream| async move {
            read_head(&mut stream).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        })
        .await;
        let error = fetch(&upstream).await.expect_err("not whole");
        assert!(matches!(error, EgressError::Closed(_)), "{answer:?}: {error:?}");
    }
}

#[tokio::test]
async fn a_body_without_a_length_ends_with_its_connection() {
    for answer in ["HTTP/1.1 200 OK\r\n\r\nall of it", "HTTP/1.0 200 OK\r\n\r\nall of it"] {
        let upstream = upstream(move |mut stream| async move {
            read_head(&mut stream).await;
            let _ = stream.write_all(answer.as_bytes()).await;
        })
        .await;
        let client = client(config(None));
        for served in 1..4 {
            assert_eq!(ask(&client, &upstream.url("http", "/")).await, "all of it");
            assert_eq!(upstream.connections(), served);
        }
    }
}

#[tokio::test]
async fn a_connection_is_kept_only_where_the_upstream_keeps_it() {
    for (answer, kept) in [
        (OK, true),
        ("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", false),
        ("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", true),
        // A byte too many could be the beginning of somebody else's answer.
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", false),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nx", false),
    ] {
        let upstream = scripted(answer.to_owned(), usize::MAX).await;
        let client = client(config(None));
        for _ in 0..4 {
            assert_eq!(ask(&client, &upstream.url("http", "/")).await, "ok", "{answer:?}");
        }
        assert_eq!(upstream.connections(), if kept { 1 } else { 4 }, "{answer:?}");
    }
}

#[tokio::test]
async fn what_arrives_on_an_idle_connection_answers_nobody() {
    let (go, done) = (Arc::new(Notify::new()), Arc::new(Semaphore::new(0)));
    let (starts, ends) = (Arc::clone(&go), Arc::clone(&done));
    let upstream = upstream(move |mut stream| {
        let (go, done) = (Arc::clone(&starts), Arc::clone(&ends));
        async move {
            read_head(&mut stream).await;
            let _ = stream.write_all(OK.as_bytes()).await;
            go.notified().await;
            let _ = stream.write_all(OK.replace("ok", "no").as_bytes()).await;
            done.add_permits(1);
            assert_eq!(read_head(&mut stream).await, "", "the connection is given up");
            done.add_permits(1);
        }
    })
    .await;
    let other = plain_echo().await;
    let client = client(config(None));
    for _ in 0..3 {
        assert_eq!(ask(&client, &upstream.url("http", "/")).await, "ok");
        go.notify_one();
        patiently(done.acquire()).await.expect("open").forget();
        // Whoever waits for another answer hears of these bytes too.
        ask(&client, &other.url("http", "/")).await;
        assert_eq!(ask(&client, &upstream.url("http", "/")).await, "ok");
        patiently(done.acquire()).await.expect("open").forget();
        go.notify_one();
        patiently(done.acquire()).await.expect("open").forget();
        ask(&client, &other.url("http", "/")).await;
    }
}
