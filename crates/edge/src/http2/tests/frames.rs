//! Frame by frame, what RFC 9113 says a server must do with each that is not sound; section by section.

use super::*;
use crate::http2::frame::{PADDED, PRIORITY};

/// What a server says to bytes that follow the greeting.
async fn check(bytes: &[u8], expected: &[&str]) {
    let mut client = start().await;
    assert_eq!(client.sent(bytes).await, expected, "{:?}", String::from_utf8_lossy(bytes));
}

/// The connection ends with a code, and no stream was taken.
async fn ends(bytes: &[u8], code: &str) {
    ends_after(bytes, 0, code).await;
}

async fn ends_after(bytes: &[u8], latest: u32, code: &str) {
    let mut client = start().await;
    let events = client.sent(bytes).await;
    let told: Vec<_> = events.iter().rev().take(2).map(String::as_str).collect();
    assert_eq!(told, ["end", &format!("go away {latest} {code}")], "{bytes:?} {events:?}");
    assert!(client.farewell().await, "what was said is sent");
}

const ANSWER: [&str; 2] = ["1 200 content-length=1", "1 data x last"];

#[tokio::test]
async fn a_connection_begins_with_the_preface_and_settings() {
    // Section 3.4.
    let whole = [PREFACE, &settings(&[]), &get(1, "/")].concat();
    for cut in [1, 10, 23, 24, 25, 33, 34, 40] {
        let mut client = open(Limits::default());
        client.send(&whole[..cut]).await;
        tokio::task::yield_now().await;
        client.send(&whole[cut..]).await;
        let events = client.events().await;
        assert_eq!(events, ["settings", "0 window 983041", "settings taken", ANSWER[0], ANSWER[1]], "{cut}");
    }
    for begin in [&b"GET / HTTP/1.1\r\n"[..], b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\r", b"\0"] {
        let mut client = open(Limits::default());
        assert_eq!(client.sent(begin).await, ["settings", "0 window 983041", "go away 0 protocol", "end"]);
    }
    for first in [get(1, "/"), written(Kind::Settings, ACK, 0, &[]), written(Kind::Ping, 0, 0, &[0; 8])] {
        let mut client = open(Limits::default());
        let events = client.sent(&[PREFACE, &first].concat()).await;
        assert_eq!(events, ["settings", "0 window 983041", "go away 0 protocol", "end"], "{first:?}");
    }
}

#[tokio::test]
async fn unknown_frames_flags_and_settings_are_passed_over() {
    // Sections 4.1, 5.5 and 6.5.2.
    check(&written(Kind::Unknown(0x16), 0xff, 7, b"what?"), &[]).await;
    check(&written(Kind::Ping, 0xfe, 0, b"anything"), &["pong [97, 110, 121, 116, 104, 105, 110, 103]"]).await;
    check(&settings(&[(0x77, 1)]), &["settings taken"]).await;
    let mut reserved = get(1, "/");
    reserved[5] |= 0x80;
    check(&reserved, &ANSWER).await;
}

#[tokio::test]
async fn a_frame_has_the_size_that_its_kind_has() {
    // Sections 4.2 and 6.3 to 6.9.
    let mut long = vec![0; HEAD_BYTES + 16_385];
    long[1..3].copy_from_slice(&16_385u16.to_be_bytes());
    for kind in 0..=10 {
        long[3] = kind;
        ends(&long, "frame size").await;
    }
    ends(&written(Kind::Settings, 0, 0, &[0; 5]), "frame size").await;
    ends(&written(Kind::Settings, ACK, 0, &[0; 6]), "frame size").await;
    ends(&written(Kind::Ping, 0, 0, &[0; 7]), "frame size").await;
    ends(&written(Kind::Ping, 0, 0, &[0; 9]), "frame size").await;
    ends(&written(Kind::GoAway, 0, 0, &[0; 7]), "frame size").await;
    ends(&written(Kind::WindowUpdate, 0, 0, &[0, 0, 1]), "frame size").await;
    ends(&written(Kind::Headers, END_STREAM | END_HEADERS | PRIORITY, 1, &[0; 4]), "frame size").await;
    let open = get(1, "/wait");
    ends_after(&[&open[..], &written(Kind::Reset, 0, 1, &[0; 3])].concat(), 1, "frame size").await;
    check(&[&open[..], &written(Kind::Priority, 0, 1, &[0; 4])].concat(), &["1 reset frame size"]).await;
}

#[tokio::test]
async fn a_frame_stands_on_a_stream_or_on_the_connection() {
    // Sections 6.1 to 6.10; streams with even numbers are ours (5.1.1).
    for frame in [
        written(Kind::Data, 0, 0, b"x"),
        written(Kind::Headers, END_HEADERS, 0, &block(&fields_of("GET", "/"))),
        written(Kind::Headers, END_HEADERS, 2, &block(&fields_of("GET", "/"))),
        written(Kind::Priority, 0, 0, &[0; 5]),
        written(Kind::Reset, 0, 0, &[0; 4]),
        written(Kind::Settings, 0, 1, &[]),
        written(Kind::Ping, 0, 1, &[0; 8]),
        written(Kind::GoAway, 0, 1, &[0; 8]),
        written(Kind::PushPromise, END_HEADERS, 1, &[0, 0, 0, 2]),
        written(Kind::Continuation, END_HEADERS, 1, &[]),
        // Streams that nobody has opened (5.1).
        written(Kind::Data, 0, 1, b"x"),
        written(Kind::Data, 0, 2, b"x"),
        written(Kind::Reset, 0, 1, &[0; 4]),
        written(Kind::Reset, 0, 2, &[0; 4]),
        window(1, 1),
        window(2, 1),
    ] {
        ends(&frame, "protocol").await;
    }
}

#[tokio::test]
async fn nothing_stands_between_the_pieces_of_a_header_block() {
    // Section 6.10.
    let whole = block(&fields_of("GET", "/"));
    let first = written(Kind::Headers, END_STREAM, 1, &whole[..5]);
    let rest = |stream, flags| written(Kind::Continuation, flags, stream, &whole[5..]);
    check(&[&first[..], &rest(1, END_HEADERS)].concat(), &ANSWER).await;
    check(&[&first[..], &written(Kind::Continuation, 0, 1, &[]), &rest(1, END_HEADERS)].concat(), &ANSWER).await;
    for between in [
        written(Kind::Ping, 0, 0, &[0; 8]),
        written(Kind::Unknown(0x16), 0, 0, &[]),
        written(Kind::Priority, 0, 1, &[0; 5]),
        get(3, "/"),
        rest(3, END_HEADERS),
        data(1, b"x"),
    ] {
        ends(&[&first[..], &between].concat(), "protocol").await;
    }
    ends_after(&[&get(1, "/")[..], &rest(1, END_HEADERS)].concat(), 1, "protocol").await;
}

#[tokio::test]
async fn padding_is_within_its_frame() {
    // Sections 6.1 and 6.2.
    let fields = block(&fields_of("GET", "/"));
    let padded = [&[3][..], &fields, &[0; 3]].concat();
    let flags = END_STREAM | END_HEADERS | PADDED;
    check(&written(Kind::Headers, flags, 1, &padded), &ANSWER).await;
    let both = [&[3, 0, 0, 0, 0, 7][..], &fields, &[0; 3]].concat();
    check(&written(Kind::Headers, flags | PRIORITY, 1, &both), &ANSWER).await;
    ends(&written(Kind::Headers, flags, 1, &[200, 0]), "protocol").await;
    ends(&written(Kind::Headers, flags, 1, &[]), "protocol").await;
    let echo = post(1, "/echo");
    let body = written(Kind::Data, END_STREAM | PADDED, 1, b"\x02hi\0\0");
    check(&[&echo[..], &body].concat(), &["1 200 content-length=2", "1 data hi last"]).await;
    let only = written(Kind::Data, END_STREAM | PADDED, 1, b"\x04\0\0\0\0");
    check(&[&echo[..], &data(1, b"hi"), &only].concat(), &["1 200 content-length=2", "1 data hi last"]).await;
    ends_after(&[&echo[..], &written(Kind::Data, PADDED, 1, b"\x05hi\0\0")].concat(), 1, "protocol").await;
    ends_after(&[&echo[..], &written(Kind::Data, PADDED, 1, b"")].concat(), 1, "protocol").await;
}

#[tokio::test]
async fn no_stream_depends_on_itself() {
    // RFC 7540, section 5.3.1; the rest of priorities is passed over.
    let fields = [&[0, 0, 0, 1, 7][..], &block(&fields_of("GET", "/"))].concat();
    check(&written(Kind::Headers, END_STREAM | END_HEADERS | PRIORITY, 1, &fields), &["1 reset protocol"]).await;
    check(&[get(1, "/wait"), written(Kind::Priority, 0, 1, &[0x80, 0, 0, 1, 7])].concat(), &["1 reset protocol"]).await;
    check(&written(Kind::Priority, 0, 1, &[0, 0, 0, 3, 7]), &[]).await;
}

#[tokio::test]
async fn settings_are_sound_and_acknowledged_one_by_one() {
    // Section 6.5.
    check(&[settings(&[(4, 1)]), settings(&[(3, 0)])].concat(), &["settings taken", "settings taken"]).await;
    ends(&settings(&[(2, 2)]), "protocol").await;
    ends(&settings(&[(4, 0x8000_0000)]), "flow control").await;
    ends(&settings(&[(5, 16_383)]), "protocol").await;
    ends(&settings(&[(5, 0x0100_0000)]), "protocol").await;
}

#[tokio::test]
async fn header_blocks_are_sound() {
    // Section 4.3, and RFC 7541, sections 2.3.3, 4.2, 5.2, 6.1 and 6.3.
    for block in [&[0x80][..], &[0xc6], &[0x3f, 0xe2, 0x1f], &[0x82, 0x20], &[0x00, 0x01, b'a', 0x81, 0x00], &[0x40]] {
        ends_after(&written(Kind::Headers, END_STREAM | END_HEADERS, 1, block), 1, "compression").await;
    }
    // Those of streams that are not taken, too.
    let reset = written(Kind::Reset, 0, 1, &8u32.to_be_bytes());
    let trailers = written(Kind::Headers, END_STREAM | END_HEADERS, 1, &[0x80]);
    ends_after(&[&post(1, "/wait")[..], &trailers].concat(), 1, "compression").await;
    ends_after(&[&get(1, "/wait")[..], &reset, &trailers].concat(), 1, "stream closed").await;
}

#[tokio::test]
async fn the_connection_is_no_stream_that_could_be_reset() {
    // Section 6.4; a stream that has ended leaves its place free.
    let mut client = start().await;
    assert_eq!(client.sent(&get(1, "/")).await, ANSWER);
    assert_eq!(client.sent(&written(Kind::Reset, 0, 0, &[0; 4])).await, ["go away 1 protocol", "end"]);
}
