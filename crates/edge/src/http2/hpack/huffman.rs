//! HPACK's Huffman code, read eight bits at a time.
//! <https://www.rfc-editor.org/rfc/rfc7541#appendix-B>

use super::Unread;

/// How many bits each byte's code has, and last the end's. The code is canonical: codes of one length stand in the order
/// of what they mean, and follow the shorter ones, so the lengths say everything.
const LENGTHS: [u8; SYMBOLS] = [
    13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
    28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12,
    10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6,
    5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22,
    22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20,
    22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
    26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28,
    27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28,
    27, 27, 27, 27, 27, 26, 30,
];

/// The bytes, and the end.
const SYMBOLS: usize = 257;
const END: u16 = 256;
const LONGEST: usize = 30;

/// The codes of one length: the first of them, how many there are, and where what they mean stands in [`MEANINGS`].
#[derive(Debug, Clone, Copy)]
struct Codes {
    first: u32,
    count: u32,
    at: usize,
}

const fn count(length: usize) -> u32 {
    let (mut symbol, mut count) = (0, 0);
    while symbol < SYMBOLS {
        if LENGTHS[symbol] as usize == length {
            count += 1;
        }
        symbol += 1;
    }
    count
}

static CODES: [Codes; LONGEST + 1] = {
    let mut codes = [Codes { first: 0, count: 0, at: 0 }; LONGEST + 1];
    let (mut length, mut first, mut at) = (1, 0, 0);
    while length <= LONGEST {
        let count = count(length);
        codes[length] = Codes { first, count, at };
        first = (first + count) << 1;
        at += count as usize;
        length += 1;
    }
    codes
};

/// What codes mean, the shortest first.
static MEANINGS: [u16; SYMBOLS] = {
    let mut meanings = [0; SYMBOLS];
    let (mut length, mut at) = (1, 0);
    while length <= LONGEST {
        let mut symbol = 0;
        while symbol < SYMBOLS {
            if LENGTHS[symbol] as usize == length {
                meanings[at] = symbol as u16;
                at += 1;
            }
            symbol += 1;
        }
        length += 1;
    }
    meanings
};

/// For each eight bits the byte that a code of at most eight bits at their beginning means, and its length; 0 where the
/// code is longer.
static SHORT: [(u8, u8); 256] = {
    let mut short = [(0, 0); 256];
    let mut bits = 0;
    while bits < 256 {
        let mut length = 8;
        while length > 0 {
            let codes = CODES[length];
            let code = bits as u32 >> (8 - length);
            if code >= codes.first && code - codes.first < codes.count {
                short[bits] = (MEANINGS[codes.at + (code - codes.first) as usize] as u8, length as u8);
            }
            length -= 1;
        }
        bits += 1;
    }
    short
};

/// Appends what `coded` means.
pub(super) fn decode(coded: &[u8], out: &mut Vec<u8>) -> Result<(), Unread> {
    let mut rest = coded.iter();
    // The bits that wait stand at the top.
    let (mut bits, mut held) = (0u64, 0u32);
    // Most codes are shorter than what they mean.
    out.reserve(coded.len() * 8 / 5);
    loop {
        while held <= 56
            && let Some(byte) = rest.next()
        {
            bits |= u64::from(*byte) << (56 - held);
            held += 8;
        }
        let (symbol, length) = match SHORT[(bits >> 56) as usize] {
            (_, 0) => long(bits),
            (byte, length) => (u16::from(byte), u32::from(length)),
        };
        if length > held {
            // Padding is the beginning of the end's code, ones alone, and shorter than a byte.
            let ones = bits.leading_ones() >= held;
            return if held < 8 && ones { Ok(()) } else { Err(Unread::Malformed) };
        }
        // The end itself is never written.
        out.push(u8::try_from(symbol).map_err(|_| Unread::Malformed)?);
        bits <<= length;
        held -= length;
    }
}

/// A code longer than eight bits.
fn long(bits: u64) -> (u16, u32) {
    for (length, codes) in CODES.iter().enumerate().skip(9) {
        let code = (bits >> (64 - length)) as u32;
        if code >= codes.first && code - codes.first < codes.count {
            return (MEANINGS[codes.at + (code - codes.first) as usize], length as u32);
        }
    }
    // INVARIANT: every thirty bits begin with some code.
    (END, LONGEST as u32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Writes bit by bit, from the lengths alone.
    fn encode(bytes: &[u8]) -> Vec<u8> {
        let mut bits = Vec::new();
        for byte in bytes {
            let length = usize::from(LENGTHS[usize::from(*byte)]);
            let codes = CODES[length];
            let place = MEANINGS[codes.at..].iter().position(|meaning| *meaning == u16::from(*byte)).expect("a code");
            let code = codes.first + place as u32;
            bits.extend((0..length).rev().map(|place| (code >> place) & 1 == 1));
        }
        bits.chunks(8)
            .map(|bits| (0..8).fold(0, |byte, place| byte << 1 | u8::from(bits.get(place).copied().unwrap_or(true))))
            .collect()
    }

    fn decoded(coded: &[u8]) -> Result<Vec<u8>, Unread> {
        let mut out = Vec::new();
        decode(coded, &mut out).map(|()| out)
    }

    #[test]
    fn the_code_is_the_standards() {
        // Beginning, middle and end of appendix B: byte, code, length.
        for (byte, code, length) in [
            (b'0', 0x0, 5),
            (b'a', 0x3, 5),
            (b' ', 0x14, 6),
            (b'_', 0x22, 6),
            (b':', 0x5c, 7),
            (b'z', 0x7b, 7),
            (b'&', 0xf8, 8),
            (b'Z', 0xfd, 8),
            (b'!', 0x3f8, 10),
            (b'{', 0x7ffe, 15),
            (0, 0x1ff8, 13),
            (1, 0x7f_ffd8, 23),
            (127, 0xfff_fffc, 28),
            (128, 0xf_ffe6, 20),
            (255, 0x3ff_ffee, 26),
            (22, 0x3fff_fffe, 30),
        ] {
            let bits = u64::from(code as u32) << (64 - length);
            let found = match SHORT[(bits >> 56) as usize] {
                (_, 0) => long(bits),
                (byte, length) => (u16::from(byte), u32::from(length)),
            };
            assert_eq!(found, (u16::from(byte), length), "{byte}");
        }
        let total: u64 = LENGTHS.iter().map(|length| 1 << (30 - length)).sum();
        assert_eq!(total, 1 << 30, "every sequence of bits begins with one code");
    }

    #[test]
    fn padding_is_short_and_of_ones_and_the_end_is_never_written() {
        assert_eq!(decoded(&[0b0001_1111]), Ok(b"a".to_vec()));
        for wrong in [
            &[0b0001_1000][..],
            &[0b0001_1110],
            &[0b0001_1111, 0xff],
            &[0xff],
            &[0xff, 0xff, 0xff, 0xff],
            &[0xff, 0xff, 0xff, 0xfc],
            &[0xfe],
        ] {
            assert_eq!(decoded(wrong), Err(Unread::Malformed), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert_eq!(decoded(&encode(&bytes)), Ok(bytes));
        }

        #[test]
        fn whatever_is_read_has_one_form_and_is_bounded(coded in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(bytes) = decoded(&coded) {
                prop_assert!(bytes.len() * 5 <= coded.len() * 8);
                prop_assert_eq!(encode(&bytes), coded);
            }
        }
    }
}
