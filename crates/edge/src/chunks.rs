//! Takes a chunked body apart to its last byte, and breaks off whatever is not exactly one.
//! <https://www.rfc-editor.org/rfc/rfc9112#section-7.1>

/// Hexadecimal digits of one chunk size: 2^60 is beyond any body.
const SIZE_DIGITS_MAX: u8 = 15;
/// Chunk extensions of one body, in bytes; they mean nothing to us.
const EXTENSION_BYTES_MAX: u32 = 4 * 1024;
/// The trailer section, in bytes.
const TRAILER_BYTES_MAX: u32 = 8 * 1024;

/// Why a chunked body is broken off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ChunkError {
    /// No hexadecimal digit, or too many.
    #[error("a chunk size is malformed")]
    Size,
    /// Control characters, or too many bytes.
    #[error("a chunk extension is malformed or too long")]
    Extension,
    /// A CR without LF, an LF without CR, or data longer than its chunk.
    #[error("a chunk does not end with CRLF")]
    LineEnd,
    /// Too many bytes, or a line that is no header.
    #[error("the trailers are malformed or too long")]
    Trailer,
}

/// Where in a chunked body the next byte stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Size { value: u64, digits: u8 },
    Extension { value: u64 },
    SizeLineFeed { value: u64 },
    Data { left: u64 },
    DataReturn,
    DataLineFeed,
    TrailerStart,
    Trailer,
    TrailerLineFeed,
    LastLineFeed,
    End,
}

/// What stands at the beginning of some bytes of a chunked body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piece {
    /// So many bytes of framing first.
    pub framing: usize,
    /// Then so many of the body itself.
    pub data: usize,
}

/// The state of one chunked body.
#[derive(Debug)]
pub struct Chunks {
    place: Place,
    extension_bytes: u32,
    trailer_bytes: u32,
}

impl Default for Chunks {
    fn default() -> Self {
        Self { place: Place::Size { value: 0, digits: 0 }, extension_bytes: 0, trailer_bytes: 0 }
    }
}

impl Chunks {
    /// Whether the body's last byte has been seen.
    pub fn ended(&self) -> bool {
        self.place == Place::End
    }

    /// Follows `bytes` and says how many of them belong to this body.
    pub fn advance(&mut self, bytes: &[u8]) -> Result<usize, ChunkError> {
        let mut at = 0;
        loop {
            let Piece { framing, data } = self.next(&bytes[at..])?;
            at += framing + data;
            if data == 0 {
                return Ok(at);
            }
        }
    }

    /// Follows `bytes` to the end of their first data. Where there is none, all of them are framing, up to the body's end.
    pub fn next(&mut self, bytes: &[u8]) -> Result<Piece, ChunkError> {
        let mut at = 0;
        while at < bytes.len() && !self.ended() {
            if let Place::Data { left } = self.place {
                let data = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len() - at);
                let left = left - data as u64;
                self.place = if left == 0 { Place::DataReturn } else { Place::Data { left } };
                return Ok(Piece { framing: at, data });
            }
            self.place = self.step(bytes[at])?;
            at += 1;
        }
        Ok(Piece { framing: at, data: 0 })
    }

    fn step(&mut self, byte: u8) -> Result<Place, ChunkError> {
        match (self.place, byte) {
            (Place::Size { digits: 1.., value } | Place::Extension { value }, b'\r') => {
                Ok(Place::SizeLineFeed { value })
            }
            (Place::Size { digits: 1.., value }, b';') => Ok(Place::Extension { value }),
            (Place::Size { value, digits }, digit) => match char::from(digit).to_digit(16) {
                Some(digit) if digits < SIZE_DIGITS_MAX => {
                    Ok(Place::Size { value: value * 16 + u64::from(digit), digits: digits + 1 })
                }
                _ => Err(ChunkError::Size),
            },
            (Place::Extension { value }, byte) => {
                self.extension_bytes += 1;
                if is_text(byte) && self.extension_bytes <= EXTENSION_BYTES_MAX {
                    Ok(Place::Extension { value })
                } else {
                    Err(ChunkError::Extension)
                }
            }
            (Place::SizeLineFeed { value: 0 } | Place::TrailerLineFeed, b'\n') => Ok(Place::TrailerStart),
            (Place::SizeLineFeed { value }, b'\n') => Ok(Place::Data { left: value }),
            (Place::DataReturn, b'\r') => Ok(Place::DataLineFeed),
            (Place::DataLineFeed, b'\n') => Ok(Place::Size { value: 0, digits: 0 }),
            (Place::TrailerStart, b'\r') => Ok(Place::LastLineFeed),
            (Place::LastLineFeed, b'\n') => Ok(Place::End),
            (Place::Trailer, b'\r') => Ok(Place::TrailerLineFeed),
            (Place::TrailerStart | Place::Trailer, byte) => {
                self.trailer_bytes += 1;
                let folded = self.place == Place::TrailerStart && !byte.is_ascii_graphic();
                if folded || !is_text(byte) || self.trailer_bytes > TRAILER_BYTES_MAX {
                    return Err(ChunkError::Trailer);
                }
                Ok(Place::Trailer)
            }
            _ => Err(ChunkError::LineEnd),
        }
    }
}

/// Visible characters, spaces, tabs, and bytes beyond ASCII.
fn is_text(byte: u8) -> bool {
    byte == b'\t' || (byte >= b' ' && byte != 0x7f)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunked_body_ends_behind_its_last_empty_line() {
        for (body, len) in [
            ("0\r\n\r\nGET", 5),
            ("3\r\nabc\r\n0\r\n\r\n", 13),
            ("A;x=\"y\"\r\n0123456789\r\n000\r\nX: y\r\n\r\nrest", 34),
            ("2\r\n\r\n\r\n0\r\n\r\n", 12),
        ] {
            let mut chunks = Chunks::default();
            assert_eq!(chunks.advance(body.as_bytes()), Ok(len), "{body:?}");
            assert!(chunks.ended(), "{body:?}");
            let mut chunks = Chunks::default();
            let used: usize = body.as_bytes().chunks(1).map(|byte| chunks.advance(byte).expect("sound")).sum();
            assert_eq!(used, len, "byte by byte: {body:?}");
        }
    }

    #[test]
    fn data_is_told_from_its_framing() {
        let body = b"3;x\r\nabc\r\n2\r\nde\r\n0\r\nT: v\r\n\r\nGET";
        let (mut chunks, mut at, mut data) = (Chunks::default(), 0, Vec::new());
        while !chunks.ended() {
            let piece = chunks.next(&body[at..]).expect("sound");
            at += piece.framing;
            data.extend(&body[at..at + piece.data]);
            at += piece.data;
        }
        assert_eq!((&*data, &body[at..]), (&b"abcde"[..], &b"GET"[..]));
    }

    #[test]
    fn whatever_is_not_exactly_chunked_is_broken_off() {
        for (body, why) in [
            ("\r\n", ChunkError::Size),
            (" 3\r\nabc", ChunkError::Size),
            ("3 \r\nabc", ChunkError::Size),
            ("0x3\r\nabc", ChunkError::Size),
            ("-3\r\nabc", ChunkError::Size),
            ("1000000000000000\r\n", ChunkError::Size),
            ("3\nabc", ChunkError::Size),
            ("3;a\nb\r\n", ChunkError::Extension),
            ("3;a\0\r\n", ChunkError::Extension),
            ("3\r\rabc", ChunkError::LineEnd),
            ("3\r\nabcd\r\n", ChunkError::LineEnd),
            ("3\r\nabc\n0\r\n", ChunkError::LineEnd),
            ("3\r\nabc\r0", ChunkError::LineEnd),
            ("0\r\nX: y\n\r\n", ChunkError::Trailer),
            ("0\r\n X: y\r\n\r\n", ChunkError::Trailer),
            ("0\r\n\n", ChunkError::Trailer),
            ("0\r\n\r\r", ChunkError::LineEnd),
        ] {
            assert_eq!(Chunks::default().advance(body.as_bytes()), Err(why), "{body:?}");
        }
        let endless = format!("1;{}", "x".repeat(5000));
        assert_eq!(Chunks::default().advance(endless.as_bytes()), Err(ChunkError::Extension));
        let endless = format!("0\r\n{}", "x: y\r\n".repeat(5000));
        assert_eq!(Chunks::default().advance(endless.as_bytes()), Err(ChunkError::Trailer));
    }
}
