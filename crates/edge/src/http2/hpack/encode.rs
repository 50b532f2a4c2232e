//! Writes an answer's fields: from the static table or as they are, and never into the client's dynamic table.
//!
//! SECURITY: what no table holds cannot be guessed by how short a field becomes (RFC 7541, section 7.1).

use http::StatusCode;

/// Tells the client that its table of our fields stays empty, before the first field that we write: nothing that it says
/// of the table's size matters to us then (RFC 7541, section 4.2).
pub(in crate::http2) const NO_TABLE: u8 = 0x20;

/// A literal that the next hop may write into its own tables, and one that no hop may.
const LITERAL: u8 = 0x00;
const NEVER_INDEXED: u8 = 0x10;

/// Writes `:status`.
pub(in crate::http2) fn write_status(out: &mut Vec<u8>, status: StatusCode) {
    let index: u8 = match status.as_u16() {
        200 => 8,
        204 => 9,
        206 => 10,
        304 => 11,
        400 => 12,
        404 => 13,
        500 => 14,
        _ => {
            // The name at 8, and three digits.
            out.extend_from_slice(&[LITERAL | 8, 3]);
            return out.extend_from_slice(status.as_str().as_bytes());
        }
    };
    out.push(0x80 | index);
}

/// Writes a field.
pub(in crate::http2) fn write_field(out: &mut Vec<u8>, name: &str, value: &[u8]) {
    write_name(out, name);
    write_value(out, value);
}

/// Writes a field's name; its value must follow.
pub(in crate::http2) fn write_name(out: &mut Vec<u8>, name: &str) {
    let (kind, index) = match name {
        "accept-ranges" => (LITERAL, 18),
        "access-control-allow-origin" => (LITERAL, 20),
        "age" => (LITERAL, 21),
        "allow" => (LITERAL, 22),
        "authorization" => (NEVER_INDEXED, 23),
        "cache-control" => (LITERAL, 24),
        "content-disposition" => (LITERAL, 25),
        "content-encoding" => (LITERAL, 26),
        "content-language" => (LITERAL, 27),
        "content-length" => (LITERAL, 28),
        "content-location" => (LITERAL, 29),
        "content-range" => (LITERAL, 30),
        "content-type" => (LITERAL, 31),
        "date" => (LITERAL, 33),
        "etag" => (LITERAL, 34),
        "expires" => (LITERAL, 36),
        "last-modified" => (LITERAL, 44),
        "link" => (LITERAL, 45),
        "location" => (LITERAL, 46),
        "proxy-authenticate" => (NEVER_INDEXED, 48),
        "retry-after" => (LITERAL, 53),
        "server" => (LITERAL, 54),
        "set-cookie" => (NEVER_INDEXED, 55),
        "strict-transport-security" => (LITERAL, 56),
        "vary" => (LITERAL, 59),
        "via" => (LITERAL, 60),
        "www-authenticate" => (NEVER_INDEXED, 61),
        _ => {
            out.push(LITERAL);
            return write_value(out, name.as_bytes());
        }
    };
    write_integer(out, kind, 4, index);
}

/// Writes a string as it is: Huffman's code would make it a fifth shorter and cost more than the rest of the answer's head.
pub(in crate::http2) fn write_value(out: &mut Vec<u8>, value: &[u8]) {
    write_integer(out, 0, 7, value.len());
    out.extend_from_slice(value);
}

fn write_integer(out: &mut Vec<u8>, kind: u8, prefix: u32, value: usize) {
    let full = (1 << prefix) - 1;
    if value < full {
        return out.push(kind | value as u8);
    }
    out.push(kind | full as u8);
    let mut rest = value - full;
    while rest >= 0x80 {
        out.push(0x80 | (rest & 0x7f) as u8);
        rest >>= 7;
    }
    out.push(rest as u8);
}

#[cfg(test)]
mod tests {
    use super::super::table::STATIC;
    use super::super::{Decoder, Unread};
    use super::*;
    use proptest::prelude::*;

    fn read(block: &[u8]) -> Result<Vec<(String, Vec<u8>)>, Unread> {
        let (mut bytes, mut fields) = (Vec::new(), Vec::new());
        Decoder::default().decode(block, 100_000, &mut bytes, |bytes, found| {
            let (name, value) = bytes[found.at..].split_at(found.name);
            fields.push((String::from_utf8_lossy(name).into_owned(), value.to_vec()));
        })?;
        Ok(fields)
    }

    #[test]
    fn an_index_stands_for_its_own_name() {
        for (name, _) in STATIC.iter().filter(|(name, _)| !name.starts_with(':')) {
            let mut out = Vec::new();
            write_field(&mut out, name, b"v");
            assert_eq!(read(&out), Ok(vec![((*name).to_owned(), b"v".to_vec())]));
        }
        for status in 200..1000 {
            let (mut out, status) = (Vec::new(), StatusCode::from_u16(status).expect("a status"));
            write_status(&mut out, status);
            assert_eq!(read(&out), Ok(vec![(":status".to_owned(), status.as_str().as_bytes().to_vec())]));
        }
    }

    #[test]
    fn secrets_are_marked_for_every_hop() {
        for (name, secret) in [("set-cookie", true), ("www-authenticate", true), ("etag", false), ("x-a", false)] {
            let mut out = Vec::new();
            write_field(&mut out, name, b"v");
            assert_eq!(out[0] & 0xf0 == NEVER_INDEXED, secret, "{name}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            fields in prop::collection::vec(("[a-z-]{1,300}", prop::collection::vec(any::<u8>(), 0..700)), 0..8)
        ) {
            let mut out = vec![NO_TABLE];
            for (name, value) in &fields {
                write_field(&mut out, name, value);
            }
            prop_assert_eq!(read(&out), Ok(fields));
        }
    }
}
