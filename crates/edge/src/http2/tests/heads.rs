//! Heads: which are sound, which are refused in words, which are reset; and what the handler sees of them.
//! <https://www.rfc-editor.org/rfc/rfc9113#section-8>

use super::*;
use FrontEndRefusal as Why;

fn request(fields: &[(&str, &str)]) -> Vec<u8> {
    let block = block(fields);
    let mut frames = Vec::new();
    let pieces = block.chunks(16_384);
    let last = pieces.len() - 1;
    for (number, piece) in pieces.enumerate() {
        let (kind, flags) = if number == 0 { (Kind::Headers, END_STREAM) } else { (Kind::Continuation, 0) };
        frames.extend(written(kind, flags | if number == last { END_HEADERS } else { 0 }, 1, piece));
    }
    frames
}

/// What the handler saw, or what came instead.
async fn seen(fields: &[(&str, &str)]) -> String {
    let mut client = start().await;
    let events = client.sent(&request(fields)).await;
    let body = events.last().expect("an answer");
    body.trim_start_matches("1 data ").trim_end_matches(" last").to_owned()
}

/// `GET /show` of the connection's host, with more fields.
fn show<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&fields_of("GET", "/show")[..], more].concat()
}

async fn refused(fields: &[(&str, &str)], why: Why) {
    let mut client = start().await;
    let events = client.sent(&request(fields)).await;
    assert!(events[0].starts_with(&format!("1 {} ", why.status().as_u16())), "{fields:?} {events:?}");
    assert_eq!(*client.paths.refusals.lock().expect("sound"), [why], "{fields:?}");
    // The connection serves on.
    assert_eq!(client.sent(&get(3, "/")).await, ["3 200 content-length=1", "3 data x last"]);
}

#[tokio::test]
async fn fields_reach_the_handler_in_their_order_with_host_first() {
    assert_eq!(seen(&show(&[("b", "2"), ("a", ""), ("b", "1")])).await, "GET /show host=a.b|b=2|a=|b=1 28");
    let by_host = [(":method", "PURGE"), (":scheme", "https"), (":path", "/show?x"), ("b", "1"), ("host", "a.b")];
    assert_eq!(seen(&by_host).await, "PURGE /show?x host=a.b|b=1 17");
    assert_eq!(seen(&show(&[("host", "A.b:443"), ("te", "trailers")])).await, "GET /show host=a.b|te=trailers 25");
    assert_eq!(seen(&show(&[("x", "caf\u{e9}\t!")])).await, "GET /show host=a.b|x=caf\u{e9}\t! 23");
}

#[tokio::test]
async fn cookie_crumbs_become_one_cookie() {
    let crumbs = [("cookie", "a=1"), ("x", "y"), ("cookie", "b=2"), ("cookie", "c=3")];
    assert_eq!(seen(&show(&crumbs)).await, "GET /show host=a.b|cookie=a=1; b=2; c=3|x=y 40");
}

#[tokio::test]
async fn malformed_requests_are_reset() {
    let (get, scheme, path, host) = ((":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", "a.b"));
    let with = |more: &[(&'static str, &'static str)]| [&[get, scheme, path, host][..], more].concat();
    for fields in [
        // Pseudo-headers that are missing, empty, doubled, unknown, an answer's, or behind others (8.3).
        vec![scheme, path, host],
        vec![get, path, host],
        vec![get, scheme, host],
        vec![get, scheme, (":path", ""), host],
        vec![get, (":scheme", ""), path, host],
        vec![get, (":scheme", "1x"), path, host],
        vec![(":method", ""), scheme, path, host],
        vec![(":method", "G T"), scheme, path, host],
        with(&[get]),
        with(&[scheme]),
        with(&[path]),
        with(&[host]),
        with(&[(":status", "200")]),
        with(&[(":protocol", "websocket")]),
        with(&[(":unknown", "x")]),
        vec![get, scheme, ("x", "y"), path, host],
        vec![get, scheme, path, ("host", "a.b"), host],
        // A tunnel's (8.5).
        vec![(":method", "CONNECT"), scheme, host],
        vec![(":method", "CONNECT"), path, host],
        vec![(":method", "CONNECT")],
        // Names and values (8.2.1).
        with(&[("X-Up", "1")]),
        with(&[("", "1")]),
        with(&[("a b", "1")]),
        with(&[("a:b", "1")]),
        with(&[("\u{e9}", "1")]),
        with(&[("x", "a\rb")]),
        with(&[("x", "a\nb")]),
        with(&[("x", "a\0b")]),
        with(&[("x", "a\x7fb")]),
        with(&[("x", " a")]),
        with(&[("x", "a\t")]),
        vec![get, scheme, (":path", "/\0"), host],
        // Fields of another protocol's connection (8.2.2).
        with(&[("connection", "close")]),
        with(&[("keep-alive", "1")]),
        with(&[("proxy-connection", "close")]),
        with(&[("transfer-encoding", "chunked")]),
        with(&[("upgrade", "h2c")]),
        with(&[("te", "gzip")]),
        with(&[("te", "trailers, gzip")]),
        with(&[("content-length", "0"), ("content-length", "0")]),
    ] {
        let mut client = start().await;
        assert_eq!(client.sent(&request(&fields)).await, ["1 reset protocol"], "{fields:?}");
        assert_eq!(client.sent(&super::get(3, "/")).await.len(), 2, "the connection serves on");
    }
}

#[tokio::test]
async fn a_request_is_for_one_host_and_for_this_connection() {
    let with = |authority, more: &[(&'static str, &'static str)]| {
        let fields = [(":method", "GET"), (":scheme", "https"), (":path", "/show"), (":authority", authority)];
        [&fields[..], more].concat()
    };
    for host in ["a.b", "A.b", "a.b.", "a.b:8443"] {
        assert_eq!(seen(&with(host, &[])).await, format!("GET /show host={host} {}", host.len() + 8), "{host}");
    }
    refused(&with("c.d", &[]), Why::Misdirected).await;
    refused(&with("a.b", &[("host", "c.d")]), Why::AuthorityDiffers).await;
    refused(&with("a.b", &[("host", "a.b"), ("host", "a.b")]), Why::RepeatedHost).await;
    for host in ["", "x@a.b", "a.b/x", "a.b,c.d", "a.b:1:2", "\u{e9}"] {
        refused(&with(host, &[]), Why::InvalidHost).await;
    }
    let none = [(":method", "GET"), (":scheme", "https"), (":path", "/show")];
    refused(&none, Why::MissingHost).await;
    refused(&[&none[..], &[("host", "c.d")]].concat(), Why::Misdirected).await;
}

#[tokio::test]
async fn targets_and_methods_that_are_not_served_are_refused() {
    for target in ["*", "x", "/a b", "/a#b", "/\u{e9}", "https://a.b/"] {
        refused(&fields_of("GET", target), Why::InvalidTarget).await;
    }
    refused(&[(":method", "CONNECT"), (":authority", "a.b")], Why::MethodNotServed).await;
}

#[tokio::test]
async fn large_heads_are_refused_by_size_and_read_to_their_end() {
    let limits = Limits::default();
    let long = format!("/{}", "p".repeat(limits.url_bytes_max));
    refused(&fields_of("GET", &long), Why::TargetTooLong).await;
    let late = [(":method", "GET"), (":path", long.as_str()), (":scheme", "https"), (":authority", "a.b")];
    refused(&late, Why::TargetTooLong).await;
    for size in [limits.header_bytes_max - 15, 20_000] {
        refused(&show(&[("x", &"v".repeat(size))]), Why::HeadersTooLarge).await;
    }
    let fits = "v".repeat(limits.header_bytes_max - "host: \r\na.b".len() - "x: \r\n".len());
    assert!(seen(&show(&[("x", &fits)])).await.starts_with("of "), "the limit itself");
    refused(&show(&[("a", "b"); 201]), Why::TooManyHeaders).await;
    refused(&show(&vec![("cookie", "c"); 5000]), Why::HeadersTooLarge).await;
    let (name, authority) = ("n".repeat(11_000), "a".repeat(11_000));
    refused(&show(&[(&name, "")]), Why::HeadersTooLarge).await;
    let far = [(":method", "GET"), (":scheme", "https"), (":path", "/"), (":authority", authority.as_str())];
    refused(&far, Why::Misdirected).await;
}

#[tokio::test]
async fn a_refused_head_keeps_the_table_in_step() {
    let mut client = start().await;
    // Each is remembered by both sides, although the last is far too much to be kept.
    let literal = |name: &str, value: &str| {
        let mut out = vec![0x40, name.len() as u8];
        out.extend(name.bytes());
        out.extend([0x7f, ((value.len() - 127) & 0x7f) as u8 | 0x80, ((value.len() - 127) >> 7) as u8]);
        out.extend(value.bytes());
        out
    };
    let large = "l".repeat(3000);
    let fields = [block(&fields_of("GET", "/")), literal("x-large", &large), vec![0xbe; 6]].concat();
    let events = client.sent(&written(Kind::Headers, END_STREAM | END_HEADERS, 1, &fields)).await;
    assert!(events[0].starts_with("1 431 "), "{events:?}");
    let again = [block(&fields_of("GET", "/show")), vec![0xbe]].concat();
    let events = client.sent(&written(Kind::Headers, END_STREAM | END_HEADERS, 3, &again)).await;
    assert_eq!(events[1], format!("3 data of {} last", "GET /show host=a.b|x-large= 3022".len() + 3000));
}
