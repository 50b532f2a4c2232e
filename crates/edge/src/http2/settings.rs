//! SETTINGS: what each side tells the other to expect.
//! <https://www.rfc-editor.org/rfc/rfc9113#section-6.5>

use crate::http2::frame::{self, Code, Kind};
use crate::limits::{Limits, WINDOW_BYTES_FIRST, WINDOW_BYTES_MAX};

const ENABLE_PUSH: u16 = 2;
const CONCURRENT_STREAMS_MAX: u16 = 3;
const INITIAL_WINDOW: u16 = 4;
const FRAME_MAX: u16 = 5;
const HEADER_LIST_MAX: u16 = 6;

/// What a frame's payload may be at most, whatever a client says.
const FRAME_SIZES: std::ops::RangeInclusive<u32> = 16_384..=16_777_215;

/// Writes ours, and widens the connection's window to what it shall be.
pub(super) fn write_ours(out: &mut Vec<u8>, limits: &Limits) {
    let settings = [
        (CONCURRENT_STREAMS_MAX, limits.streams_max),
        (INITIAL_WINDOW, limits.stream_window_bytes),
        (HEADER_LIST_MAX, limits.header_list_bytes()),
    ];
    let payload = settings.map(|(name, value)| {
        let mut setting = [0; 6];
        setting[..2].copy_from_slice(&name.to_be_bytes());
        setting[2..].copy_from_slice(&value.to_be_bytes());
        setting
    });
    frame::write(out, Kind::Settings, 0, 0, payload.as_flattened());
    let more = limits.connection_window_bytes.saturating_sub(WINDOW_BYTES_FIRST);
    if more > 0 {
        frame::write_window_update(out, 0, more);
    }
}

/// Reads a client's, and answers the window that each stream begins with, where it says one. Pushes, tables of fields that
/// we write and longer frames than everybody takes are nothing that we use, but they must be sound.
pub(super) fn read_theirs(payload: &[u8], settings_max: usize) -> Result<Option<u32>, Code> {
    let (settings, []) = payload.as_chunks::<6>() else { return Err(Code::FrameSizeError) };
    if settings.len() > settings_max {
        return Err(Code::EnhanceYourCalm);
    }
    let mut window = None;
    for [name @ .., a, b, c, d] in settings {
        let value = u32::from_be_bytes([*a, *b, *c, *d]);
        match u16::from_be_bytes(*name) {
            ENABLE_PUSH if value > 1 => return Err(Code::ProtocolError),
            INITIAL_WINDOW if value > WINDOW_BYTES_MAX => return Err(Code::FlowControlError),
            INITIAL_WINDOW => window = Some(value),
            FRAME_MAX if !FRAME_SIZES.contains(&value) => return Err(Code::ProtocolError),
            _ => {}
        }
    }
    Ok(window)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(settings: &[(u16, u32)]) -> Vec<u8> {
        settings.iter().flat_map(|(name, value)| [&name.to_be_bytes()[..], &value.to_be_bytes()].concat()).collect()
    }

    #[test]
    fn settings_are_sound_or_end_the_connection() {
        for (theirs, read) in [
            (&[][..], Ok(None)),
            (&[(1, 0), (2, 1), (3, 0), (5, 16_384), (6, 1), (0x99, 7)], Ok(None)),
            (&[(4, 7), (4, 0x7fff_ffff)], Ok(Some(0x7fff_ffff))),
            (&[(2, 2)], Err(Code::ProtocolError)),
            (&[(4, 0x8000_0000)], Err(Code::FlowControlError)),
            (&[(5, 16_383)], Err(Code::ProtocolError)),
            (&[(5, 16_777_216)], Err(Code::ProtocolError)),
            (&[(1, 0); 33], Err(Code::EnhanceYourCalm)),
        ] {
            assert_eq!(read_theirs(&settings(theirs), 32), read, "{theirs:?}");
        }
        assert_eq!(read_theirs(&[0; 5], 32), Err(Code::FrameSizeError));
    }

    #[test]
    fn ours_tell_what_the_limits_are() {
        let mut out = Vec::new();
        let limits = Limits::default();
        write_ours(&mut out, &limits);
        let told = settings(&[(3, 128), (4, 262_144), (6, 40_960)]);
        assert_eq!(out[..9], [0, 0, 18, 4, 0, 0, 0, 0, 0]);
        assert_eq!(out[9..27], told);
        assert_eq!(out[27..], [&[0, 0, 4, 8, 0, 0, 0, 0, 0][..], &(1_048_576u32 - 65_535).to_be_bytes()].concat());
    }
}
