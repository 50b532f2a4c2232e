//! Plain upstreams: kept connections, stale ones, streams, and upstreams that go away.

use std::sync::Arc;
use std::time::Duration;

use crate::support::{ask, client, config, get, patiently, plain_echo, read_head, text, upstream};
use bytes::Bytes;
use egress::{EgressError, Trust};
use http::Request;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper::body::{Body as _, Frame};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::sync::{Notify, Semaphore};

#[tokio::test]
async fn one_connection_carries_one_request_after_another() {
    let upstream = plain_echo().await;
    let client = client(config(None));
    for index in 0..50 {
        let path = format!("/a/{index}?x=%20");
        let host = format!("host=Some(\"localhost:{}\")", upstream.address.port());
        let answer = ask(&client, &upstream.url("http", &path)).await;
        assert_eq!(answer, format!("GET {path} HTTP/1.1 {host} body="));
    }
    let post = Request::post(upstream.url("http", "/p")).header("host", "other").body(Full::from("hello"));
    let answer = text(client.send(post.expect("a request"), Trust::Verified).await).await;
    assert_eq!(answer, "POST /p HTTP/1.1 host=Some(\"other\") body=hello");
    let frames = ["one ", "two"].map(|part| Ok::<_, std::io::Error>(Frame::data(Bytes::from_static(part.as_bytes()))));
    let post = Request::post(upstream.url("http", "/s")).body(StreamBody::new(futures_util::stream::iter(frames)));
    assert!(text(client.send(post.expect("a request"), Trust::Verified).await).await.ends_with("body=one two"));
    let head = Request::head(upstream.url("http", "/h")).body(Full::<Bytes>::default()).expect("a request");
    assert_eq!(text(client.send(head, Trust::Verified).await).await, "");
    ask(&client, &upstream.url("http", "")).await;
    assert_eq!(upstream.connections(), 1);
}

#[tokio::test]
async fn every_way_to_end_an_answer_gives_the_connection_back() {
    let upstream = upstream(|mut stream| async move {
        loop {
            let answer = match read_head(&mut stream).await {
                head if head.is_empty() => return,
                head if head.contains("/chunked") => {
                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n"
                }
                head if head.contains("/empty") => "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
                head if head.contains("/none") => "HTTP/1.1 204 No Content\r\n\r\n",
                head if head.contains("/continue") => {
                    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
                }
                _ => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
            };
            stream.write_all(answer.as_bytes()).await.expect("it takes bytes");
        }
    })
    .await;
    let client = client(config(None));
    for (path, body) in
        [("/chunked", "ok"), ("/empty", ""), ("/none", ""), ("/continue", "ok"), ("/length", "ok"), ("/chunked", "ok")]
    {
        assert_eq!(ask(&client, &upstream.url("http", path)).await, body, "{path}");
        assert_eq!(upstream.connections(), 1, "{path}");
    }
}

#[tokio::test]
async fn a_kept_connection_that_the_upstream_closed_is_replaced() {
    let closed = Arc::new(Semaphore::new(0));
    let count = Arc::clone(&closed);
    let upstream = upstream(move |mut stream| {
        let count = Arc::clone(&count);
        async move {
            read_head(&mut stream).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
            drop(stream);
            count.add_permits(1);
        }
    })
    .await;
    let client = client(config(None));
    for served in 1..=20 {
        let post =
            Request::post(upstream.url("http", "/")).header("x", served).body(Full::from("")).expect("a request");
        assert_eq!(text(client.send(post, Trust::Verified).await).await, "ok");
        patiently(closed.acquire()).await.expect("open").forget();
        assert_eq!(upstream.connections(), served);
    }
}

#[tokio::test]
async fn a_request_that_was_sent_is_never_sent_again() {
    let upstream = upstream(|mut stream| async move {
        read_head(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").await;
        // The second request is read, and then nothing is answered.
        read_head(&mut stream).await;
    })
    .await;
    let client = client(config(None));
    assert_eq!(ask(&client, &upstream.url("http", "/")).await, "ok");
    let error = patiently(client.send(get(&upstream.url("http", "/")), Trust::Verified)).await.expect_err("closed");
    assert!(matches!(error, EgressError::Closed(_)), "{error:?}");
    assert_eq!(upstream.connections(), 1);
}

#[tokio::test]
async fn a_body_is_taken_whole_only_where_it_came_with_its_head() {
    // Head and body in one write, the body in a second one after the head was seen, and a body of unknown length.
    for (first, second, whole) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npart", "", Some("part")),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "", Some("")),
        ("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npart", "part", None),
        ("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n", "partpart", None),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n", "0\r\n\r\n", None),
    ] {
        let go = Arc::new(Notify::new());
        let paced = Arc::clone(&go);
        let upstream = upstream(move |mut stream| {
            let paced = Arc::clone(&paced);
            async move {
                loop {
                    read_head(&mut stream).await;
                    if stream.write_all(first.as_bytes()).await.is_err() {
                        return;
                    }
                    paced.notified().await;
                    let _ = stream.write_all(second.as_bytes()).await;
                }
            }
        })
        .await;
        let client = client(config(None));
        for _ in 0..2 {
            let url = upstream.url("http", "/");
            let mut body = patiently(client.send(get(&url), Trust::Verified)).await.expect("a head").into_body();
            let hint = body.size_hint().exact();
            let taken = body.take_whole();
            assert_eq!(taken.as_deref(), whole.map(str::as_bytes), "{first:?}");
            if whole.is_none() {
                assert_eq!(body.size_hint().exact(), hint, "{first:?}");
            }
            go.notify_one();
            let rest = patiently(body.collect()).await.expect("sound").to_bytes();
            let sent = [first.split_once("\r\n\r\n").expect("a head").1, second].concat();
            let all = [taken.unwrap_or_default(), rest].concat();
            match hint {
                Some(length) => assert_eq!((all.len() as u64, &all[..]), (length, sent.as_bytes())),
                None => assert_eq!(all, b"part"),
            }
        }
        assert_eq!(upstream.connections(), 1, "{first:?}");
    }
}

#[tokio::test]
async fn an_answer_streams_as_it_comes() {
    let go = Arc::new(Notify::new());
    let paced = Arc::clone(&go);
    let upstream = upstream(move |mut stream| {
        let paced = Arc::clone(&paced);
        async move {
            read_head(&mut stream).await;
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await;
            for _ in 0..5 {
                paced.notified().await;
                let _ = stream.write_all(b"4\r\npart\r\n").await;
            }
            let _ = stream.write_all(b"0\r\n\r\n").await;
        }
    })
    .await;
    let client = client(config(None));
    let mut body = client.send(get(&upstream.url("http", "/")), Trust::Verified).await.expect("a head").into_body();
    for _ in 0..5 {
        go.notify_one();
        let frame = patiently(body.frame()).await.expect("more").expect("sound");
        assert_eq!(frame.into_data().expect("data"), "part");
    }
    assert!(patiently(body.frame()).await.is_none());
}

#[tokio::test]
async fn a_dropped_answer_or_request_closes_its_connection() {
    let gone = Arc::new(Semaphore::new(0));
    let count = Arc::clone(&gone);
    let upstream = upstream(move |mut stream| {
        let count = Arc::clone(&count);
        async move {
            if read_head(&mut stream).await.contains("/half") {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").await;
            }
            let mut room = [0; 16];
            while stream.read(&mut room).await.is_ok_and(|read| read > 0) {}
            count.add_permits(1);
        }
    })
    .await;
    let client = client(config(None));
    let answer = client.send(get(&upstream.url("http", "/half")), Trust::Verified).await.expect("a head");
    drop(answer);
    patiently(gone.acquire()).await.expect("open").forget();
    let timeout = Duration::from_millis(50);
    let error = client.send_within(get(&upstream.url("http", "/silent")), Trust::Verified, timeout).await;
    assert!(matches!(error, Err(EgressError::Timeout)), "{error:?}");
    patiently(gone.acquire()).await.expect("open").forget();
}

#[tokio::test]
async fn what_goes_wrong_is_told_apart() {
    let upstream = upstream(|mut stream| async move {
        read_head(&mut stream).await;
        let _ = stream.write_all(b"SSH-2.0-OpenSSH\r\n\r\n").await;
    })
    .await;
    let client = client(config(None));
    let send = async |url: &str| patiently(client.send(get(url), Trust::Verified)).await.expect_err("no answer");
    assert!(matches!(send(&upstream.url("http", "/")).await, EgressError::NotHttp(_)));
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let unused = format!("http://{}/", listener.local_addr().expect("bound"));
    drop(listener);
    assert!(matches!(send(&unused).await, EgressError::Connect { .. }));
    assert!(matches!(send("http://nowhere.invalid/").await, EgressError::Resolve { .. }));
    for url in ["ftp://localhost/", "/path", "http://user@localhost/"] {
        assert!(matches!(send(url).await, EgressError::InvalidUri), "{url}");
    }
}

#[tokio::test]
async fn only_so_many_connections_are_kept() {
    let upstream = plain_echo().await;
    let mut config = config(None);
    config.idle_per_host_max = 2;
    let client = client(config);
    let url = upstream.url("http", "/");
    let answers = (0..5).map(|_| client.send(get(&url), Trust::Verified));
    let answers = futures_util::future::join_all(answers).await;
    for answer in answers {
        text(answer).await;
    }
    assert_eq!(upstream.connections(), 5);
    let answers = futures_util::future::join_all((0..3).map(|_| client.send(get(&url), Trust::Verified))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(upstream.connections(), 6, "two were kept");
}
