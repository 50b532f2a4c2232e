//! HTTP/2 that costs the server more than the client: the connection ends long before the flood does.

use crate::support::http2::{
    CONTINUATION, DATA, GO_AWAY, HEADERS, PING, RESET, SETTINGS, WINDOW_UPDATE, code, connect, fields, frame, frames,
    get, greeting, post,
};
use crate::support::{Speaks, patiently, start};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const ENHANCE_YOUR_CALM: u32 = 11;

/// Sends the attack of each stream, and answers the code with which the connection was ended.
async fn attack(attack: impl Fn(u32) -> Vec<u8>) -> u32 {
    let running = start(Speaks::Tls);
    let mut stream = connect(&running).await;
    let streams = (0..2000).map(|number| 2 * number + 1);
    let bytes = std::iter::once(greeting()).chain(streams.map(attack));
    // The server may close before it has read everything.
    let _ = stream.write_all(&bytes.collect::<Vec<_>>().concat()).await;
    let _ = stream.flush().await;
    let mut answer = Vec::new();
    let _ = patiently(stream.read_to_end(&mut answer)).await;
    // Another connection is served all the same.
    drop(connect(&running).await);
    frames(&answer).find_map(|(kind, payload)| (kind == GO_AWAY).then(|| code(payload))).expect("it says goodbye")
}

/// CVE-2023-44487.
#[tokio::test]
async fn streams_that_are_reset_at_once_end_the_connection() {
    let rapid = |stream| [get(stream, "/gate"), frame(RESET, 0, stream, &8u32.to_be_bytes())].concat();
    assert_eq!(attack(rapid).await, ENHANCE_YOUR_CALM);
}

/// CVE-2025-8671: the client's error on each stream, a window beyond what a window can be, makes the server reset it.
#[tokio::test]
async fn streams_that_make_the_server_reset_them_end_the_connection() {
    let provoking =
        |stream| [get(stream, "/gate"), frame(WINDOW_UPDATE, 0, stream, &0x7fff_ffffu32.to_be_bytes())].concat();
    assert_eq!(attack(provoking).await, ENHANCE_YOUR_CALM);
}

/// CVE-2024-27316.
#[tokio::test]
async fn a_header_block_without_end_ends_the_connection() {
    for payload in [&[][..], b"x", &[b'x'; 4096]] {
        let endless = |stream| match stream {
            1 => frame(HEADERS, 0, 1, &fields(crate::support::http2::GET, "/")),
            _ => frame(CONTINUATION, 0, 1, payload),
        };
        assert_eq!(attack(endless).await, ENHANCE_YOUR_CALM, "{}", payload.len());
    }
}

/// CVE-2019-9512, 9515 and 9518.
#[tokio::test]
async fn frames_that_ask_for_nothing_end_the_connection() {
    assert_eq!(attack(|_| frame(PING, 0, 0, &[0; 8])).await, ENHANCE_YOUR_CALM, "pings");
    assert_eq!(attack(|_| frame(SETTINGS, 0, 0, &[])).await, ENHANCE_YOUR_CALM, "settings");
    assert_eq!(attack(|_| frame(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 1])).await, ENHANCE_YOUR_CALM, "windows");
    assert_eq!(attack(|_| frame(0xaa, 0, 0, &[])).await, ENHANCE_YOUR_CALM, "unknown frames");
    let empty = |stream| if stream == 1 { post(1, "/gate") } else { frame(DATA, 0, 1, &[]) };
    assert_eq!(attack(empty).await, ENHANCE_YOUR_CALM, "empty pieces of a body");
}
