//! libinjection's vectors of HTML.

use std::fmt::Write as _;

use super::scan::Scanner;
use super::token::{Kind, Place};
use crate::injection::corpus::{Case, cases};

#[test]
fn every_public_vector_of_html_is_read_as_it_says() {
    let cases = cases("test-html5-");
    for Case { name, input, expected } in &cases {
        let mut scanner = Scanner::new(input, Place::Text);
        let mut actual = String::new();
        while let Some(token) = scanner.next() {
            let text = String::from_utf8_lossy(token.text);
            writeln!(actual, "{},{},{text}", their_name(token.kind), token.text.len()).unwrap();
        }
        assert_eq!(actual.trim_end(), expected, "{name}: {}", String::from_utf8_lossy(input));
    }
    assert!(cases.is_empty() || cases.len() >= 60, "{} vectors", cases.len());
}

fn their_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "DATA_TEXT",
        Kind::TagName => "TAG_NAME_OPEN",
        Kind::TagEnd => "TAG_NAME_CLOSE",
        Kind::TagSelfEnd => "TAG_NAME_SELFCLOSE",
        Kind::EndTag => "TAG_CLOSE",
        Kind::AttributeName => "ATTR_NAME",
        Kind::AttributeValue => "ATTR_VALUE",
        Kind::Comment => "TAG_COMMENT",
        Kind::Doctype => "DOCTYPE",
    }
}
