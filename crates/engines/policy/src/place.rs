//! Where each statement stands in a policy's text. Only who asks pays for it: compiled policies do not keep it.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_Statement.html>
//!
//! AWS tells where its reader stands before and after it read a statement. So a statement ends behind its `}`; one in a
//! list begins behind the `[`, or where the one before it ended, and the comma and white space between belong to it; one
//! without a list begins behind its own `{`. The tests hold AWS's published examples.

use std::ops::Range;
use std::str::CharIndices;

/// A place between two characters, told by the line and the column of the character that follows; both begin at 1.
/// `\n`, `\r` and `\r\n` end a line. Columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The line.
    pub line: u32,
    /// The column.
    pub column: u32,
}

/// The statements' places, in their order, in a document that [`crate::Policy::parse`] took. Of any other text nothing is
/// promised but an answer.
pub fn places(document: &str) -> Vec<Range<Place>> {
    let mut reader = Reader::new(document);
    let mut found = Vec::new();
    let mut depth = 0usize;
    // The last text right inside of the document, and how deep the statements end, once their element was found.
    let (mut name, mut element) = ("", None);
    let mut from = reader.place;
    while let Some((at, char)) = reader.next() {
        match char {
            '"' => {
                let text = reader.text(document, at);
                if depth == 1 {
                    name = text;
                }
            }
            ':' if depth == 1 && is_statement(name) => element = Some(1),
            ',' if depth == 1 => element = None,
            '{' | '[' => {
                depth += 1;
                if depth == 2 && element.is_some() {
                    from = reader.place;
                    element = Some(if char == '[' { 2 } else { 1 });
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                if char == '}' && element == Some(depth) {
                    found.push(from..reader.place);
                    from = reader.place;
                }
            }
            _ => {}
        }
    }
    found
}

/// Whether a text in quotes is the element's name, however its letters are written.
fn is_statement(quoted: &str) -> bool {
    serde_json::from_str::<String>(quoted).is_ok_and(|name| name == "Statement")
}

/// Goes through a text and knows where it stands.
struct Reader<'a> {
    chars: CharIndices<'a>,
    place: Place,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str) -> Self {
        Self { chars: text.char_indices(), place: Place { line: 1, column: 1 } }
    }

    fn next(&mut self) -> Option<(usize, char)> {
        let (at, char) = self.chars.next()?;
        let ends_line = match char {
            '\n' => true,
            // The line ends behind both.
            '\r' => !self.chars.as_str().starts_with('\n'),
            _ => false,
        };
        if ends_line {
            self.place = Place { line: self.place.line + 1, column: 1 };
        } else {
            self.place.column += 1;
        }
        Some((at, char))
    }

    /// The rest of a text whose quote at `from` was read, with both quotes.
    fn text(&mut self, document: &'a str, from: usize) -> &'a str {
        while let Some((at, char)) = self.next() {
            match char {
                '\\' => drop(self.next()),
                '"' => return &document[from..=at],
                _ => {}
            }
        }
        &document[from..]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Kind, Policy};

    fn told(document: &str) -> String {
        let told = |place: Place| format!("{}:{}", place.line, place.column);
        let told = |range: Range<Place>| format!("{}-{}", told(range.start), told(range.end));
        places(document).into_iter().map(told).collect::<Vec<_>>().join(" ")
    }

    /// Requests and answers of <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>, of
    /// the same page of `SimulateCustomPolicy`, and of the examples of the AWS CLI.
    #[test]
    fn places_are_those_of_awss_examples() {
        let of_the_cli = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}"#;
        assert_eq!(told(of_the_cli), "1:38-1:167");
        let alone = "{\n  \"Version\":\"2012-10-17\",\n  \"Statement\":{\n    \"Effect\":\"Allow\",\n    \"Action\":\"s3:PutObject\",\n    \"Resource\":\"arn:aws:s3:::my-test-bucket\"\n  }\n}";
        assert_eq!(told(alone), "3:16-7:4");
        let listed = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [\n    {\n      \"Effect\": \"Allow\",\n      \"Action\": [\n        \"s3:Get*\",\n        \"s3:List*\"\n      ],\n      \"Resource\": \"*\"\n    }\n  ]\n}";
        assert_eq!(told(listed), "3:17-11:6");
        let in_one_line = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
        assert_eq!(told(in_one_line), "1:38-1:84");
    }

    #[test]
    fn a_statement_begins_where_the_one_before_ended() {
        let allow = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
        let two = format!(r#"{{"Statement":[{allow},{allow}],"Id":"Statement"}}"#);
        assert_eq!(told(&two), "1:15-1:61 1:61-1:108");
        for end in ["\n", "\r", "\r\n"] {
            let two = format!(r#"{{"Statement":[{end}{allow},{end}{end}  {allow}{end}]}}"#);
            assert_eq!(told(&two), "1:15-2:47 2:47-4:49", "{end:?}");
        }
    }

    #[test]
    fn what_only_looks_like_the_element_is_none() {
        let allow = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
        for (document, expected) in [
            (format!(r#"{{"Id":"Statement","Statement":{allow}}}"#), "1:32-1:77"),
            (format!(r#"{{"Id":"\"Statement\":[{{","Statement":{allow}}}"#), "1:39-1:84"),
            (format!(r#"{{"Stat\u0065ment":{allow}}}"#), "1:20-1:65"),
        ] {
            assert_eq!(told(&document), expected, "{document}");
            assert!(Policy::parse(&document, Kind::Identity).is_ok(), "{document}");
        }
        // Brackets in a text are letters, and a letter is one column however many bytes it has.
        let braces = r#"{"Statement":[{"Sid":"","Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::é}]{\"\\"}]}"#;
        assert_eq!(told(braces), "1:15-1:90");
    }

    fn cut<'a>(document: &'a str, range: &Range<Place>) -> &'a str {
        let at = |place: Place| {
            let line: usize = document.split_inclusive('\n').take(place.line as usize - 1).map(str::len).sum();
            line + document[line..].chars().take(place.column as usize - 1).map(char::len_utf8).sum::<usize>()
        };
        &document[at(range.start)..at(range.end)]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_statement_of_a_policy_is_found(
            statements in proptest::collection::vec(("[ \n]{0,3}", "[a-z{}:,é]{1,8}"), 1..5), space in "[ \n]{0,3}"
        ) {
            let of = |(before, id): &(String, String)| {
                format!(r#"{before}{{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::{id}"}}{before}"#)
            };
            let listed: Vec<String> = statements.iter().map(of).collect();
            let document = format!(r#"{{"Id":"[{{","Statement":{space}[{}]{space}}}"#, listed.join(","));
            prop_assert!(Policy::parse(&document, Kind::Identity).is_ok(), "{}", document);
            let found: Vec<&str> = places(&document).iter().map(|range| cut(&document, range)).collect();
            prop_assert_eq!(found.len(), statements.len());
            for (found, (_, id)) in found.iter().zip(&statements) {
                let own = format!(r#""arn:aws:s3:::{id}"}}"#);
                prop_assert!(found.ends_with(&own), "{} {}", found, own);
                prop_assert_eq!(found.matches("Effect").count(), 1);
            }
        }

        #[test]
        fn no_text_is_a_panic(text in "\\PC{0,60}|[\\[\\]{}\",:\\\\a\n\r]{0,60}") {
            places(&text);
        }
    }
}
