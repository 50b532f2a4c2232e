//! Raw bytes against a real socket: what could be read in two ways is answered 400 and the connection closes.

use crate::support::{Speaks, start};
use edge::FrontEndRefusal as Why;

#[tokio::test]
async fn every_smuggling_shape_is_answered_400_and_closed() {
    let running = start(Speaks::Plain);
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";
    for (head, why) in [
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
            Why::LengthAndEncoding,
        ),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nG",
            Why::LengthAndEncoding,
        ),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", Why::RepeatedLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello", Why::RepeatedLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5,5\r\n\r\nhello", Why::InvalidLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", Why::InvalidLength),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", Why::InvalidEncoding),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
            Why::InvalidEncoding,
        ),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", Why::InvalidEncoding),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", Why::InvalidHeaderName),
        ("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n", Why::ObsoleteFold),
        ("POST / HTTP/1.1\r\nHost: a\r\nX: y\n\r\n", Why::BareLineFeed),
        ("POST / HTTP/1.1\nHost: a\n\n", Why::BareLineFeed),
        ("POST / HTTP/1.1\r\nHost: a\r\nX: y\rTransfer-Encoding: chunked\r\n\r\n", Why::InvalidHeaderValue),
        ("POST / HTTP/1.1\r\nHost: a\r\nX: y\0\r\n\r\n", Why::InvalidHeaderValue),
        ("POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", Why::RepeatedHost),
        ("POST / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", Why::RepeatedHost),
        ("POST / HTTP/1.1\r\n\r\n", Why::MissingHost),
        ("POST / HTTP/1.1\r\nHost: a@b\r\n\r\n", Why::InvalidHost),
        ("POST http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", Why::AuthorityDiffers),
        ("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", Why::InvalidTarget),
        ("\u{16}\u{3}\u{1}\r\n\r\n", Why::InvalidRequestLine),
    ] {
        let answer = running.exchange(format!("{head}{smuggled}").as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{head:?}: {answer:?}");
        assert!(answer.contains("connection: close\r\n") && answer.ends_with(&why.to_string()), "{head:?}: {answer:?}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "one answer: {answer:?}");
        assert_eq!(running.refusals().last(), Some(&why), "{head:?}");
    }
    assert_eq!(running.stop().await.cut_off, 0);
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused_by_size() {
    let running = start(Speaks::Plain);
    let long = "a".repeat(11_000);
    for (head, status) in [
        (format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n"), "414"),
        (format!("GET /{long}"), "414"),
        (format!("GET / HTTP/1.1\r\nHost: a\r\nX: {long}\r\n\r\n"), "431"),
        (format!("GET / HTTP/1.1\r\nHost: a\r\nX: {long}"), "431"),
        (format!("GET / HTTP/1.1\r\nHost: a\r\n{}\r\n", "A:b\r\n".repeat(300)), "431"),
        ("GET / HTTP/3.0\r\nHost: a\r\n\r\n".to_owned(), "505"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), "505"),
    ] {
        let answer = running.exchange(head.as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer:?}");
    }
}

#[tokio::test]
async fn a_refusal_comes_after_the_answers_before_it() {
    let running = start(Speaks::Plain);
    let answer = running
        .exchange(
            b"GET /first HTTP/1.1\r\nHost: a\r\n\r\nPOST /second HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi\
            GET /bad HTTP/1.1\r\n\r\nGET /never HTTP/1.1\r\nHost: a\r\n\r\n",
        )
        .await;
    let places: Vec<_> = ["GET /first", "POST /second", "HTTP/1.1 400"].iter().map(|text| answer.find(text)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{answer:?}");
    assert!(!answer.contains("/never"), "{answer:?}");
}

#[tokio::test]
async fn a_broken_chunk_breaks_the_body_and_the_connection() {
    let running = start(Speaks::Plain);
    for chunks in [
        "3\r\nabcd\r\n",
        "3\nabc\r\n",
        "zz\r\n",
        "3 \r\nabc",
        "3;a\0\r\nabc",
        "ffffffffffffffff\r\n",
        "0\r\nX: y\n\r\n",
    ] {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
        let answer = running.exchange(format!("{head}{chunks}GET /x HTTP/1.1\r\nHost: a\r\n\r\n").as_bytes()).await;
        assert!(answer.starts_with("HTTP/1.1 400 "), "{chunks:?}: {answer:?}");
        assert!(answer.contains("the body broke off") && !answer.contains("/x"), "{chunks:?}: {answer:?}");
    }
}

#[tokio::test]
async fn a_head_that_ends_in_the_middle_is_refused() {
    let running = start(Speaks::Plain);
    let mut stream = running.connect().await;
    tokio::io::AsyncWriteExt::write_all(&mut stream, b"GET / HTTP/1.1\r\nHost").await.expect("it takes bytes");
    tokio::io::AsyncWriteExt::shutdown(&mut stream).await.expect("it half-closes");
    let answer = crate::support::read_to_end(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 400 "), "{answer:?}");
    assert_eq!(running.refusals(), [Why::Truncated]);
}
