//! What holds for every value, however it is made.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::scan::Scanner;
use super::token::Place;
use super::{detect, in_place};

/// What pieces of HTML begin and end with.
const PIECES: [&[u8]; 40] = [
    b"<",
    b">",
    b"/",
    b"/>",
    b"=",
    b"'",
    b"\"",
    b"`",
    b" ",
    b"\n",
    b"\0",
    b"\xFF",
    b"!",
    b"?",
    b"%",
    b"-",
    b"--",
    b"-->",
    b"<!--",
    b"<![CDATA[",
    b"]]>",
    b"<%",
    b"%>",
    b"<!DOCTYPE",
    b"</",
    b"<a ",
    b"<script",
    b"<svg",
    b"onload",
    b"href",
    b"style",
    b"attributename",
    b"xmlns",
    b"javascript:",
    b"data:",
    b"&#106;",
    b"&#x",
    b"[if",
    b"import",
    b"a",
];

fn values() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![8 => select(&PIECES[..]).prop_map(<[u8]>::to_vec), 1 => vec(any::<u8>(), 1..6)];
    vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn pieces_are_at_most_twice_as_many_as_bytes(value in values()) {
        for place in Place::ALL {
            let mut scanner = Scanner::new(&value, place);
            let count = std::iter::from_fn(|| scanner.next()).take(2 * value.len() + 3).count();
            prop_assert!(count <= 2 * value.len() + 2, "{count} pieces");
        }
    }

    #[test]
    fn the_short_cuts_hide_no_attack(value in values()) {
        let found = Place::ALL.iter().find_map(|place| in_place(&value, *place));
        prop_assert_eq!(detect(&value), found);
        prop_assert!(found.is_none_or(|found| found.offset <= value.len()));
    }
}
