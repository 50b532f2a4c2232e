//! How entries are compressed: piece by piece, each a frame of its own, so that one context serves all streams.

use std::fmt;
use std::io::Read as _;

use zstd::zstd_safe::{CParameter, compress_bound};

use super::{BLOCK_BYTES_MAX, damaged};
use crate::Fault;

/// What is worth compressing apart, some hundred entries: 20 to 30 microseconds, for which whoever records holds up the others
/// on its core. A piece has at most twice as many bytes.
pub const PIECE_BYTES: usize = 6 * 1024;

/// Fast rather than small: the gateway's own cores compress.
const COMPRESSION_LEVEL: i32 = -2;

/// Bytes that a repetition has, at least; of frames so short zstd would look for shorter ones, for nothing.
const MATCH_BYTES_MIN: u32 = 5;

/// A reader's decompression window is at most 2^23 bytes, whatever a corrupt frame asks for.
const WINDOW_LOG_MAX: u32 = 23;

/// Compresses blocks, one piece after the other, in memory that it keeps.
pub struct Compressor {
    context: zstd::bulk::Compressor<'static>,
    room: Vec<u8>,
}

impl Compressor {
    /// One that has compressed nothing.
    pub fn new() -> Self {
        Self::try_new().expect("zstd takes these parameters")
    }

    fn try_new() -> std::io::Result<Self> {
        let mut context = zstd::bulk::Compressor::new(COMPRESSION_LEVEL)?;
        context.set_parameter(CParameter::MinMatch(MATCH_BYTES_MIN))?;
        context.include_checksum(true)?;
        Ok(Self { context, room: Vec::with_capacity(compress_bound(2 * PIECE_BYTES)) })
    }

    /// Puts frames of `raw` behind what `payload` holds. Behind each it calls `pause`.
    pub(super) fn compress(&mut self, raw: &[u8], payload: &mut Vec<u8>, mut pause: impl FnMut()) {
        let pieces = (raw.len() / PIECE_BYTES).max(1);
        for piece in raw.chunks(raw.len().div_ceil(pieces).max(1)) {
            self.context
                .compress_to_buffer(piece, &mut self.room)
                .expect("there is room for a piece that does not shrink");
            payload.extend_from_slice(&self.room);
            pause();
        }
    }
}

impl Default for Compressor {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Compressor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Compressor").finish_non_exhaustive()
    }
}

/// Unpacks all frames, one behind the other.
pub(super) fn decompress(payload: &[u8]) -> Result<Vec<u8>, Fault> {
    let fault = |error: std::io::Error| Fault::new("reading a block", error);
    let mut decoder = zstd::stream::read::Decoder::with_buffer(payload).map_err(fault)?;
    decoder.window_log_max(WINDOW_LOG_MAX).map_err(fault)?;
    let mut raw = Vec::new();
    decoder.take(BLOCK_BYTES_MAX as u64 + 1).read_to_end(&mut raw).map_err(fault)?;
    if raw.len() > BLOCK_BYTES_MAX {
        return Err(damaged("it unpacks to more than a block may hold"));
    }
    Ok(raw)
}
