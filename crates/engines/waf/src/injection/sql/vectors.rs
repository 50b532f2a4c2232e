//! libinjection's vectors of tokens, of folding and of SQL injection.

use super::Allowance;
use super::fold::Folded;
use super::kind::{Kind, Token};
use super::scan::{Dialect, Place, Scanner};
use crate::injection::corpus::{Case, cases};

#[test]
fn every_public_vector_of_tokens_is_read_as_it_says() {
    check("test-tokens-", 200, |input| {
        let mut scanner = Scanner::new(input, Place::Bare, Dialect::Ansi, usize::MAX);
        std::iter::from_fn(|| scanner.next()).map(|token| print(input, &token)).collect()
    });
}

#[test]
fn every_public_vector_of_folding_is_folded_as_it_says() {
    check("test-folding-", 110, |input| {
        let mut scanner = Scanner::new(input, Place::Bare, Dialect::Ansi, usize::MAX);
        Folded::new(&mut scanner).tokens().iter().map(|token| print(input, token)).collect()
    });
}

#[test]
fn every_public_vector_of_injection_has_its_fingerprint() {
    check("test-sqli-", 45, |input| {
        super::detect(input, &mut Allowance::of(usize::MAX))
            .map_or_else(String::new, |found| found.fingerprint.to_string())
    });
}

/// Runs the vectors, of which there are at least so many where they are at hand.
fn check(start: &str, least: usize, print: impl Fn(&[u8]) -> String) {
    let cases = cases(start);
    for Case { name, input, expected } in &cases {
        // Phrases are spelled as the table does.
        let (actual, expected) = (print(input).to_lowercase(), expected.to_lowercase());
        assert_eq!(actual.trim_end(), expected, "{name}: {}", String::from_utf8_lossy(input));
    }
    assert!(cases.is_empty() || cases.len() >= least, "{} vectors", cases.len());
}

fn print(input: &[u8], token: &Token<'_>) -> String {
    let quote = |quote: u8| if quote == 0 { String::new() } else { char::from(quote).to_string() };
    let text = String::from_utf8_lossy(token.text);
    let text = match token.kind {
        Kind::String => format!("{}{text}{}", quote(token.open), quote(token.close)),
        Kind::Variable => {
            let before = &input[..token.at - usize::from(token.open != 0)];
            let signs = before.iter().rev().take_while(|byte| **byte == b'@').count();
            format!("{}{}{text}{}", "@".repeat(signs), quote(token.open), quote(token.close))
        }
        _ => text.into_owned(),
    };
    format!("{} {text}\n", char::from(token.kind.letter()))
}
