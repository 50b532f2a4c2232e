//! What holds for every value, however it is made.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::scan::{Dialect, Place, Scanner};
use super::{Allowance, Sqli, in_either_dialect, in_one_dialect, is_one_word};

fn all() -> Allowance {
    Allowance::of(usize::MAX)
}

fn detect(value: &[u8]) -> Option<Sqli> {
    super::detect(value, &mut all())
}

fn detect_more(value: &[u8]) -> Option<Sqli> {
    super::detect_more(value, &mut all())
}

/// What tokens begin and end with.
const PIECES: [&[u8]; 64] = [
    b"'", b"\"", b"`", b"\\", b"''", b"\\'", b"--", b"-- ", b"#", b"/*", b"*/", b"/*!", b"(", b")", b"{", b"}", b"[",
    b"]", b",", b";", b":", b"::", b".", b"@", b"@@", b"$", b"$$", b"$a$", b"?", b"=", b"<=>", b"||", b"&&", b"-",
    b"+", b"!", b"~", b" ", b"\n", b"\0", b"\xA0", b"\xFF", b"1", b"0x", b"1.e", b"1e5f", b"q'(", b"n'", b"u&'",
    b"x'4f'", b"b'01", b"e'", b"select", b"union", b"all", b"or", b"in", b"like", b"not", b"user", b"collate", b"a_b",
    b"int", b"if",
];

fn values() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![8 => select(&PIECES[..]).prop_map(<[u8]>::to_vec), 1 => vec(any::<u8>(), 1..6)];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_token_takes_bytes(value in values()) {
        for (place, dialect) in [
            (Place::Bare, Dialect::Ansi), (Place::Bare, Dialect::Mysql),
            (Place::Single, Dialect::Ansi), (Place::Double, Dialect::Mysql),
        ] {
            let mut scanner = Scanner::new(&value, place, dialect, usize::MAX);
            let mut at = 0;
            while let Some(token) = scanner.next() {
                prop_assert!(scanner.at > at && scanner.at <= value.len() && token.at <= value.len());
                at = scanner.at;
            }
            prop_assert_eq!(scanner.at, value.len());
        }
    }

    #[test]
    fn high_finds_all_that_low_finds_inside_of_the_value(value in values()) {
        let (low, high) = (detect(&value), detect_more(&value));
        if low.is_some() {
            prop_assert_eq!(low, high);
        }
        if let Some(found) = high {
            prop_assert!(found.offset <= value.len() && !found.fingerprint.as_str().is_empty());
        }
    }

    #[test]
    fn what_is_read_in_part_is_judged_as_the_whole_or_not_at_all(value in values(), tokens in 0_usize..30) {
        for (judge, whole) in [
            (super::detect as fn(&[u8], &mut Allowance) -> Option<Sqli>, detect(&value)),
            (super::detect_more, detect_more(&value)),
        ] {
            let mut allowance = Allowance::of(tokens);
            let found = judge(&value, &mut allowance);
            prop_assert!(found.is_none() && allowance.is_spent || found == whole || found.is_some() && whole.is_some());
        }
    }

    #[test]
    fn the_short_cut_for_words_hides_no_attack(value in "[A-Za-z_][A-Za-z0-9_]{0,40}|[0-9]{0,40}") {
        prop_assert!(is_one_word(value.as_bytes()));
        for place in [Place::Bare, Place::Single] {
            prop_assert_eq!(in_either_dialect(value.as_bytes(), place, &mut all()), None);
        }
        prop_assert_eq!(in_one_dialect(value.as_bytes(), Place::Double, Dialect::Mysql, &mut all()).0, None);
    }
}

#[test]
fn long_repetitions_come_to_their_end() {
    // The bound on rounds stands in the folding itself.
    for piece in PIECES.iter().copied().chain([
        &b"1,"[..],
        b"a.",
        b"1+",
        b"(-",
        b"\\%",
        b"{a ",
        b"1)-(",
        b"$a$b",
        b"'\\",
        b"- --",
        b"select.",
        b"union`",
    ]) {
        let value: Vec<u8> = piece.iter().copied().cycle().take(16 * 1024).collect();
        // Whatever the answer is, it comes.
        let (low, high) = (detect(&value), detect_more(&value));
        assert!(low.is_none() || high.is_some(), "{piece:?}");
    }
}
