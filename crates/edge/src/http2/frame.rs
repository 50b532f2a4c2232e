//! HTTP/2 frames: how their heads are read and written, and the small ones that only hold numbers.
//! <https://www.rfc-editor.org/rfc/rfc9113#section-4>

use std::ops::Range;

/// What stands before every payload.
pub(super) const HEAD_BYTES: usize = 9;
/// The longest payload that we take and that every client takes (RFC 9113, section 6.5.2).
pub(super) const PAYLOAD_BYTES_MAX: usize = 16_384;

pub(super) const END_STREAM: u8 = 0x1;
pub(super) const ACK: u8 = 0x1;
pub(super) const END_HEADERS: u8 = 0x4;
pub(super) const PADDED: u8 = 0x8;
pub(super) const PRIORITY: u8 = 0x20;

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Data,
    Headers,
    Priority,
    Reset,
    Settings,
    PushPromise,
    Ping,
    GoAway,
    WindowUpdate,
    Continuation,
    /// One of an extension that we do not know.
    Unknown(u8),
}

impl Kind {
    fn read(byte: u8) -> Self {
        match byte {
            0 => Self::Data,
            1 => Self::Headers,
            2 => Self::Priority,
            3 => Self::Reset,
            4 => Self::Settings,
            5 => Self::PushPromise,
            6 => Self::Ping,
            7 => Self::GoAway,
            8 => Self::WindowUpdate,
            9 => Self::Continuation,
            unknown => Self::Unknown(unknown),
        }
    }

    fn byte(self) -> u8 {
        match self {
            Self::Data => 0,
            Self::Headers => 1,
            Self::Priority => 2,
            Self::Reset => 3,
            Self::Settings => 4,
            Self::PushPromise => 5,
            Self::Ping => 6,
            Self::GoAway => 7,
            Self::WindowUpdate => 8,
            Self::Continuation => 9,
            Self::Unknown(byte) => byte,
        }
    }
}

/// Why a stream or a connection ends (RFC 9113, section 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub(super) enum Code {
    NoError = 0,
    ProtocolError = 1,
    InternalError = 2,
    FlowControlError = 3,
    StreamClosed = 5,
    FrameSizeError = 6,
    RefusedStream = 7,
    CompressionError = 9,
    EnhanceYourCalm = 11,
}

/// What a frame says before its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameHead {
    pub(super) length: usize,
    pub(super) kind: Kind,
    pub(super) flags: u8,
    pub(super) stream: u32,
}

impl FrameHead {
    /// Reads the head at the beginning of `bytes`, if it is all there.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let (length, rest) = bytes.first_chunk::<HEAD_BYTES>()?.split_first_chunk::<3>()?;
        let (kind_and_flags, stream) = rest.split_first_chunk::<2>()?;
        Some(Self {
            length: length.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)),
            kind: Kind::read(kind_and_flags[0]),
            flags: kind_and_flags[1],
            stream: number(*stream.first_chunk()?),
        })
    }

    pub(super) fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    pub(super) fn bytes(&self) -> [u8; HEAD_BYTES] {
        let mut bytes = [0; HEAD_BYTES];
        bytes[..3].copy_from_slice(&(self.length as u32).to_be_bytes()[1..]);
        bytes[3..5].copy_from_slice(&[self.kind.byte(), self.flags]);
        bytes[5..].copy_from_slice(&self.stream.to_be_bytes());
        bytes
    }

    pub(super) fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.bytes());
    }
}

/// A stream or a window: the first bit is reserved, and ignored.
pub(super) fn number(bytes: [u8; 4]) -> u32 {
    u32::from_be_bytes(bytes) & 0x7fff_ffff
}

/// Where the payload of a padded frame stands between the padding's length and the padding; `None` when there is more
/// padding than payload.
pub(super) fn without_padding(payload: &[u8]) -> Option<Range<usize>> {
    let padding = usize::from(*payload.first()?);
    Some(1..payload.len().checked_sub(padding).filter(|end| *end > 0)?)
}

/// Writes a frame whose payload is at hand.
pub(super) fn write(out: &mut Vec<u8>, kind: Kind, flags: u8, stream: u32, payload: &[u8]) {
    FrameHead { length: payload.len(), kind, flags, stream }.write(out);
    out.extend_from_slice(payload);
}

pub(super) fn write_reset(out: &mut Vec<u8>, stream: u32, code: Code) {
    write(out, Kind::Reset, 0, stream, &(code as u32).to_be_bytes());
}

pub(super) fn write_go_away(out: &mut Vec<u8>, last_stream: u32, code: Code) {
    let numbers = [last_stream.to_be_bytes(), (code as u32).to_be_bytes()];
    write(out, Kind::GoAway, 0, 0, numbers.as_flattened());
}

pub(super) fn write_window_update(out: &mut Vec<u8>, stream: u32, bytes: u32) {
    write(out, Kind::WindowUpdate, 0, stream, &bytes.to_be_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn padding_is_never_longer_than_its_frame() {
        for (payload, rest) in [
            (&b""[..], None),
            (b"\x00", Some(1..1)),
            (b"\x00ab", Some(1..3)),
            (b"\x02ab", Some(1..1)),
            (b"\x03ab", None),
            (b"\x01ab", Some(1..2)),
        ] {
            assert_eq!(without_padding(payload), rest, "{payload:?}");
        }
    }

    proptest! {
        #[test]
        fn a_head_is_read_as_it_was_written(length in 0usize..1 << 24, kind: u8, flags: u8, stream in 0u32..1 << 31) {
            let head = FrameHead { length, kind: Kind::read(kind), flags, stream };
            let mut bytes = Vec::new();
            head.write(&mut bytes);
            prop_assert_eq!(bytes.len(), HEAD_BYTES);
            prop_assert_eq!(bytes[3], kind);
            prop_assert_eq!(FrameHead::read(&bytes), Some(head));
            prop_assert_eq!(FrameHead::read(&bytes[..8]), None);
            bytes[5] |= 0x80;
            prop_assert_eq!(FrameHead::read(&bytes), Some(head), "the reserved bit says nothing");
        }
    }
}
