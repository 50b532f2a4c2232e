//! Finds a piece that mixes characters and `?` in a text, in one pass: 64 places of the piece are tried at once.
//!
//! The method is Shift-And (Baeza-Yates and Gonnet, 1992): bit `i` of the state says that the last `i + 1` characters
//! of the text fit the first `i + 1` places of the piece.

/// A piece made ready for searching.
#[derive(Debug, Clone)]
pub(crate) struct Needle {
    /// How many characters it has.
    places: usize,
    /// The places that any character fits.
    any: Box<[u64]>,
    /// For each character in it, in order, the places that this character fits.
    fitting: Box<[(char, Box<[u64]>)]>,
}

/// States of this many words (256 places) need no allocation.
const WORDS_ON_STACK: usize = 4;

impl Needle {
    /// A needle of characters, where `None` is `?`.
    pub(crate) fn new(piece: &[Option<char>]) -> Self {
        let words = piece.len().div_ceil(64);
        let mut any = vec![0u64; words].into_boxed_slice();
        let mut chars: Vec<char> = piece.iter().flatten().copied().collect();
        chars.sort_unstable();
        chars.dedup();
        for (place, _) in piece.iter().enumerate().filter(|(_, char)| char.is_none()) {
            any[place / 64] |= 1 << (place % 64);
        }
        let mut fitting: Box<[(char, Box<[u64]>)]> = chars.into_iter().map(|char| (char, any.clone())).collect();
        for (place, char) in piece.iter().enumerate() {
            let found = char.and_then(|char| fitting.binary_search_by_key(&char, |(char, _)| *char).ok());
            if let Some(at) = found {
                fitting[at].1[place / 64] |= 1 << (place % 64);
            }
        }
        Self { places: piece.len(), any, fitting }
    }

    /// What follows the leftmost place where the needle fits.
    pub(crate) fn skip_past<'t>(&self, text: &'t str) -> Option<&'t str> {
        let Some(last) = self.places.checked_sub(1) else { return Some(text) };
        let (mut small, mut large) = ([0u64; WORDS_ON_STACK], Vec::new());
        let state = if let Some(small) = small.get_mut(..self.any.len()) {
            small
        } else {
            large.resize(self.any.len(), 0);
            large.as_mut_slice()
        };
        for (at, char) in text.char_indices() {
            let fitting = match self.fitting.binary_search_by_key(&char, |(char, _)| *char) {
                Ok(found) => &self.fitting[found].1,
                Err(_) => &self.any,
            };
            let mut carry = 1;
            for (word, fitting) in state.iter_mut().zip(fitting) {
                let shifted = (*word << 1) | carry;
                carry = *word >> 63;
                *word = shifted & fitting;
            }
            if state[last / 64] & (1 << (last % 64)) != 0 {
                return Some(&text[at + char.len_utf8()..]);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn needle(piece: &str) -> Needle {
        let chars: Vec<Option<char>> = piece.chars().map(|char| (char != '?').then_some(char)).collect();
        Needle::new(&chars)
    }

    #[test]
    fn the_leftmost_place_is_found() {
        for (piece, text, rest) in [
            ("a?c", "xabcabcy", Some("abcy")),
            ("a?c", "xacc", Some("")),
            ("a?c", "xac", None),
            ("?", "éa", Some("a")),
            ("?é", "aéb", Some("b")),
            ("", "a", Some("a")),
            ("a?", "", None),
        ] {
            assert_eq!(needle(piece).skip_past(text), rest, "{piece} {text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn it_agrees_with_trying_every_place(piece in "[ab?]{1,6}", long in 0usize..2, text in "[ab]{0,12}") {
            // Long needles cross the words' borders.
            let pad = "ab".repeat(long * 170);
            let (piece, text) = (format!("{pad}{piece}"), format!("{text}{pad}{text}"));
            let fits = |at: usize| {
                let window = text.get(at..at + piece.len())?;
                window.chars().zip(piece.chars()).all(|(have, want)| want == '?' || want == have).then_some(&text[at + piece.len()..])
            };
            prop_assert_eq!(needle(&piece).skip_past(&text), (0..text.len()).find_map(fits));
        }
    }
}
