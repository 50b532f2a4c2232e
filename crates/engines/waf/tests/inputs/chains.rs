//! Several transformations in a row, and what holds for all of them whatever they are given.

use std::borrow::Cow;

use proptest::prelude::*;
use waf::transform::{Buffers, Chain, TextTransformation as T};

#[test]
fn a_chain_undoes_encodings_in_encodings() {
    let cases: [(&[T], &[u8], &[u8]); 9] = [
        (&[], b"As It Is", b"As It Is"),
        (&[T::UrlDecode, T::UrlDecode, T::Lowercase], b"%253CSCRIPT%253E", b"<script>"),
        (&[T::UrlDecode, T::HtmlEntityDecode, T::Lowercase], b"%26%23x3C%3bSCRIPT&gt;", b"<script>"),
        (&[T::Base64Decode, T::Base64Decode], b"UVVKRA==", b"ABC"),
        (&[T::UrlDecode, T::Utf8ToUnicode, T::UrlDecodeUni, T::NormalizePath], b"/a/..%c0%af..%c0%afetc", b"/etc"),
        (&[T::Trim, T::Lowercase, T::Trim], b"  Ab ", b"ab"),
        (&[T::Trim, T::TrimLeft], b"  ab ", b"ab"),
        (&[T::Lowercase, T::Trim, T::RemoveNulls], b" A\0 ", b"a"),
        (&[T::UrlDecodeUni, T::ReplaceComments, T::CompressWhiteSpace], b"union%2f**%2F+%0Aselect", b"union select"),
    ];
    let mut buffers = Buffers::default();
    for (steps, value, expected) in cases {
        let result = Chain::of(steps).apply(value, &mut buffers);
        assert_eq!(result, expected, "{:?}", String::from_utf8_lossy(result));
    }
}

#[test]
fn a_chain_without_work_answers_the_value_itself() {
    let mut buffers = Buffers::default();
    let value = b"nothing to decode here".as_slice();
    let result = Chain::of(&[T::UrlDecode, T::HtmlEntityDecode, T::Lowercase]).apply(value, &mut buffers);
    assert!(std::ptr::eq(result, value));
}

/// Bytes as attackers mix them: pieces of every encoding, and noise.
fn value() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        4 => proptest::sample::select(vec![
            "%", "%u", "%41", "%uff1c", "+", "\\", "\\u", "\\u{", "}", "\\x4", "\\ud83d", "\\ude00", "&", "&#", "&#x", "&lt", ";",
            "&amp;", "0x", "0x41", "/*", "*/", "--", "#", "../", "./", "//", "..\\", " ", "\t", "\0", "QUJD", "=", "é", "\u{a0}", "<",
            "'", "\"", "^", "A", "a", "7", "\\12", "\r\n", "(", ",",
        ]).prop_map(|text| text.as_bytes().to_vec()),
        1 => proptest::collection::vec(any::<u8>(), 0..5),
    ];
    proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_transformation_is_bounded_and_borrows_exactly_what_it_does_not_change(value in value()) {
        for transformation in T::ALL {
            let result = transformation.apply(&value);
            let digest = if matches!(transformation, T::Md5 | T::Sha256) { 32 } else { 0 };
            prop_assert!(result.len() <= T::GROWTH_MAX * value.len() + digest, "{}", transformation.name());
            match result {
                Cow::Borrowed(part) => prop_assert!(value.windows(part.len().max(1)).any(|window| window.starts_with(part)) || value.is_empty()),
                Cow::Owned(made) => prop_assert_ne!(&made, &value, "{}", transformation.name()),
            }
        }
    }

    #[test]
    fn a_chain_does_what_its_steps_do_one_after_the_other(
        value in value(),
        steps in proptest::collection::vec(proptest::sample::select(T::ALL.to_vec()), 0..10),
    ) {
        let mut expected = value.clone();
        for step in &steps {
            expected = step.apply(&expected).into_owned();
        }
        let mut buffers = Buffers::default();
        prop_assert_eq!(Chain::of(&steps).apply(&value, &mut buffers), &expected[..]);
        // Buffers that were used before make no difference.
        prop_assert_eq!(Chain::of(&steps).apply(&value, &mut buffers), &expected[..]);
    }

    #[test]
    fn normalizing_a_path_twice_is_normalizing_it_once(value in value()) {
        for transformation in [T::NormalizePath, T::NormalizePathWin] {
            let once = transformation.apply(&value).into_owned();
            prop_assert_eq!(&*transformation.apply(&once), &once[..]);
        }
    }
}
