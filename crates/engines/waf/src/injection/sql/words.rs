//! The words and phrases of SQL dialects, found in a table that the compiler builds.

use super::kind::Kind;

/// One a line: the kind's letter, a tabulator, the word in capitals.
const LINES: &[u8] = include_bytes!("words.txt");
const COUNT: usize = count();
/// A power of two; four times the words, so that most strangers meet an empty bucket.
const BUCKETS: usize = 4_096;

/// The words, ordered by bucket.
static WORDS: [Word; COUNT] = table().0;
/// The words of bucket `n` stand from `STARTS[n]` to `STARTS[n + 1]`.
static STARTS: [u16; BUCKETS + 1] = table().1;

#[derive(Clone, Copy)]
struct Word {
    /// Where it stands in [`LINES`].
    start: u16,
    len: u8,
    kind: Kind,
}

impl Word {
    fn text(self) -> &'static [u8] {
        &LINES[usize::from(self.start)..][..usize::from(self.len)]
    }
}

/// The kind of a word in any case, if it is one of SQL's.
pub(super) fn find(word: &[u8]) -> Option<Kind> {
    let (Some(&first), Some(&last)) = (word.first(), word.last()) else { return None };
    let bucket = bucket(first, *word.get(1).unwrap_or(&0), last, word.len());
    of_bucket(bucket).iter().find(|known| known.text().eq_ignore_ascii_case(word)).map(|known| known.kind)
}

/// The phrase that two words are with a space between them, and its kind.
pub(super) fn find_phrase(left: &[u8], right: &[u8]) -> Option<(&'static [u8], Kind)> {
    let (Some(&first), Some(&last)) = (left.first(), right.last()) else { return None };
    let len = left.len() + 1 + right.len();
    let bucket = bucket(first, *left.get(1).unwrap_or(&b' '), last, len);
    let is_joined = |known: &&Word| {
        let text = known.text();
        text.len() == len
            && text[left.len()] == b' '
            && text[..left.len()].eq_ignore_ascii_case(left)
            && text[left.len() + 1..].eq_ignore_ascii_case(right)
    };
    of_bucket(bucket).iter().find(is_joined).map(|known| (known.text(), known.kind))
}

fn of_bucket(bucket: usize) -> &'static [Word] {
    &WORDS[usize::from(STARTS[bucket])..usize::from(STARTS[bucket + 1])]
}

/// Spreads words by what tells them apart at the least price; letters count without their case.
const fn bucket(first: u8, second: u8, last: u8, len: usize) -> usize {
    // The sixth bit is the case of letters.
    let sign = u32::from_be_bytes([first | 0x20, second | 0x20, last | 0x20, len as u8]);
    (sign.wrapping_mul(0x9E37_79B1) >> 20) as usize % BUCKETS
}

const fn count() -> usize {
    let (mut count, mut at) = (0, 0);
    while at < LINES.len() {
        if LINES[at] == b'\n' {
            count += 1;
        }
        at += 1;
    }
    count
}

/// Reads the lines and sorts them by bucket.
const fn table() -> ([Word; COUNT], [u16; BUCKETS + 1]) {
    let mut words = [Word { start: 0, len: 0, kind: Kind::Bareword }; COUNT];
    let mut starts = [0; BUCKETS + 1];
    let (mut at, mut n) = (0, 0);
    while n < COUNT {
        let Some(kind) = Kind::of_word(LINES[at]) else { panic!("a line of words.txt names no kind") };
        let start = at + 2;
        at = start;
        while LINES[at] != b'\n' {
            at += 1;
        }
        words[n] = Word { start: start as u16, len: (at - start) as u8, kind };
        starts[bucket_of(words[n]) + 1] += 1;
        at += 1;
        n += 1;
    }
    let mut bucket = 0;
    while bucket < BUCKETS {
        starts[bucket + 1] += starts[bucket];
        bucket += 1;
    }
    let (mut sorted, mut next) = (words, starts);
    n = 0;
    while n < COUNT {
        let bucket = bucket_of(words[n]);
        sorted[next[bucket] as usize] = words[n];
        next[bucket] += 1;
        n += 1;
    }
    (sorted, starts)
}

const fn bucket_of(word: Word) -> usize {
    let (start, len) = (word.start as usize, word.len as usize);
    let second = if len > 1 { LINES[start + 1] } else { 0 };
    bucket(LINES[start], second, LINES[start + len - 1], len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_in_any_case_and_no_other() {
        let lines = std::str::from_utf8(LINES).unwrap();
        for line in lines.lines() {
            let (letter, word) = line.split_once('\t').unwrap();
            let found = |word: &str| find(word.as_bytes()).map(|kind| char::from(kind.letter()).to_string());
            assert_eq!(found(word).as_deref(), Some(letter), "{word}");
            assert_eq!(found(&word.to_lowercase()).as_deref(), Some(letter), "{word}");
            let longer = format!("{word}~");
            assert_eq!(found(&longer).is_some(), lines.contains(&format!("\t{longer}\n")), "{longer}");
        }
        assert_eq!(find(b""), None);
        assert_eq!(find(b"SELECT\0"), None);
    }

    #[test]
    fn phrases_are_found_by_their_halves_whatever_the_case() {
        let found = |left: &str, right: &str| find_phrase(left.as_bytes(), right.as_bytes());
        assert_eq!(found("uNion", "All"), Some((b"UNION ALL".as_slice(), Kind::Union)));
        assert_eq!(found("LEFT OUTER", "join"), Some((b"LEFT OUTER JOIN".as_slice(), Kind::Keyword)));
        assert_eq!(found("UNION", "ALLS"), None);
        assert_eq!(found("", "ALL"), None);
        assert_eq!(found("UNION", ""), None);
    }
}
