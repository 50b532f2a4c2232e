//! Stopping: whatever was asked is answered, whoever was connected may still ask, and then it ends.

use std::time::Duration;

use crate::support::{Running, Speaks, patiently, read_answer, read_to_end, start_with};
use edge::{Limits, Workers};
use tokio::io::AsyncWriteExt as _;

const CLIENTS: usize = 300;

async fn ask(running: &Running, path: &str) -> tokio::net::TcpStream {
    let mut stream = running.connect().await;
    stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes()).await.expect("it takes bytes");
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_fails_while_it_stops() {
    for workers in [Workers::Shared, Workers::PerCore(1), Workers::PerCore(2)] {
        let running = start_with(Speaks::Plain, workers, Limits::default());
        let mut waiting = Vec::new();
        for _ in 0..CLIENTS {
            waiting.push(ask(&running, "/gate").await);
        }
        let running_requests = running.seen.waiting.acquire_many(CLIENTS as u32);
        patiently(running_requests).await.expect("open").forget();
        // Connected and silent, with half a head, and with an answer behind it.
        let mut silent = running.connect().await;
        let mut half = running.connect().await;
        half.write_all(b"GET /half HTTP/1.1\r\nHo").await.expect("it takes bytes");
        let mut kept = ask(&running, "/kept").await;
        read_answer(&mut kept).await;
        running.shutdown.cancel();
        half.write_all(b"st: a\r\n\r\n").await.expect("it takes bytes");
        silent.write_all(b"GET /silent HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("it takes bytes");
        kept.write_all(b"GET /again HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("it takes bytes");
        for (stream, path) in [(&mut half, "/half"), (&mut silent, "/silent"), (&mut kept, "/again")] {
            let answer = read_to_end(stream).await;
            assert!(answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains(path), "{path}: {answer:?}");
        }
        running.seen.open.cancel();
        for stream in &mut waiting {
            let answer = read_to_end(stream).await;
            assert!(
                answer.starts_with("HTTP/1.1 200 OK\r\n") && answer.contains("connection: close\r\n"),
                "{answer:?}"
            );
        }
        let address = running.address;
        assert_eq!(running.stop().await.cut_off, 0);
        tokio::net::TcpStream::connect(address).await.expect_err("nobody listens any more");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_ask_on_and_on_see_no_failure() {
    let running = start_with(Speaks::Plain, Workers::Shared, Limits::default());
    let clients: Vec<_> = (0..50)
        .map(|_| {
            let address = running.address;
            tokio::spawn(async move {
                let mut answered = 0;
                // Nobody listens any more when connecting fails; everything before must have been answered.
                while let Ok(mut stream) = tokio::net::TcpStream::connect(address).await {
                    let mut last = false;
                    while !last {
                        stream.write_all(b"GET /x HTTP/1.1\r\nHost: a\r\n\r\n").await.expect("it takes bytes");
                        let answer = read_answer(&mut stream).await;
                        assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer:?}");
                        last = answer.contains("connection: close");
                        answered += 1;
                    }
                }
                answered
            })
        })
        .collect();
    let mut probe = ask(&running, "/probe").await;
    read_answer(&mut probe).await;
    drop(probe);
    assert_eq!(running.stop().await.cut_off, 0);
    for client in clients {
        let _answered: usize = patiently(client).await.expect("no request failed");
    }
}

#[tokio::test]
async fn an_idle_connection_does_not_hold_the_drain_up() {
    let limits = Limits { drain_grace: Duration::from_millis(50), ..Limits::default() };
    let running = start_with(Speaks::Plain, Workers::Shared, limits);
    let mut kept = ask(&running, "/x").await;
    read_answer(&mut kept).await;
    let silent = running.connect().await;
    assert_eq!(running.stop().await.cut_off, 0);
    assert_eq!(read_to_end(&mut kept).await, "");
    drop(silent);
}

#[tokio::test]
async fn a_request_that_outlasts_the_drain_is_cut_off_and_counted() {
    for workers in [Workers::Shared, Workers::PerCore(1)] {
        let limits = Limits { drain_timeout: Duration::from_millis(50), ..Limits::default() };
        let running = start_with(Speaks::Plain, workers, limits);
        let mut stuck = ask(&running, "/gate").await;
        patiently(running.seen.waiting.acquire()).await.expect("open").forget();
        assert_eq!(running.stop().await.cut_off, 1);
        assert_eq!(read_to_end(&mut stuck).await, "");
    }
}
