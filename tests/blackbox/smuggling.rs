//! Request smuggling: two readings of one byte stream. Each attempt is refused as a whole, and nothing of it goes upstream.
//! <https://www.rfc-editor.org/rfc/rfc9112#section-11.2>

use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Empty};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tests::{Api, Installation, Store, Upstream, line};

/// Sends `attack`, followed by a request that only a second reading would see.
async fn check(attack: &str) {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    let smuggled = format!("GET /prod/admin HTTP/1.1\r\nHost: {}\r\n\r\n", api.host);
    for (name, bytes) in cases(attack, &api.host) {
        let mut line = api.connect(&installation).await;
        let answer = line.ask(format!("{bytes}{smuggled}")).await;
        // A connection closed without an answer refuses as well.
        if let Some(answer) = answer {
            assert_eq!(answer.status, 400, "{attack}, {name}: {}", answer.text());
            assert_eq!(line.rest().await, b"", "{attack}, {name}: a second answer");
        }
        assert_eq!(upstream.targets(), [""; 0], "{attack}, {name}");
    }
}

fn cases(attack: &str, host: &str) -> Vec<(&'static str, String)> {
    let post = format!("POST /prod/pets HTTP/1.1\r\nHost: {host}\r\n");
    let get = format!("GET /prod/pets HTTP/1.1\r\nHost: {host}\r\n");
    let chunked = "Transfer-Encoding: chunked\r\n";
    match attack {
        "length and encoding" => vec![
            ("length first", format!("{post}Content-Length: 6\r\n{chunked}\r\n0\r\n\r\nG")),
            ("encoding first", format!("{post}{chunked}Content-Length: 6\r\n\r\n0\r\n\r\nG")),
        ],
        "two lengths" => vec![
            ("different", format!("{post}Content-Length: 5\r\nContent-Length: 50\r\n\r\nhello")),
            ("equal", format!("{post}Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello")),
            ("a list", format!("{post}Content-Length: 5, 5\r\n\r\nhello")),
        ],
        "odd lengths" => vec![
            ("signed", format!("{post}Content-Length: +5\r\n\r\nhello")),
            ("negative", format!("{post}Content-Length: -5\r\n\r\nhello")),
            ("hexadecimal", format!("{post}Content-Length: 0x5\r\n\r\nhello")),
            ("too large for any number", format!("{post}Content-Length: 99999999999999999999\r\n\r\nhello")),
            ("space before the colon", format!("{post}Content-Length : 5\r\n\r\nhello")),
        ],
        "odd encodings" => vec![
            ("unknown", format!("{post}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")),
            ("twice", format!("{post}{chunked}{chunked}\r\n0\r\n\r\n")),
            ("not last", format!("{post}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n")),
            ("vertical tab", format!("{post}Transfer-Encoding:\u{b}chunked\r\n\r\n0\r\n\r\n")),
            ("space before the colon", format!("{post}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n")),
        ],
        "bare line feeds" => vec![
            ("in the request line", format!("GET /prod/pets HTTP/1.1\nHost: {host}\r\n\r\n")),
            ("in a header line", format!("GET /prod/pets HTTP/1.1\r\nHost: {host}\nX-A: b\r\n\r\n")),
            ("at the end of the head", format!("GET /prod/pets HTTP/1.1\r\nHost: {host}\r\n\n")),
        ],
        "folded headers" => vec![
            ("with a space", format!("{get}X-A: b\r\n Content-Length: 5\r\n\r\n")),
            ("with a tab", format!("{get}X-A: b\r\n\tc\r\n\r\n")),
        ],
        "hosts" => vec![
            ("two", format!("{get}Host: evil.example\r\n\r\n")),
            ("two equal ones", format!("{get}Host: {host}\r\n\r\n")),
            ("none", "GET /prod/pets HTTP/1.1\r\n\r\n".to_owned()),
            ("another in the target", format!("GET https://evil.example/prod/pets HTTP/1.1\r\nHost: {host}\r\n\r\n")),
        ],
        other => panic!("no cases for `{other}`"),
    }
}

#[tokio::test]
async fn a_body_with_length_and_encoding_is_refused() {
    check("length and encoding").await;
}

#[tokio::test]
async fn a_length_given_twice_is_refused() {
    check("two lengths").await;
}

#[tokio::test]
async fn a_length_that_is_no_plain_number_is_refused() {
    check("odd lengths").await;
}

#[tokio::test]
async fn an_encoding_other_than_chunked_is_refused() {
    check("odd encodings").await;
}

#[tokio::test]
async fn a_bare_line_feed_is_refused() {
    check("bare line feeds").await;
}

#[tokio::test]
async fn a_folded_header_is_refused() {
    check("folded headers").await;
}

#[tokio::test]
async fn a_request_with_two_hosts_or_none_is_refused() {
    check("hosts").await;
}

#[tokio::test]
async fn broken_chunks_end_the_connection_and_never_become_a_request() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    for body in
        ["5\r\nhelloX\r\n0\r\n\r\n", "5;\n\r\nhello\r\n0\r\n\r\n", "-1\r\n", "FFFFFFFFFFFFFFFFF\r\n", "5\nhello\n0\n\n"]
    {
        let head = format!("POST /prod/pets HTTP/1.1\r\nHost: {}\r\nTransfer-Encoding: chunked\r\n\r\n", api.host);
        let mut line = api.connect(&installation).await;
        let answer = line.ask(format!("{head}{body}GET /prod/admin HTTP/1.1\r\nHost: {}\r\n\r\n", api.host)).await;
        assert!(answer.is_none_or(|answer| answer.status >= 400), "{body:?}");
        line.rest().await;
        assert!(!upstream.targets().contains(&"/admin".to_owned()), "{body:?}");
    }
}

#[tokio::test]
async fn an_honest_body_is_followed_by_the_next_request() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let api = Api::deploy(&installation, &upstream).await;
    let mut line = api.connect(&installation).await;
    let post = format!("POST /prod/pets HTTP/1.1\r\nHost: {}\r\n", api.host);
    for body in ["Content-Length: 5\r\n\r\nhello", "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n"]
    {
        let answer = line.ask(format!("{post}{body}")).await.expect("an answer");
        assert_eq!((answer.status, answer.json()["bytes"].as_u64()), (200, Some(5)), "{body:?}: {}", answer.text());
    }
    assert_eq!(upstream.targets(), ["/pets", "/pets"]);
}

#[tokio::test]
async fn an_authority_other_than_the_connections_host_is_misdirected() {
    let upstream = Upstream::start().await;
    let installation = Installation::start(Store::Sqlite).await;
    let here = Api::deploy(&installation, &upstream).await;
    let there = Api::deploy(&installation, &upstream).await;
    let tls = line::handshake(installation.gateway(), installation.ca(), &here.host, "h2").await.expect("a handshake");
    let (mut client, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(tls)).await.expect("HTTP/2");
    let connection = tokio::spawn(connection);
    for (host, header, expected) in
        [(&here.host, None, 200), (&there.host, None, 421), (&here.host, Some(&there.host), 400)]
    {
        let mut request = Request::get(format!("https://{host}/prod/pets"));
        if let Some(header) = header {
            request = request.header("host", header);
        }
        let answer = client.send_request(request.body(Empty::<Bytes>::new()).expect("a request")).await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), expected, "authority {host}, host {header:?}");
        answer.into_body().collect().await.expect("a body");
    }
    assert_eq!(upstream.targets(), ["/pets"]);
    connection.abort();
}
