//! Lists of words that a value may begin with: thousands of them cost no more than one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aho_corasick::automaton::Automaton;
use aho_corasick::nfa::contiguous::NFA;
use aho_corasick::{Anchored, MatchKind};

use crate::budget::{Budget, Exhausted};
use crate::document::Pattern;
use crate::shared::Shared;

/// As much that stands before a word is passed over, in bytes.
const BEFORE_BYTES_MAX: usize = 16;
/// What is paid for a look at a value's beginning, and for one that finds what follows a word.
const LOOK_STEPS: usize = 8;
const WORD_STEPS: usize = 40;
/// More words than any managed group has.
const WORDS_MAX: usize = 20_000;
const WORD_BYTES_MIN: usize = 2;
const WORD_BYTES_MAX: usize = 80;

/// Words, and what must follow behind one of them.
#[derive(Debug)]
pub(crate) struct Words {
    /// There is no other list that has this number.
    id: u64,
    words: Box<[Box<[u8]>]>,
    tree: Tree,
    then: Pattern,
}

impl Words {
    /// A list, or what is wrong with it.
    pub(crate) fn new(words: &[&str], then: Pattern) -> Result<Words, String> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        if words.is_empty() || words.len() > WORDS_MAX {
            return Err(format!("a list has 1 to {WORDS_MAX} words"));
        }
        let unfit =
            |word: &&&str| word.len() < WORD_BYTES_MIN || word.len() > WORD_BYTES_MAX || start(word.as_bytes()) > 0;
        if let Some(word) = words.iter().find(unfit) {
            return Err(format!("no value is read as one that begins with `{word}`"));
        }
        let words: Box<[Box<[u8]>]> = words.iter().map(|word| word.as_bytes().into()).collect();
        let tree = Tree::new(words.iter().map(|word| &**word)).ok_or("the words are too many")?;
        Ok(Words { id: NEXT.fetch_add(1, Ordering::Relaxed), words, tree, then })
    }

    /// Whether the value begins with one of the words, behind which follows what must.
    pub(crate) fn is_match(&self, value: &[u8], budget: &mut Budget) -> Result<bool, Exhausted> {
        budget.spend(WORD_STEPS, 1)?;
        let mut ends = Vec::new();
        self.tree.walk(value, start(value), |_, end| ends.push(end));
        for end in ends {
            if self.then.regex.is_match_at(value, end, budget)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Bytes that it occupies without its expression.
    pub(crate) fn memory_bytes(&self) -> usize {
        let words: usize = self.words.iter().map(|word| word.len() + size_of::<Box<[u8]>>()).sum();
        words + self.tree.0.memory_usage() + size_of::<Words>()
    }

    #[cfg(test)]
    pub(crate) fn is_match_naively(&self, value: &[u8]) -> bool {
        let start = start(value);
        self.words.iter().any(|word| {
            let end = start + word.len();
            let begins = value.get(start..end).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
            begins && self.then.regex.is_match_at_unbounded(value, end)
        })
    }
}

impl PartialEq for Words {
    fn eq(&self, other: &Words) -> bool {
        self.id == other.id
    }
}

impl Eq for Words {}

impl PartialOrd for Words {
    fn partial_cmp(&self, other: &Words) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Words {
    fn cmp(&self, other: &Words) -> std::cmp::Ordering {
        self.id.cmp(&other.id)
    }
}

impl std::hash::Hash for Words {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

/// Where a value begins: behind white space, and behind what breaks out of a quotation or ends what stood before.
fn start(value: &[u8]) -> usize {
    let before =
        |byte: &&u8| byte.is_ascii_whitespace() || matches!(byte, b'\'' | b'"' | b'(' | b')' | b';' | b',' | 0x0b);
    value.iter().take(BEFORE_BYTES_MAX).take_while(before).count()
}

/// All words of some lists in one tree.
#[derive(Debug)]
struct Tree(NFA);

impl Tree {
    fn new<'a>(words: impl Iterator<Item = &'a [u8]>) -> Option<Tree> {
        let mut builder = NFA::builder();
        builder.match_kind(MatchKind::Standard).ascii_case_insensitive(true).prefilter(false);
        builder.build(words).ok().map(Tree)
    }

    /// Names each word that stands in the value from this place on, and where it ends.
    fn walk(&self, value: &[u8], start: usize, mut each: impl FnMut(usize, usize)) {
        let Ok(mut state) = self.0.start_state(Anchored::Yes) else { unreachable!("the automaton is built for this") };
        for (length, byte) in (1..).zip(&value[start..]) {
            state = self.0.next_state(Anchored::Yes, state, *byte);
            if !self.0.is_special(state) {
                continue;
            }
            if self.0.is_dead(state) {
                return;
            }
            for index in 0..if self.0.is_match(state) { self.0.match_len(state) } else { 0 } {
                let word = self.0.match_pattern(state, index);
                // A state knows of words that end here and began later, too.
                if self.0.pattern_len(word) == length {
                    each(word.as_usize(), start + length);
                }
            }
        }
    }
}

/// Of all beginnings of three bytes those that some word has, and few others: most values need no look into the tree.
#[derive(Debug)]
struct Beginnings(Box<[u64]>);

impl Beginnings {
    const BITS: usize = 1 << 15;

    fn of<'a>(words: impl Iterator<Item = &'a [u8]>) -> Beginnings {
        let mut beginnings = Beginnings(vec![0; Beginnings::BITS / 64].into());
        for word in words {
            match *word {
                [first, second] => (0..=u8::MAX).for_each(|third| beginnings.add([first, second, third])),
                [first, second, third, ..] => beginnings.add([first, second, third]),
                _ => unreachable!("words have two bytes or more"),
            }
        }
        beginnings
    }

    fn add(&mut self, beginning: [u8; 3]) {
        let bit = Beginnings::bit(beginning);
        self.0[bit / 64] |= 1 << (bit % 64);
    }

    /// A word may stand here.
    fn may_stand(&self, rest: &[u8]) -> bool {
        let Some(beginning) = rest.first_chunk() else { return true };
        let bit = Beginnings::bit(*beginning);
        self.0[bit / 64] >> (bit % 64) & 1 == 1
    }

    fn bit(beginning: [u8; 3]) -> usize {
        let key = beginning.iter().fold(0_u32, |key, byte| key << 8 | u32::from(byte.to_ascii_lowercase()));
        // A multiplication spreads the key over its upper bits (Fibonacci hashing).
        usize::try_from(key.wrapping_mul(0x9E37_79B1) >> 17).expect("15 bits")
    }
}

/// Several lists, looked for at once.
#[derive(Debug)]
pub(crate) struct Lists {
    beginnings: Beginnings,
    tree: Tree,
    /// Of each word: the list that it stands in.
    of: Box<[usize]>,
    lists: usize,
    /// While they live, nobody else has their numbers.
    _held: Box<[Arc<Words>]>,
}

/// All that some web ACL of this process uses.
static KNOWN: std::sync::LazyLock<Shared<Lists>> = std::sync::LazyLock::new(Shared::new);

impl Lists {
    /// Looks for these; `None` if they are too many. Who looks for the same in the same order shares one.
    pub(crate) fn shared(lists: &[Arc<Words>]) -> Option<Arc<Lists>> {
        let key: Vec<u8> = lists.iter().flat_map(|list| list.id.to_le_bytes()).collect();
        KNOWN.get(&key, || Lists::new(lists).ok_or(())).ok()
    }

    fn new(lists: &[Arc<Words>]) -> Option<Lists> {
        let words = || lists.iter().flat_map(|list| list.words.iter().map(|word| &**word));
        let of = lists.iter().enumerate().flat_map(|(place, list)| list.words.iter().map(move |_| place)).collect();
        Some(Lists {
            beginnings: Beginnings::of(words()),
            tree: Tree::new(words())?,
            of,
            lists: lists.len(),
            _held: lists.into(),
        })
    }

    /// How many words of 64 bits an answer takes.
    pub(crate) fn words(&self) -> usize {
        self.lists.div_ceil(64)
    }

    /// Marks the lists of which the value begins with a word; answers how many words those are.
    pub(crate) fn scan(&self, value: &[u8], seen: &mut [u64], budget: &mut Budget) -> Result<usize, Exhausted> {
        budget.spend(LOOK_STEPS, 1)?;
        let start = start(value);
        if !self.beginnings.may_stand(&value[start..]) {
            return Ok(0);
        }
        let mut hits = 0;
        self.tree.walk(value, start, |word, _| {
            let list = self.of[word];
            seen[list / 64] |= 1 << (list % 64);
            hits += 1;
        });
        Ok(hits)
    }

    pub(crate) fn memory_bytes(&self) -> usize {
        self.tree.0.memory_usage() + size_of_val(&*self.of) + size_of_val(&*self.beginnings.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str], then: &str) -> Words {
        Words::new(words, Pattern::of_managed_group(then).unwrap()).unwrap()
    }

    fn is_match(list: &Words, value: &str) -> bool {
        list.is_match(value.as_bytes(), &mut Budget::new(1_000_000, 0)).unwrap()
    }

    #[test]
    fn a_value_begins_with_a_word_and_goes_on_as_it_must() {
        let functions = words(&["user", "user_name", "name", "@@version"], r"\s*\(");
        for value in ["user(", "USER (1)", " \"';)user(", "user_name()", "@@VERSION("] {
            assert!(is_match(&functions, value), "{value}");
        }
        for value in ["", "user", "the user(", "user_id(", "xname(", "user_user(", "(((((((((((((((((user("] {
            assert!(!is_match(&functions, value), "{value}");
        }
        let whole = words(&["tempdb", "temp"], r"[\s'\x22);]*$");
        for (value, expected) in [("tempdb", true), ("temp'; ", true), ("tempd", false), ("tempdb x", false)] {
            assert_eq!(is_match(&whole, value), expected, "{value}");
        }
        let word = words(&["cat"], r"\b");
        assert!(is_match(&word, "cat /") && !is_match(&word, "cats"), "what stood before is seen");
    }

    #[test]
    fn a_tree_finds_what_a_look_at_each_word_finds() {
        let pieces = ["a", "b", "ab", "ba", "(", " ", "'", ";", "A", "B", "aa"];
        let mut seed = 7_u64;
        let mut below = |bound: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).unwrap() % bound
        };
        for _ in 0..300 {
            let mut text = |from: &[&str], most| (0..=below(most)).map(|_| from[below(from.len())]).collect::<String>();
            let list: Vec<String> = (0..6).map(|_| text(&pieces[2..4], 4)).collect();
            let list: Vec<&str> = list.iter().map(String::as_str).collect();
            let list = Arc::new(words(&list, r"\s*(?:\(|$)"));
            let lists = Lists::new(&[Arc::clone(&list), Arc::new(words(&["zz"], "x"))]).unwrap();
            for _ in 0..30 {
                let value = text(&pieces, 6);
                let found = is_match(&list, &value);
                assert_eq!(found, list.is_match_naively(value.as_bytes()), "{value}");
                let mut seen = [0];
                lists.scan(value.as_bytes(), &mut seen, &mut Budget::new(1_000, 0)).unwrap();
                assert!(seen[0] == 1 || (seen[0] == 0 && !found), "{value}");
            }
        }
    }

    #[test]
    fn words_that_no_value_is_read_to_begin_with_are_refused() {
        for list in [&[][..], &[""], &["a"], &[" ab"], &["(ab"], &["ab", "'bc"]] {
            assert!(Words::new(list, Pattern::of_managed_group("$").unwrap()).is_err(), "{list:?}");
        }
    }

    #[test]
    fn nothing_is_found_without_a_budget() {
        let list = words(&["aa"], "b");
        assert!(list.is_match(b"aab", &mut Budget::new(4, 0)).is_err());
        assert!(Lists::shared(&[Arc::new(list)]).unwrap().scan(b"aab", &mut [0], &mut Budget::new(4, 0)).is_err());
    }
}
