//! The fingerprints of known attacks, found in a table that the compiler builds.

/// One a line: the first two letters of some fingerprints (`_` for none), then how each goes on (`_` for not at all).
const LINES: &[u8] = include_bytes!("fingerprints.txt");
const COUNT: usize = 8_367;
/// What fingerprints are written in, in capitals; a letter's code is its place, beginning with one.
const ALPHABET: &[u8; 20] = b"&(),1:;ABCEFKNOSTUVX";
const CODE_BITS: u32 = 5;
/// A line each for what two codes can be.
const HEADS: usize = 1 << (2 * CODE_BITS);

/// How the fingerprints go on, three codes each, ordered by their first two letters and then by themselves.
static TAILS: [u16; COUNT] = table().0;
/// The tails of the first two codes `n` stand from `STARTS[n]` to `STARTS[n + 1]`.
static STARTS: [u16; HEADS + 1] = table().1;
static CODES: [u8; 256] = codes();

/// Whether kinds in this order, at most five, are those of a known attack. The case of letters does not matter.
pub(super) fn is_known(letters: &[u8]) -> bool {
    let mut key = 0;
    for place in 0..5 {
        let code = letters.get(place).map_or(0, |letter| CODES[usize::from(*letter)]);
        if code == UNUSED {
            return false;
        }
        key = key << CODE_BITS | usize::from(code);
    }
    let (head, tail) = (key >> (3 * CODE_BITS), (key & 0x7FFF) as u16);
    TAILS[usize::from(STARTS[head])..usize::from(STARTS[head + 1])].binary_search(&tail).is_ok()
}

/// The code of letters that no fingerprint has.
const UNUSED: u8 = u8::MAX;

const fn codes() -> [u8; 256] {
    let mut codes = [UNUSED; 256];
    let mut place = 0;
    while place < ALPHABET.len() {
        let code = place as u8 + 1;
        codes[ALPHABET[place] as usize] = code;
        codes[ALPHABET[place].to_ascii_lowercase() as usize] = code;
        place += 1;
    }
    codes
}

/// Reads the lines, whose order is that of the alphabet.
#[expect(clippy::large_stack_arrays, reason = "the compiler runs it; no stack of the product holds the table")]
const fn table() -> ([u16; COUNT], [u16; HEADS + 1]) {
    let codes = codes();
    let mut tails = [0; COUNT];
    let mut starts = [0; HEADS + 1];
    let (mut at, mut n, mut filled) = (0, 0, 0);
    while at < LINES.len() {
        let second = if LINES[at + 1] == b'_' { 0 } else { codes[LINES[at + 1] as usize] };
        let head = ((codes[LINES[at] as usize] as usize) << CODE_BITS) + second as usize;
        while filled <= head {
            starts[filled] = n as u16;
            filled += 1;
        }
        at += 2;
        while LINES[at] != b'\n' {
            at += 1;
            let (mut tail, mut place) = (0, 0);
            while place < 3 {
                let byte = LINES[at];
                let ended = byte == b' ' || byte == b'\n';
                tail = tail << CODE_BITS | if ended || byte == b'_' { 0 } else { codes[byte as usize] as u16 };
                at += if ended { 0 } else { 1 };
                place += 1;
            }
            tails[n] = tail;
            n += 1;
        }
        at += 1;
    }
    assert!(n == COUNT, "fingerprints.txt has another number of fingerprints");
    while filled <= HEADS {
        starts[filled] = n as u16;
        filled += 1;
    }
    (tails, starts)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn exactly_the_listed_fingerprints_are_known() {
        let mut listed = HashSet::new();
        for line in std::str::from_utf8(LINES).unwrap().lines() {
            let (head, tails) = line.split_once(' ').unwrap();
            listed.extend(tails.split(' ').map(|tail| format!("{head}{tail}").replace('_', "")));
        }
        assert_eq!(listed.len(), COUNT);
        let mut known = 0;
        let mut letters = vec![String::new()];
        for _ in 0..4 {
            letters =
                letters.iter().flat_map(|start| ALPHABET.map(|letter| format!("{start}{}", letter as char))).collect();
            for fingerprint in letters.iter().chain(letters.iter().filter(|_| letters[0].len() == 4)) {
                assert_eq!(is_known(fingerprint.as_bytes()), listed.contains(fingerprint), "{fingerprint}");
            }
        }
        for fingerprint in &listed {
            known += usize::from(is_known(fingerprint.to_lowercase().as_bytes()));
        }
        assert_eq!(known, COUNT);
        for stranger in ["", "n.n", "s&1c\0", "?", "nnnnn"] {
            assert!(!is_known(stranger.as_bytes()), "{stranger}");
        }
    }
}
