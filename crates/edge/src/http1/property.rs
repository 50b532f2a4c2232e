//! Whatever bytes come, however they are cut: sound requests are each answered in order, and everything else ends.

use std::future::Future;

use proptest::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::http1::Farewell;
use crate::http1::tests::start;

/// How a request's body is framed.
#[derive(Debug, Clone)]
enum Sent {
    Length,
    Chunks(usize),
}

/// A request that is answered with its own body, read by the handler or not.
#[derive(Debug, Clone)]
struct Asked {
    read: bool,
    sent: Sent,
    body: Vec<u8>,
}

impl Asked {
    fn bytes(&self) -> Vec<u8> {
        let path = if self.read { "/echo" } else { "/x" };
        let mut bytes = format!("POST {path} HTTP/1.1\r\nHost: a\r\n").into_bytes();
        match self.sent {
            Sent::Length => {
                bytes.extend(format!("Content-Length: {}\r\n\r\n", self.body.len()).bytes());
                bytes.extend(&self.body);
            }
            Sent::Chunks(size) => {
                bytes.extend(b"Transfer-Encoding: chunked\r\n\r\n");
                for chunk in self.body.chunks(size) {
                    bytes.extend(format!("{:x};x\r\n", chunk.len()).bytes());
                    bytes.extend(chunk);
                    bytes.extend(b"\r\n");
                }
                bytes.extend(b"0\r\nT: v\r\n\r\n");
            }
        }
        bytes
    }

    fn answer(&self) -> &[u8] {
        if self.read { &self.body } else { b"x" }
    }
}

fn asked() -> impl Strategy<Value = Asked> {
    let sent = prop_oneof![Just(Sent::Length), (1usize..50).prop_map(Sent::Chunks)];
    (any::<bool>(), sent, prop::collection::vec(any::<u8>(), 0..300)).prop_map(|(read, sent, body)| Asked {
        // What is not read of a body in chunks ends the connection, unless it is all there.
        read: read || matches!(sent, Sent::Chunks(_)),
        sent,
        body,
    })
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(future)
}

/// Sends bytes in pieces, then nothing more; answers what came back, and how the connection ended.
async fn exchange(bytes: &[u8], cut: usize, room: usize) -> (Vec<u8>, Farewell) {
    let served = start(room);
    let (mut read, mut write) = tokio::io::split(served.client);
    let send = async move {
        for piece in bytes.chunks(cut) {
            // The connection may end before everything is sent.
            if write.write_all(piece).await.is_err() {
                break;
            }
            tokio::task::yield_now().await;
        }
        let _ = write.shutdown().await;
    };
    let mut answers = Vec::new();
    let ((), read) = tokio::join!(send, read.read_to_end(&mut answers));
    read.expect("an end");
    (answers, served.task.await.expect("no panic"))
}

/// The bodies of answers that each say their length; `None` when something is no answer.
fn bodies(mut bytes: &[u8]) -> Option<Vec<&[u8]>> {
    let mut bodies = Vec::new();
    while !bytes.is_empty() {
        let mut room = [httparse::EMPTY_HEADER; 16];
        let mut head = httparse::Response::new(&mut room);
        let httparse::Status::Complete(end) = head.parse(bytes).ok()? else { return None };
        let length = head.headers.iter().find(|field| field.name == "content-length")?.value;
        let length: usize = std::str::from_utf8(length).ok()?.parse().ok()?;
        bodies.push(bytes.get(end..end + length)?);
        bytes = &bytes[end + length..];
    }
    Some(bodies)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn pipelined_requests_are_each_answered_in_order_however_they_are_cut(
        requests in prop::collection::vec(asked(), 1..8), cut in 1usize..400, room in 1usize..400
    ) {
        let mut bytes: Vec<u8> = requests.iter().flat_map(Asked::bytes).collect();
        // A client that ends its sending before its last answer would be taken for one that is gone.
        bytes.extend(b"POST /echo HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 4\r\n\r\nlast");
        let (answers, farewell) = run(exchange(&bytes, cut, room));
        let expected: Vec<&[u8]> = requests.iter().map(Asked::answer).chain([&b"last"[..]]).collect();
        prop_assert_eq!(bodies(&answers), Some(expected));
        prop_assert_eq!(farewell, Farewell::Close);
    }

    #[test]
    fn whatever_comes_the_connection_ends_and_what_was_answered_is_whole(
        requests in prop::collection::vec(asked(), 1..4), at in any::<prop::sample::Index>(),
        spoil in prop::collection::vec(any::<u8>(), 0..20), cut in 1usize..400, end in any::<prop::sample::Index>()
    ) {
        let mut bytes: Vec<u8> = requests.iter().flat_map(Asked::bytes).collect();
        let at = at.index(bytes.len());
        bytes.splice(at..(at + spoil.len()).min(bytes.len()), spoil);
        bytes.truncate(end.index(bytes.len()) + 1);
        let (answers, _) = run(exchange(&bytes, cut, 4096));
        prop_assert!(bodies(&answers).is_some_and(|bodies| bodies.len() <= 40), "{}", String::from_utf8_lossy(&answers));
    }
}
