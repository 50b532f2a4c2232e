//! Made values that mean something to a detector of injections: pieces of SQL, HTML and texts, and attacks that were mangled.

use super::random::Random;

/// Makes values of what SQL, HTML and texts are made of, in a fixed order.
#[derive(Debug, Clone)]
pub struct Maker(u64);

/// What values are made of, by where it belongs; most of it means something to one of the detectors.
const PIECES: [&[&str]; 5] = [
    &[
        "the", "red", "shoes", "it's", "of", "a", "b", "e", "n", "q", "u", "x", "id", "name", "a_b", "10", "é",
        "\u{a0}", "😀",
    ],
    &[
        "select",
        "union",
        "all",
        "or",
        "and",
        "not",
        "in",
        "like",
        "between",
        "is",
        "null",
        "from",
        "where",
        "group",
        "by",
        "order",
        "having",
        "limit",
        "into",
        "outfile",
        "dumpfile",
        "insert",
        "update",
        "delete",
        "drop",
        "table",
        "exec",
        "declare",
        "waitfor",
        "delay",
        "sleep",
        "benchmark",
        "user",
        "database",
        "version",
        "collate",
        "latin1_bin",
        "int",
        "case",
        "when",
        "then",
        "if",
        "information_schema.tables",
        "xp_cmdshell",
        "sp_password",
        "true",
        "distinct",
        "binary",
    ],
    &[
        "'", "\"", "`", "\\", "''", "--", "-- ", "#", "/*", "*/", "/*!", "/**/", "(", ")", "{", "}", "[", "]", ",",
        ";", ":", "::", ".", "@", "@@", "$", "$$", "$a$", "?", "=", "<=>", "||", "&&", "|", "&", "-", "+", "!", "~",
        "^", "%", "<", ">", " ", "\n", "\t", "\0",
    ],
    &[
        "1", "0", "1.5", "0x4f", "0b1", "1e5", "1.e", ".5", "1f", "1fu", "0x", "$1,0", "\\N", "q'(", "n'", "u&'",
        "x'4f'", "b'01'",
    ],
    &[
        "<a ",
        "<script",
        "</",
        "<svg",
        "<img ",
        ">",
        "/>",
        "=",
        "onload",
        "onclick",
        "href",
        "src",
        "style",
        "xmlns",
        "to",
        "attributename",
        "javascript:",
        "data:",
        "&#106;",
        "&#x6a",
        "&#x",
        "<!--",
        "-->",
        "-!>",
        "<![CDATA[",
        "]]>",
        "<%",
        "%>",
        "<?",
        "<!DOCTYPE",
        "<!ENTITY ",
        "[if",
        "import",
        "xml",
    ],
];

impl Maker {
    /// The first value of a new one is always the same.
    pub fn new() -> Self {
        Maker(0x9E37_79B9_7F4A_7C15)
    }

    /// A number below the bound, by xorshift.
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % bound
    }

    /// Makes the next value in place of the last.
    pub fn make(&mut self, value: &mut Vec<u8>) {
        value.clear();
        let separator = ["", " ", " ", "/**/"][self.below(4)];
        for _ in 0..=self.below(14) {
            let pieces = PIECES[self.below(PIECES.len())];
            let piece = pieces[self.below(pieces.len())];
            if self.below(4) == 0 {
                value.extend(piece.bytes().map(|byte| byte.to_ascii_uppercase()));
            } else {
                value.extend(piece.bytes());
            }
            value.extend(separator.bytes());
        }
        // Values are cut off, and some bytes are lost.
        if self.below(3) == 0 && !value.is_empty() {
            let at = self.below(value.len());
            value.remove(at);
        }
    }
}

impl Default for Maker {
    fn default() -> Self {
        Self::new()
    }
}

/// What one change puts between others, or instead of white space.
const BETWEEN: [&[u8]; 12] =
    [b" ", b"/**/", b"\t", b"\n", b"\x0b", b"\xa0", b"\0", b"+", b"/*!*/", b"--\n", b"#\n", b"()"];

/// An attack, or two in one another, after one to four changes: bytes lost, doubled, strange or from elsewhere.
pub fn mangled(random: &mut Random, attacks: &[&[u8]]) -> Vec<u8> {
    let mut value = attacks[random.below(attacks.len())].to_vec();
    for _ in 0..random.between(1, 4) {
        let at = random.below(value.len() + 1);
        let behind = (at + random.between(1, 6)).min(value.len());
        match random.below(7) {
            0 => drop(value.drain(at..behind)),
            1 => drop(value.splice(at..at, random.number().to_le_bytes().into_iter().take(1))),
            2 => drop(value.splice(at..at, piece(random).iter().copied())),
            3 => drop(value.splice(behind..behind, value[at..behind].to_vec())),
            4 => value[at..behind].iter_mut().for_each(|byte| *byte ^= u8::from(byte.is_ascii_alphabetic()) << 5),
            5 => {
                let other = attacks[random.below(attacks.len())];
                let cut = random.below(other.len() + 1);
                value.splice(at.., other[cut..].iter().copied());
            }
            _ => {
                let space = BETWEEN[random.below(BETWEEN.len())];
                value = value.split(|byte| *byte == b' ').collect::<Vec<_>>().join(space);
            }
        }
    }
    value
}

fn piece(random: &mut Random) -> &'static [u8] {
    let pieces = PIECES[random.below(PIECES.len())];
    pieces[random.below(pieces.len())].as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_same_in_every_run_and_hardly_ever_the_attack_that_they_were() {
        let attack: &[u8] = b"1' or '1'='1' -- ";
        let all = || {
            let mut random = Random::new(1);
            (0..1000).map(|_| mangled(&mut random, &[attack, b"<svg onload=alert(1)>"])).collect::<Vec<_>>()
        };
        assert_eq!(all(), all());
        assert!(all().iter().filter(|value| **value == attack).count() < 50);
    }
}
