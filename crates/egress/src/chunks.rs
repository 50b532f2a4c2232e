//! Takes a chunked body apart, piece by piece, without copying it.
//! <https://www.rfc-editor.org/rfc/rfc9112#section-7.1>

use bytes::{Buf as _, Bytes};

use crate::answer::NotHttp;

/// Hexadecimal digits of one chunk size: 2^60 is beyond any body.
const SIZE_DIGITS_MAX: usize = 15;
/// A line with a chunk's size and its extensions, which mean nothing to us.
const LINE_BYTES_MAX: usize = 1024;
/// The extensions of one body, in bytes.
const EXTENSION_BYTES_MAX: usize = 16 * 1024;
/// The trailer section, in bytes; trailers end here.
const TRAILER_BYTES_MAX: usize = 16 * 1024;

/// Where in a chunked body the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Size,
    Data(u64),
    DataEnd,
    Trailers,
    End,
}

/// The state of one chunked body.
#[derive(Debug)]
pub(crate) struct Chunks {
    place: Place,
    extension_bytes: usize,
    trailer_bytes: usize,
}

/// What the next bytes are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// A part of the body.
    Data(Bytes),
    /// Not enough to tell; what is left must be read again with more behind it.
    Missing,
    /// The body has ended.
    End,
}

impl Chunks {
    pub(crate) fn new() -> Self {
        Self { place: Place::Size, extension_bytes: 0, trailer_bytes: 0 }
    }

    /// Takes the next piece off the front of `bytes`.
    pub(crate) fn next(&mut self, bytes: &mut Bytes) -> Result<Piece, NotHttp> {
        loop {
            match self.place {
                Place::Size => {
                    let Some(line) = take_line(bytes, LINE_BYTES_MAX).map_err(|TooLong| NotHttp::Chunk)? else {
                        return Ok(Piece::Missing);
                    };
                    let (size, rest) = read_size(&line)?;
                    self.extension_bytes += rest;
                    if self.extension_bytes > EXTENSION_BYTES_MAX {
                        return Err(NotHttp::Chunk);
                    }
                    self.place = if size == 0 { Place::Trailers } else { Place::Data(size) };
                }
                Place::Data(left) => {
                    if bytes.is_empty() {
                        return Ok(Piece::Missing);
                    }
                    let here = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                    let left = left - here as u64;
                    self.place = if left == 0 { Place::DataEnd } else { Place::Data(left) };
                    return Ok(Piece::Data(bytes.split_to(here)));
                }
                Place::DataEnd => match &bytes[..] {
                    [b'\r', b'\n', ..] => {
                        bytes.advance(2);
                        self.place = Place::Size;
                    }
                    [] | [b'\r'] => return Ok(Piece::Missing),
                    _ => return Err(NotHttp::Chunk),
                },
                Place::Trailers => {
                    let room = TRAILER_BYTES_MAX - self.trailer_bytes;
                    let Some(line) = take_line(bytes, room).map_err(|TooLong| NotHttp::Trailers)? else {
                        return Ok(Piece::Missing);
                    };
                    self.trailer_bytes += line.len().min(room);
                    if line.is_empty() {
                        self.place = Place::End;
                    } else if !is_field(&line) {
                        return Err(NotHttp::Trailers);
                    }
                }
                Place::End => return Ok(Piece::End),
            }
        }
    }
}

struct TooLong;

/// Takes a line that ends with CRLF, without its end; none where it has not ended yet.
fn take_line(bytes: &mut Bytes, max: usize) -> Result<Option<Bytes>, TooLong> {
    let within = &bytes[..bytes.len().min(max + 2)];
    match within.iter().position(|byte| *byte == b'\n') {
        Some(end) if end > 0 && within[end - 1] == b'\r' => {
            let line = bytes.split_to(end - 1);
            bytes.advance(2);
            Ok(Some(line))
        }
        // A bare line feed ends no line.
        Some(_) => Err(TooLong),
        None if bytes.len() > max + 1 => Err(TooLong),
        None => Ok(None),
    }
}

/// A chunk's size, and how many bytes stand behind it.
fn read_size(line: &[u8]) -> Result<(u64, usize), NotHttp> {
    let digits = line.iter().position(|byte| !byte.is_ascii_hexdigit()).unwrap_or(line.len());
    let (size, rest) = line.split_at(digits);
    // Some old servers fill up with blanks.
    let extension = rest.trim_ascii_start();
    let sound = (1..=SIZE_DIGITS_MAX).contains(&digits)
        && (extension.is_empty() || extension.starts_with(b";"))
        && rest.iter().all(|byte| is_text(*byte));
    let size = std::str::from_utf8(size).ok().and_then(|size| u64::from_str_radix(size, 16).ok());
    match size {
        Some(size) if sound => Ok((size, rest.len())),
        Some(_) | None => Err(NotHttp::Chunk),
    }
}

fn is_field(line: &[u8]) -> bool {
    line[0].is_ascii_graphic() && line.contains(&b':') && line.iter().all(|byte| is_text(*byte))
}

fn is_text(byte: u8) -> bool {
    matches!(byte, b'\t' | b' '..=b'~' | 0x80..)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a body held, and what was left behind it.
    type Whole = (Vec<u8>, Vec<u8>);

    /// Reads a body that arrives in parts; none where it has not ended.
    fn read(parts: &[&[u8]]) -> Result<Option<Whole>, NotHttp> {
        let (mut chunks, mut ahead, mut body) = (Chunks::new(), Bytes::new(), Vec::new());
        let mut ended = false;
        for part in parts {
            ahead = Bytes::from([&ahead[..], part].concat());
            while !ended {
                match chunks.next(&mut ahead)? {
                    Piece::Data(data) => body.extend_from_slice(&data),
                    Piece::Missing => break,
                    Piece::End => ended = true,
                }
            }
        }
        Ok(ended.then(|| (body, ahead.to_vec())))
    }

    #[test]
    fn chunks_are_joined_and_trailers_let_go() {
        for (text, body, left) in [
            ("0\r\n\r\n", "", ""),
            ("4\r\npart\r\n0\r\n\r\n", "part", ""),
            ("4;a=b\r\npart\r\n2 \t \r\nxy\r\n00\r\nX-T: 1\r\n\r\nHTTP", "partxy", "HTTP"),
            ("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "01234567890123456789", ""),
        ] {
            let want = Ok(Some((body.as_bytes().to_vec(), left.as_bytes().to_vec())));
            assert_eq!(read(&[text.as_bytes()]), want, "{text:?}");
        }
        assert_eq!(read(&[b"4\r\npart\r\n0\r\n"]), Ok(None), "it has not ended");
    }

    #[test]
    fn whatever_is_not_exactly_chunked_is_refused() {
        let long = format!("1;{}\r\n", "x".repeat(LINE_BYTES_MAX));
        let many = format!("1;{}\r\nx\r\n", "x".repeat(LINE_BYTES_MAX - 2)).repeat(20);
        let trailers = format!("0\r\n{}", "a: b\r\n".repeat(TRAILER_BYTES_MAX));
        let trailer = format!("0\r\na: {}", "b".repeat(TRAILER_BYTES_MAX));
        for text in [
            "\r\n",
            "x\r\n",
            "-1\r\n",
            "+1\r\n",
            "0x1\r\n",
            " 1\r\n",
            "1 2\r\n",
            "1\n",
            "1;a\0\r\n",
            "1;a\rb\r\n",
            "1000000000000000\r\n",
            "1\r\nab\r\n",
            "1\r\na\n",
            "1\r\na\rb",
            "0\r\n folded\r\n",
            "0\r\nnone\r\n",
            "0\r\na: b\n",
            "0\r\n\n",
            &long,
            &many,
            &trailers,
            &trailer,
        ] {
            assert!(read(&[text.as_bytes()]).is_err(), "{:?}", &text[..text.len().min(40)]);
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_in_bounds(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(Some((body, left))) = read(&[&bytes]) {
                prop_assert!(body.len() + left.len() <= bytes.len());
            }
        }

        #[test]
        fn a_body_reads_the_same_however_it_is_cut(
            parts in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 1..40), 0..6),
            cuts in proptest::collection::vec(0usize..400, 0..8),
            spoil in proptest::option::of((0usize..400, any::<u8>())),
        ) {
            let mut text = Vec::new();
            for part in &parts {
                text.extend_from_slice(format!("{:x};e\r\n", part.len()).as_bytes());
                text.extend_from_slice(part);
                text.extend_from_slice(b"\r\n");
            }
            text.extend_from_slice(b"0\r\nX: y\r\n\r\nmore");
            if let Some((at, byte)) = spoil {
                let at = at % text.len();
                text[at] = byte;
            }
            let mut cuts: Vec<_> = cuts.into_iter().map(|cut| cut % text.len()).collect();
            cuts.sort_unstable();
            let mut pieces = Vec::new();
            let mut from = 0;
            for cut in cuts {
                pieces.push(&text[from..cut]);
                from = cut;
            }
            pieces.push(&text[from..]);
            let (whole, cut) = (read(&[&text]), read(&pieces));
            prop_assert_eq!(whole.is_err(), cut.is_err());
            prop_assert_eq!(whole.ok(), cut.ok());
            if spoil.is_none() {
                prop_assert_eq!(read(&[&text]), Ok(Some((parts.concat(), b"more".to_vec()))));
            }
        }
    }
}
