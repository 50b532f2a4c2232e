//! Streams from their first frame to their last: bodies both ways, windows, resets, and frames that come too late.

use super::*;
use crate::http2::frame::PADDED;

async fn check(bytes: &[u8], expected: &[&str]) {
    let mut client = start().await;
    assert_eq!(client.sent(bytes).await, expected, "{:?}", String::from_utf8_lossy(bytes));
}

fn reset(stream: u32) -> Vec<u8> {
    written(Kind::Reset, 0, stream, &8u32.to_be_bytes())
}

fn with(method: &'static str, path: &'static str, field: (&'static str, &'static str), flags: u8) -> Vec<u8> {
    let fields = [fields_of(method, path), vec![field]].concat();
    written(Kind::Headers, END_HEADERS | flags, 1, &block(&fields))
}

const NO_ERROR: &str = "1 reset no error";

#[tokio::test]
async fn a_body_is_read_however_it_is_cut() {
    let answer = ["1 200 content-length=5", "1 data abcde last"];
    let echo = post(1, "/echo");
    check(&[&echo[..], &last_data(1, b"abcde")].concat(), &answer).await;
    check(&[&echo[..], &data(1, b"ab"), &data(1, b""), &last_data(1, b"cde")].concat(), &answer).await;
    check(&[&echo[..], &data(1, b"abcde"), &last_data(1, b"")].concat(), &answer).await;
    let trailers = written(Kind::Headers, END_STREAM | END_HEADERS, 1, &block(&[("x-sum", "1")]));
    check(&[&echo[..], &data(1, b"abcde"), &trailers].concat(), &answer).await;
    check(&[&echo[..], &last_data(1, b"")].concat(), &["1 200 content-length=0 last"]).await;
    check(&[post(1, "/back"), data(1, b"abc"), last_data(1, b"de")].concat(), &["1 200", "1 data abcde last"]).await;
}

#[tokio::test]
async fn a_body_that_nobody_reads_is_not_waited_for() {
    // RFC 9113, section 8.1: the answer is whole, so the rest need not be sent.
    let mut client = start().await;
    let events = client.sent(&[post(1, "/"), data(1, b"abc")].concat()).await;
    assert_eq!(events, ["1 200 content-length=1", "1 data x last", NO_ERROR]);
    // What was on its way meanwhile is no fault.
    assert_eq!(client.sent(&[data(1, b"de"), last_data(1, b""), window(1, 5), reset(1)].concat()).await, [""; 0]);
    assert_eq!(client.sent(&get(3, "/")).await, ["3 200 content-length=1", "3 data x last"]);
}

#[tokio::test]
async fn an_announced_length_is_kept() {
    // RFC 9113, section 8.1.1.
    let announced = |length, flags| with("POST", "/echo", ("content-length", length), flags);
    let answer = ["1 200 content-length=3", "1 data abc last"];
    check(&[announced("3", 0), last_data(1, b"abc")].concat(), &answer).await;
    check(&[announced("3", 0), data(1, b"a"), last_data(1, b"bc")].concat(), &answer).await;
    check(&announced("0", END_STREAM), &["1 200 content-length=0 last"]).await;
    let broken = ["1 reset protocol"];
    check(&announced("3", END_STREAM), &broken).await;
    check(&[announced("3", 0), last_data(1, b"ab")].concat(), &broken).await;
    check(&[announced("3", 0), last_data(1, b"abcd")].concat(), &broken).await;
    check(&[announced("3", 0), data(1, b"ab"), last_data(1, b"")].concat(), &broken).await;
    check(&[announced("3", 0), data(1, b"ab"), data(1, b"cd")].concat(), &broken).await;
    let trailers = written(Kind::Headers, END_STREAM | END_HEADERS, 1, &block(&[("x-sum", "1")]));
    check(&[announced("3", 0), data(1, b"ab"), trailers].concat(), &broken).await;
    for length in ["+3", "3, 3", "", "0x3", "99999999999999999999"] {
        check(&announced(length, 0), &broken).await;
    }
}

#[tokio::test]
async fn trailers_end_a_request_and_are_sound() {
    let trailers = |fields: &[(&str, &str)], flags| written(Kind::Headers, END_HEADERS | flags, 1, &block(fields));
    let begin = [post(1, "/echo"), data(1, b"abc")].concat();
    for wrong in [
        trailers(&[("x", "1")], 0),
        trailers(&[(":path", "/")], END_STREAM),
        trailers(&[("X", "1")], END_STREAM),
        trailers(&[("connection", "x")], END_STREAM),
        trailers(&[("x", "a\0b")], END_STREAM),
    ] {
        check(&[&begin[..], &wrong].concat(), &["1 reset protocol"]).await;
    }
}

#[tokio::test]
async fn frames_that_come_too_late_are_judged_by_what_ended_the_stream() {
    // RFC 9113, section 5.1.
    let answered = ["1 200 content-length=1", "1 data x last"];
    let trailers = written(Kind::Headers, END_STREAM | END_HEADERS, 1, &block(&[("x", "1")]));
    // Half closed by the client.
    for late in [data(1, b"x"), trailers.clone()] {
        check(&[&get(1, "/wait")[..], &late].concat(), &["1 reset stream closed"]).await;
    }
    // Closed by both.
    for late in [data(1, b"x"), trailers.clone(), get(1, "/")] {
        let mut client = start().await;
        assert_eq!(client.sent(&get(1, "/")).await, answered);
        assert_eq!(client.sent(&late).await, ["go away 1 stream closed", "end"]);
    }
    for harmless in [window(1, 5), reset(1), written(Kind::Priority, 0, 1, &[0, 0, 0, 3, 7])] {
        let mut client = start().await;
        assert_eq!(client.sent(&get(1, "/")).await, answered);
        assert_eq!(client.sent(&harmless).await, [""; 0]);
    }
    // Closed by the client's reset.
    for late in [data(1, b"x"), trailers.clone()] {
        check(&[&get(1, "/wait")[..], &reset(1), &late].concat(), &["go away 1 stream closed", "end"]).await;
    }
    // Closed by ours.
    let wrong = written(Kind::Headers, END_HEADERS, 1, &block(&[(":method", "GET")]));
    check(&[&wrong[..], &data(1, b"x"), &trailers, &data(1, b"y")].concat(), &["1 reset protocol"]).await;
    // Passed over, and so closed (5.1.1).
    check(&[get(5, "/wait"), get(3, "/")].concat(), &["go away 5 protocol", "end"]).await;
    check(&[get(5, "/wait"), window(3, 1), data(3, b"x")].concat(), &["3 reset stream closed"]).await;
}

#[tokio::test]
async fn answers_have_bodies_where_they_may() {
    let head =
        |path: &'static str| written(Kind::Headers, END_STREAM | END_HEADERS, 1, &block(&fields_of("HEAD", path)));
    for (request, answer) in [
        (get(1, "/parts"), &["1 200", "1 data abc", "1 data de", "1 data  last"][..]),
        (get(1, "/status?204"), &["1 204 last"]),
        (get(1, "/status?304"), &["1 304 last"]),
        (get(1, "/status?404"), &["1 404 content-length=1", "1 data x last"]),
        // SECURITY: a client would go on waiting for the answer.
        (get(1, "/status?103"), &["1 500 content-length=0 last"]),
        (get(1, "/status?999"), &["1 999 content-length=1", "1 data x last"]),
        (head("/bytes?9"), &["1 200 content-length=9 last"]),
        (head("/parts"), &["1 200 last"]),
        (head("/status?204"), &["1 204 last"]),
        (get(1, "/headers?1"), &["1 200 x-long=v set-cookie=secret content-length=1", "1 data x last"]),
        (get(1, "/bytes?0"), &["1 200 content-length=0 last"]),
    ] {
        check(&request, answer).await;
    }
}

#[tokio::test]
async fn an_answer_that_cannot_be_finished_does_not_look_whole() {
    for (path, answer) in [
        ("/broken", &["1 200", "1 data abc", "1 reset internal"][..]),
        ("/short", &["1 200 content-length=4", "1 data abc", "1 reset internal"]),
        ("/long", &["1 200 content-length=4", "1 data abc", "1 reset internal"]),
        ("/panic-later", &["1 200", "1 reset internal"]),
        ("/panic", &["1 500 content-length=18", "1 data the handler failed last"]),
    ] {
        let mut client = start().await;
        assert_eq!(client.sent(&get(1, path)).await, answer, "{path}");
        let next = client.sent(&get(3, "/")).await;
        assert_eq!(next, ["3 200 content-length=1", "3 data x last"], "one stream took no other with it");
    }
}

#[tokio::test]
async fn a_long_head_is_cut_into_frames() {
    let mut client = start().await;
    client.send(&get(1, "/headers?40000")).await;
    let (mut fields, mut kinds) = (Vec::new(), Vec::new());
    loop {
        let (head, payload) = read(&mut client.pipe).await.expect("frames");
        kinds.push((head.kind, head.flags, payload.len()));
        fields.extend(payload);
        if head.has(END_HEADERS) {
            break;
        }
    }
    assert_eq!(kinds[..2], [(Kind::Headers, 0, 16_384), (Kind::Continuation, 0, 16_384)]);
    assert_eq!((kinds.len(), kinds[2].1), (3, END_HEADERS));
    let mut raw = Vec::new();
    Decoder::default().decode(&fields, ROOM, &mut raw, |_, _| {}).expect("sound");
    assert!(String::from_utf8_lossy(&raw).contains(&"v".repeat(40_000)));
    assert_eq!(client.event().await.as_deref(), Some("1 data x last"));
}

#[tokio::test]
async fn an_answer_keeps_to_the_windows() {
    // RFC 9113, sections 5.2 and 6.9.
    let mut client = greeted(Limits::default()).await;
    client.send(&settings(&[(4, 3)])).await;
    client.events().await;
    assert_eq!(client.sent(&get(1, "/bytes?10")).await, ["1 200 content-length=10", "1 data \0\u{1}\u{2}"]);
    assert_eq!(client.sent(&window(1, 2)).await, ["1 data \u{3}\u{4}"]);
    // The setting changes streams that are open, even to less than nothing.
    assert_eq!(client.sent(&settings(&[(4, 4)])).await, ["settings taken", "1 data \u{5}"]);
    assert_eq!(client.sent(&settings(&[(4, 0)])).await, ["settings taken"]);
    assert_eq!(client.sent(&window(1, 4)).await, [""; 0]);
    assert_eq!(client.sent(&window(1, 1)).await, ["1 data \u{6}"]);
    assert_eq!(client.sent(&window(1, 9)).await, ["1 data \u{7}\u{8}\u{9} last"]);
    // Nothing at all needs no window.
    assert_eq!(client.sent(&get(3, "/bytes?0")).await, ["3 200 content-length=0 last"]);
}

#[tokio::test]
async fn all_answers_share_the_connections_window_in_turns() {
    let mut client = greeted(Limits::default()).await;
    client.send(&settings(&[(4, 1 << 30)])).await;
    client.events().await;
    let asked = [get(1, "/bytes?50000"), get(3, "/bytes?50000")].concat();
    let mut events = client.sent(&asked).await;
    events.retain(|event| event.contains("data"));
    let turns = ["1 data of 16384", "3 data of 16384", "1 data of 16384", "3 data of 16383"];
    assert_eq!(events, turns, "65,535 bytes and no more");
    let events = client.sent(&window(0, 1)).await;
    assert!(events.len() == 1 && events[0].starts_with("1 data "), "whose turn it is: {events:?}");
    let events = client.sent(&window(0, 100_000)).await;
    let last: Vec<_> = events.iter().filter(|event| event.ends_with("last")).collect();
    assert_eq!(last.len(), 2, "{events:?}");
}

#[tokio::test]
async fn windows_are_sound() {
    let open = get(1, "/wait");
    check(&[&open[..], &window(1, 0)].concat(), &["1 reset protocol"]).await;
    check(&[&open[..], &window(1, 0x7fff_ffff)].concat(), &["1 reset flow control"]).await;
    check(&[&open[..], &window(0, 0)].concat(), &["go away 1 protocol", "end"]).await;
    check(&[&open[..], &window(0, 0x7fff_ffff)].concat(), &["go away 1 flow control", "end"]).await;
    // A setting that lifts a stream's window beyond the widest.
    let beyond = [&open[..], &window(1, 0x7fff_0000), &settings(&[(4, 0x7fff_ffff)])].concat();
    check(&beyond, &["go away 1 flow control", "end"]).await;
}

#[tokio::test]
async fn a_client_sends_no_more_than_its_windows() {
    let limits = Limits { stream_window_bytes: 10, ..Limits::default() };
    let mut client = greeted(limits).await;
    let sent = client.sent(&[post(1, "/keep"), data(1, &[0; 10])].concat()).await;
    assert_eq!(sent, [""; 0]);
    assert_eq!(client.sent(&data(1, b"x")).await, ["1 reset flow control"]);
    let limits = Limits { connection_window_bytes: 0, ..Limits::default() };
    let mut client = greeted(limits).await;
    let sixteen = [post(1, "/keep"), [data(1, &[0; 16_384]), data(1, &[0; 16_384])].concat()].concat();
    assert_eq!(client.sent(&sixteen).await, [""; 0]);
    let events = client.sent(&[data(1, &[0; 16_384]), data(1, &[0; 16_384])].concat()).await;
    assert_eq!(events, ["go away 1 flow control", "end"], "65,535 bytes and no more");
}

#[tokio::test]
async fn windows_are_given_back_as_the_body_is_read() {
    let limits = Limits { stream_window_bytes: 1000, ..Limits::default() };
    let mut client = greeted(limits).await;
    assert_eq!(client.sent(&[post(1, "/keep"), data(1, &[7; 1000])].concat()).await, [""; 0], "nobody reads");
    let body = client.paths.kept.lock().expect("sound").take().expect("kept");
    let (whole, mut body, _held) = body.prefix(1000, &Room::new(ROOM)).await.expect("it came");
    assert_eq!(whole.len(), 1000);
    assert_eq!(client.events().await, ["1 window 1000"]);
    // Padding is nobody's to read.
    let padded = written(Kind::Data, PADDED, 1, &[&[199][..], &[7; 800], &[0; 199]].concat());
    assert_eq!(client.sent(&padded).await, [""; 0]);
    // What is let go is read.
    drop(body);
    body = Body::empty();
    assert_eq!(client.events().await, ["1 window 1000"]);
    assert_eq!(client.sent(&data(1, &[7; 1000])).await, ["1 window 1000"]);
    drop(body);
    client.paths.gate.add_permits(1);
    let events = client.events().await;
    assert_eq!(events, ["1 200 content-length=4", "1 data kept last", NO_ERROR]);
}

#[tokio::test]
async fn the_connections_window_never_stays_closed() {
    let limits = Limits { stream_window_bytes: 20_000, ..Limits { connection_window_bytes: 0, ..Limits::default() } };
    let mut client = greeted(limits).await;
    // Reset, answered, malformed, unread: what each held comes back.
    let mut sent = 0;
    for number in 0..60u32 {
        let id = 2 * number + 1;
        let (path, after) = match number % 4 {
            0 => ("/keep", reset(id)),
            1 => ("/", Vec::new()),
            2 => ("/echo", last_data(id, b"")),
            _ => ("/wait", window(id, 0)),
        };
        let events = client.sent(&[post(id, path), data(id, &[1; 16_000]), after].concat()).await;
        assert!(!events.iter().any(|event| event == "end"), "{number}: {events:?}");
        sent += 16_000;
    }
    assert!(sent > 10 * 65_535);
}

#[tokio::test]
async fn a_body_that_breaks_off_tells_its_reader() {
    let mut client = start().await;
    client.sent(&[post(1, "/keep"), data(1, b"abc")].concat()).await;
    let body = client.paths.kept.lock().expect("sound").take().expect("kept");
    client.sent(&reset(1)).await;
    let read = body.collect_up_to(100, &Room::new(ROOM)).await;
    assert!(matches!(read, Err(BodyError::Broken(_))), "{read:?}");
    // And so does the connection's end.
    client.sent(&[post(3, "/keep"), data(3, b"abc")].concat()).await;
    let body = client.paths.kept.lock().expect("sound").take().expect("kept");
    drop(client.pipe);
    let read = body.collect_up_to(100, &Room::new(ROOM)).await;
    assert!(matches!(read, Err(BodyError::Broken(_))), "{read:?}");
    assert!(!client.task.await.expect("no panic"), "the client is gone");
}

#[tokio::test]
async fn a_client_that_goes_takes_its_requests_with_it() {
    let mut client = start().await;
    client.sent(&[get(1, "/wait"), get(3, "/wait")].concat()).await;
    client.paths.begun.acquire_many(2).await.expect("open").forget();
    client.sent(&reset(1)).await;
    client.paths.dropped.notified().await;
    drop(client.pipe);
    client.paths.dropped.notified().await;
}

#[tokio::test]
async fn bodies_that_nobody_wanted_may_still_be_on_their_way() {
    // As many as may be open at once, answered before the client has sent what it had begun to send.
    let mut client = start().await;
    let ids = (0..Limits::default().streams_max).map(|number| 2 * number + 1);
    for id in ids.clone() {
        assert_eq!(client.sent(&post(id, "/")).await.len(), 3, "{id}");
    }
    let late: Vec<u8> = ids.clone().flat_map(|id| [data(id, b"late"), data(id, b"later")].concat()).collect();
    assert_eq!(client.sent(&late).await, [""; 0]);
    let next = 2 * Limits::default().streams_max + 1;
    assert_eq!(client.sent(&get(next, "/")).await.len(), 2);
}
