//! Reads a header block field by field, and keeps the dynamic table in step.
//! <https://www.rfc-editor.org/rfc/rfc7541#section-6>

use super::huffman;
use super::table::Table;

/// Why a block is not read to its end: from there on the tables of both sides differ, so the connection ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http2) enum Unread {
    /// It breaks the format.
    Malformed,
    /// It unfolds into more than anybody needs.
    Bomb,
}

/// A field, at the end of the bytes it was read into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::http2) struct Found {
    /// Where its name begins.
    pub(in crate::http2) at: usize,
    /// How long the name is; the rest is the value.
    pub(in crate::http2) name: usize,
}

/// What one client's blocks are read with.
#[derive(Debug, Default)]
pub(in crate::http2) struct Decoder {
    table: Table,
}

/// How a literal is to be remembered.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Indexing {
    Incremental,
    None,
}

impl Decoder {
    /// Reads a whole block. Each field is appended to `into`, and `take` may cut it off again.
    ///
    /// SECURITY: one byte can stand for four thousand, and what is cut off again has cost its copying. So a block may unfold
    /// into `unfolded_max` bytes and no more.
    pub(in crate::http2) fn decode(
        &mut self,
        block: &[u8],
        unfolded_max: usize,
        into: &mut Vec<u8>,
        mut take: impl FnMut(&mut Vec<u8>, Found),
    ) -> Result<(), Unread> {
        let (mut rest, mut unfolded) = (Rest(block), 0);
        let mut begun = false;
        while let Some(first) = rest.0.first() {
            let at = into.len();
            // The highest bit that is set says what it is.
            let name = match first.leading_zeros() {
                0 => {
                    let index = rest.integer(7)?;
                    let (name, value) = self.table.get(index).ok_or(Unread::Malformed)?;
                    into.extend_from_slice(name);
                    into.extend_from_slice(value);
                    name.len()
                }
                1 => self.literal(&mut rest, 6, Indexing::Incremental, into)?,
                2 => {
                    let size = rest.integer(5)?;
                    // Only before the first field (section 4.2).
                    self.table.resize(size).filter(|()| !begun).ok_or(Unread::Malformed)?;
                    continue;
                }
                // Never to be indexed, or not this time: to whoever reads it is all the same.
                _ => self.literal(&mut rest, 4, Indexing::None, into)?,
            };
            begun = true;
            unfolded += into.len() - at;
            if unfolded > unfolded_max {
                return Err(Unread::Bomb);
            }
            take(into, Found { at, name });
        }
        Ok(())
    }

    /// Lets the room go that is not used.
    pub(in crate::http2) fn settle(&mut self) {
        self.table.settle();
    }

    /// Appends a field that is not in a table as it is; answers how long its name is.
    fn literal(
        &mut self,
        rest: &mut Rest<'_>,
        prefix: u32,
        indexing: Indexing,
        into: &mut Vec<u8>,
    ) -> Result<usize, Unread> {
        let at = into.len();
        match rest.integer(prefix)? {
            0 => rest.string(into)?,
            index => into.extend_from_slice(self.table.get(index).ok_or(Unread::Malformed)?.0),
        }
        let name = into.len() - at;
        rest.string(into)?;
        if indexing == Indexing::Incremental {
            let (name, value) = into[at..].split_at(name);
            self.table.insert(name, value);
        }
        Ok(name)
    }
}

/// What is left of a block.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn byte(&mut self) -> Result<u8, Unread> {
        let (first, rest) = self.0.split_first().ok_or(Unread::Malformed)?;
        self.0 = rest;
        Ok(*first)
    }

    /// An integer that begins with the lowest bits of a byte (section 5.1). No index and no length needs more than 28 bits.
    fn integer(&mut self, prefix: u32) -> Result<usize, Unread> {
        let full = (1 << prefix) - 1;
        let first = usize::from(self.byte()?) & full;
        if first < full {
            return Ok(first);
        }
        let mut value = full;
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?;
            value += usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(Unread::Malformed)
    }

    /// A string (section 5.2), appended to `into`.
    fn string(&mut self, into: &mut Vec<u8>) -> Result<(), Unread> {
        let coded = self.0.first().ok_or(Unread::Malformed)? & 0x80 != 0;
        let length = self.integer(7)?;
        let (string, rest) = self.0.split_at_checked(length).ok_or(Unread::Malformed)?;
        self.0 = rest;
        if coded {
            return huffman::decode(string, into);
        }
        into.extend_from_slice(string);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(decoder: &mut Decoder, block: &[u8]) -> Result<Vec<(String, String)>, Unread> {
        let (mut bytes, mut fields) = (Vec::new(), Vec::new());
        decoder.decode(block, 100_000, &mut bytes, |bytes, found| {
            let (name, value) = bytes[found.at..].split_at(found.name);
            fields.push((String::from_utf8_lossy(name).into_owned(), String::from_utf8_lossy(value).into_owned()));
            bytes.truncate(found.at);
        })?;
        Ok(fields)
    }

    #[test]
    fn what_breaks_the_format_is_an_error() {
        for (block, why) in [
            (&[0x80][..], "index 0"),
            (&[0xbe], "an index behind both tables"),
            (&[0xff, 0x80, 0x80, 0x80, 0x80, 0x00], "an integer of too many bytes"),
            (&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f], "an integer beyond 64 bits"),
            (&[0xff], "an integer that breaks off"),
            (&[0x00], "a literal without a name"),
            (&[0x00, 0x02, b'a'], "a name that breaks off"),
            (&[0x00, 0x01, b'a'], "a literal without a value"),
            (&[0x00, 0x01, b'a', 0x02, b'b'], "a value that breaks off"),
            (&[0x00, 0x01, b'a', 0x81, 0x00], "padding of the code that is not ones"),
            (&[0x00, 0x01, b'a', 0x84, 0xff, 0xff, 0xff, 0xff], "the code's end"),
            (&[0x3f, 0xe2, 0x1f], "a size of 4097 bytes"),
            (&[0x82, 0x20], "a size behind a field"),
            (&[0x7f, 0x00, 0x01, b'a'], "a name behind both tables"),
        ] {
            assert_eq!(decode(&mut Decoder::default(), block), Err(Unread::Malformed), "{why}");
        }
    }

    #[test]
    fn a_size_may_change_before_the_first_field() {
        let mut decoder = Decoder::default();
        assert_eq!(decode(&mut decoder, b"\x40\x01a\x01b\xbe").map(|fields| fields.len()), Ok(2));
        assert_eq!(decode(&mut decoder, &[0x20, 0x3f, 0xe1, 0x1f, 0x82]).map(|fields| fields.len()), Ok(1));
        assert_eq!(decode(&mut decoder, &[0xbe]), Err(Unread::Malformed), "it was emptied");
    }

    #[test]
    fn a_block_unfolds_into_so_much_and_no_more() {
        let mut decoder = Decoder::default();
        let long = [&[0x40, 1, b'a', 0x7f, 0xff - 0x7f + 0x01, 0x1e][..], &[b'x'; 127 + 1 + 30 * 128]].concat();
        assert_eq!(decode(&mut decoder, &long).map(|fields| fields[0].1.len()), Ok(127 + 1 + 30 * 128));
        assert_eq!(decode(&mut decoder, &[0xbe; 25]).map(|fields| fields.len()), Ok(25));
        assert_eq!(decode(&mut decoder, &[0xbe; 26]), Err(Unread::Bomb));
    }

    /// Blocks that are likely to be sound: indices around both tables' ends, literals, sizes.
    fn block() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            (1u8..68).prop_map(|index| vec![0x80 | index]),
            ("[a-z]{0,9}", prop::collection::vec(any::<u8>(), 0..40), prop::sample::select(vec![0x40u8, 0x00, 0x10]))
                .prop_map(|(name, value, kind)| {
                    [&[kind, name.len() as u8], name.as_bytes(), &[value.len() as u8], &value].concat()
                }),
            (0u8..32).prop_map(|size| vec![0x20 | size]),
            prop::collection::vec(any::<u8>(), 0..6),
        ];
        prop::collection::vec(piece, 0..20).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_or_refused_in_bounded_memory(blocks in prop::collection::vec(block(), 0..8)) {
            let mut decoder = Decoder::default();
            for block in blocks {
                let mut bytes = Vec::new();
                let decoded = decoder.decode(&block, 100_000, &mut bytes, |bytes, found| {
                    assert!(found.at + found.name <= bytes.len(), "a name is within its field");
                    assert!(bytes.len() - found.at <= (block.len() * 8).div_ceil(5) + 4096, "no field outgrows its block");
                    bytes.truncate(found.at);
                });
                if decoded.is_err() {
                    break;
                }
            }
        }
    }
}
