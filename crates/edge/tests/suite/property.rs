//! Whatever bytes come: no panic, bounded, and for sound requests the same reading as everybody's.

use bytes::Bytes;
use edge::Limits;
use edge::testing::{Chunks, Framing, Scan, parse};
use proptest::prelude::*;

fn token() -> impl Strategy<Value = String> {
    "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,20}".prop_filter("names with a meaning of their own", |name| {
        !["host", "content-length", "transfer-encoding"].contains(&name.to_ascii_lowercase().as_str())
    })
}

/// A sound request: its bytes, and its body's bytes on the wire.
fn request() -> impl Strategy<Value = (String, Vec<u8>)> {
    let headers = prop::collection::vec((token(), "[ -~\t]{0,40}"), 0..20);
    let body = prop::collection::vec(any::<u8>(), 0..200);
    ("[A-Z]{1,10}", "/[!$-~]{0,100}", headers, body, any::<bool>()).prop_filter_map(
        "CONNECT is not served",
        |(method, target, headers, body, chunked)| {
            if method == "CONNECT" {
                return None;
            }
            let mut head = format!("{method} {target} HTTP/1.1\r\nHost: a.b:80\r\n");
            head.extend(headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")));
            let (framing, wire) = if chunked {
                ("Transfer-Encoding: chunked\r\n\r\n".to_owned(), in_chunks(&body))
            } else {
                (format!("Content-Length: {}\r\n\r\n", body.len()), body)
            };
            head.push_str(&framing);
            Some((head, wire))
        },
    )
}

fn in_chunks(body: &[u8]) -> Vec<u8> {
    let mut wire = Vec::new();
    for piece in body.chunks(7) {
        wire.extend(format!("{:x}\r\n", piece.len()).bytes());
        wire.extend(piece);
        wire.extend(b"\r\n");
    }
    wire.extend(b"0\r\n\r\n");
    wire
}

/// Reads one request off `stream` as the guard does; answers where it ends.
fn read_one(stream: &[u8]) -> Option<usize> {
    let limits = Limits::default();
    let found = Scan::default().advance(stream, &limits).ok()??;
    let parsed = parse(&Bytes::copy_from_slice(&stream[found.start..found.end]), &limits).ok()?;
    let body = &stream[found.end..];
    let length = match parsed.framing {
        Framing::Length(length) => usize::try_from(length).ok()?,
        Framing::Chunked => {
            let mut chunks = Chunks::default();
            let used = chunks.advance(body).ok()?;
            chunks.ended().then_some(used)?
        }
    };
    Some(found.end + length)
}

proptest! {
    #[test]
    fn pipelined_requests_are_framed_as_httparse_frames_them(requests in prop::collection::vec(request(), 1..5)) {
        let stream: Vec<u8> = requests.iter().flat_map(|(head, body)| [head.as_bytes(), body].concat()).collect();
        let mut at = 0;
        for (head, body) in &requests {
            let mut fields = [httparse::EMPTY_HEADER; 64];
            let mut theirs = httparse::Request::new(&mut fields);
            let status = theirs.parse(&stream[at..]).expect("a sound request");
            prop_assert_eq!(status, httparse::Status::Complete(head.len()));
            let raw = Bytes::copy_from_slice(head.as_bytes());
            let ours = parse(&raw, &Limits::default()).expect("a sound request").head;
            prop_assert_eq!(Some(ours.target.as_str()), theirs.path);
            prop_assert!(ours.received.iter().eq(theirs.headers.iter().map(|field| (field.name, field.value))));
            at += read_one(&stream[at..]).expect("a sound request");
            prop_assert_eq!(&stream[at - body.len()..at], &body[..]);
        }
        prop_assert_eq!(at, stream.len());
    }

    #[test]
    fn no_bytes_make_a_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = read_one(&bytes);
        let _ = parse(&Bytes::from(bytes.clone()), &Limits::default());
        let _ = Chunks::default().advance(&bytes);
    }

    #[test]
    fn whatever_is_accepted_can_be_a_header_anywhere(
        (head, _) in request(), at in any::<prop::sample::Index>(), byte in any::<u8>()
    ) {
        let mut bytes = head.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(parsed) = parse(&Bytes::from(bytes), &Limits::default()) {
            for (name, value) in parsed.head.received.iter() {
                prop_assert!(http::HeaderName::from_bytes(name.as_bytes()).is_ok(), "{:?}", name);
                prop_assert!(http::HeaderValue::from_bytes(value).is_ok(), "{:?}", value);
            }
            prop_assert_eq!(parsed.head.received.to_map().len(), parsed.head.received.len());
        }
    }

    #[test]
    fn no_spoiled_request_makes_a_reader_panic(
        (head, body) in request(), at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()
    ) {
        let mut bytes = [head.as_bytes(), &body].concat();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = read_one(&bytes);
        let _ = read_one(&bytes[..cut.index(bytes.len())]);
    }

    #[test]
    fn a_chunk_reader_takes_the_same_however_the_bytes_are_cut(body in prop::collection::vec(any::<u8>(), 0..300), size in 1usize..20) {
        let wire = [in_chunks(&body), b"GET / HTTP".to_vec()].concat();
        let mut whole = Chunks::default();
        let used = whole.advance(&wire).expect("sound");
        let mut pieces = Chunks::default();
        let cut: usize = wire.chunks(size).map(|piece| pieces.advance(piece).expect("sound")).sum();
        prop_assert_eq!((used, whole.ended(), pieces.ended()), (cut, true, true));
        prop_assert_eq!(&wire[used..], b"GET / HTTP");
        let mut size = [0; 16];
        size[..wire.len().min(16)].copy_from_slice(&wire[..wire.len().min(16)]);
        prop_assert!(httparse::parse_chunk_size(&wire).is_ok());
    }
}
