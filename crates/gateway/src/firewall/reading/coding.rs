//! Bodies that are packed: `Content-Encoding` (RFC 9110, section 8.4).

use std::io::Read;

use bytes::Bytes;
use edge::ReceivedHeaders;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};

use super::Reading;

/// So many codings upon one another are unpacked; nobody sends more in good faith.
const CODINGS_MAX: usize = 3;

/// The body without the codings that the headers name, the last one taken off first; `None` where they name none.
// SECURITY: no more is unpacked than is inspected, however little was sent.
pub(super) fn unpack(received: &ReceivedHeaders, body: &Reading, most: usize) -> Option<Reading> {
    let lines = received.get_all("content-encoding");
    let codings: Vec<&[u8]> = lines
        .flat_map(|line| line.split(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case(b"identity"))
        .take(CODINGS_MAX + 1)
        .collect();
    if codings.len() > CODINGS_MAX {
        return Some(Reading { truncated: true, ..body.clone() });
    }
    let unpack = |body, coding: &&[u8]| one(coding, body, most);
    (!codings.is_empty()).then(|| codings.iter().rev().fold(body.clone(), unpack))
}

fn one(coding: &[u8], packed: Reading, most: usize) -> Reading {
    let is = |name: &[u8]| coding.eq_ignore_ascii_case(name);
    let bytes: &[u8] = &packed.bytes;
    let unpacked = if is(b"gzip") || is(b"x-gzip") {
        read(MultiGzDecoder::new(bytes), most)
    } else if is(b"deflate") {
        // Some send it without the frame that the RFC asks for, and back ends take both.
        let framed = read(ZlibDecoder::new(bytes), most);
        if framed.0.is_empty() { read(DeflateDecoder::new(bytes), most) } else { framed }
    } else {
        (Vec::new(), false)
    };
    match unpacked {
        // Nothing could be read: as it came, for rules that look at what is too long all the same.
        (bytes, false) if bytes.is_empty() => Reading { truncated: true, ..packed },
        (bytes, whole) => Reading { bytes: Bytes::from(bytes), truncated: packed.truncated || !whole },
    }
}

/// At most a byte more than is inspected, and whether it came to its end without a fault.
fn read(from: impl Read, most: usize) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    let whole = from.take(most as u64 + 1).read_to_end(&mut bytes).is_ok();
    (bytes, whole)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::super::tests::{headers, reading};
    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("a vector takes all");
        encoder.finish().expect("a vector takes all")
    }

    fn deflated(bytes: &[u8]) -> [Vec<u8>; 2] {
        let mut framed = ZlibEncoder::new(Vec::new(), Compression::default());
        let mut bare = DeflateEncoder::new(Vec::new(), Compression::default());
        framed.write_all(bytes).expect("a vector takes all");
        bare.write_all(bytes).expect("a vector takes all");
        [framed.finish().expect("a vector takes all"), bare.finish().expect("a vector takes all")]
    }

    #[test]
    fn a_packed_body_is_read_as_its_back_end_reads_it() {
        let text = b"q=<script>alert(1)</script>";
        for (lines, body) in [
            (&["gzip"][..], gzip(text)),
            (&["X-GZip"], gzip(text)),
            (&["identity, gzip"], gzip(text)),
            (&["deflate"], deflated(text)[0].clone()),
            (&["deflate"], deflated(text)[1].clone()),
            (&["gzip, deflate"], deflated(&gzip(text))[0].clone()),
            (&["gzip", "gzip"], gzip(&gzip(text))),
            // Members one behind the other are one text.
            (&["gzip"], [gzip(&text[..9]), gzip(&text[9..])].concat()),
        ] {
            assert_eq!(reading("content-encoding", lines, &body, 1000), (text.to_vec(), false), "{lines:?}");
        }
    }

    #[test]
    fn what_cannot_be_unpacked_is_too_long_to_be_read() {
        let text = b"q=<script>alert(1)</script>";
        for (lines, body) in [
            (&["gzip"][..], text.to_vec()),
            (&["br"], text.to_vec()),
            (&["zstd"], text.to_vec()),
            (&["gzip, nonsense"], text.to_vec()),
            (&["gzip"; 4], text.to_vec()),
        ] {
            assert_eq!(reading("content-encoding", lines, &body, 1000), (text.to_vec(), true), "{lines:?}");
        }
        let cut = gzip(&[b'a'; 500]);
        let (_, truncated) = reading("content-encoding", &["gzip"], &cut[..cut.len() - 9], 1000);
        assert!(truncated, "it breaks off");
    }

    #[test]
    fn a_bomb_is_unpacked_as_far_as_is_inspected() {
        let bomb = gzip(&gzip(&vec![0; 20_000_000]));
        let read = Reading::of(&headers("content-encoding", &["gzip, gzip"]), &Bytes::from(bomb), 1000);
        assert!(read.bytes.len() <= 2 * 1000 + 2 && read.truncated);
    }
}
