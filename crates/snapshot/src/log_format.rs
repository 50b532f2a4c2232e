//! A stage's access log line: text with `$context` variables, read once.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html>

use crate::Variable;

/// A compiled line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFormat {
    /// Its parts in order.
    pub pieces: Vec<Piece>,
}

/// A part of the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Written as it stands.
    Text(String),
    /// Written as the variable's value, `-` without one.
    Variable(Variable),
    /// Written as what the authorizer said under this name (`$context.authorizer.NAME`), `-` where it said nothing.
    Authorizer(String),
    /// A variable nobody knows (yet): always `-`, as in AWS.
    Unknown(String),
}

/// Why a format was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvalidFormat {
    /// More than one line.
    ManyLines,
    /// Neither `$context.requestId` nor `$context.extendedRequestId` stands in it.
    NoRequestId,
    /// Longer than AWS takes.
    TooLong,
}

impl LogFormat {
    /// Reads and checks a format.
    pub fn parse(text: &str) -> Result<Self, InvalidFormat> {
        if text.len() > base::limits::ACCESS_LOG_FORMAT_BYTES_MAX {
            return Err(InvalidFormat::TooLong);
        }
        if text.trim_end().contains(['\n', '\r']) {
            return Err(InvalidFormat::ManyLines);
        }
        let format = Self { pieces: pieces(text.trim_end()) };
        let identifies =
            |piece: &Piece| matches!(piece, Piece::Variable(Variable::RequestId | Variable::ExtendedRequestId));
        if format.pieces.iter().any(identifies) { Ok(format) } else { Err(InvalidFormat::NoRequestId) }
    }
}

const MARK: &str = "$context.";
/// What begins the names of an authorizer's own values.
const AUTHORIZER: &str = "authorizer.";

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find(MARK) {
        if start > 0 {
            pieces.push(Piece::Text(rest[..start].to_owned()));
        }
        let behind = &rest[start + MARK.len()..];
        let name = longest_name(behind);
        pieces.push(match Variable::parse(name) {
            Some(variable) => Piece::Variable(variable),
            None => match name.strip_prefix(AUTHORIZER).filter(|key| !key.is_empty()) {
                Some(key) => Piece::Authorizer(key.to_owned()),
                None => Piece::Unknown(name.to_owned()),
            },
        });
        rest = &behind[name.len()..];
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    pieces
}

/// The dotted name at the start of `text`; a final dot belongs to the sentence, not to the name.
fn longest_name(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))).unwrap_or(text.len());
    let name = text[..end].trim_end_matches(['.', '-']);
    // `$context.stage-$context.path`: a known name wins over a longer unknown one.
    let mut shorter = name;
    while Variable::parse(shorter).is_none() {
        match shorter.rfind(['.', '-', '_']) {
            Some(cut) => shorter = &shorter[..cut],
            None => return name,
        }
    }
    shorter
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_format_is_text_and_variables() {
        let format =
            LogFormat::parse("$context.requestId [$context.requestTime] \"$context.nonsense\"\n").expect("good");
        assert_eq!(
            format.pieces,
            [
                Piece::Variable(Variable::RequestId),
                Piece::Text(" [".into()),
                Piece::Variable(Variable::RequestTime),
                Piece::Text("] \"".into()),
                Piece::Unknown("nonsense".into()),
                Piece::Text("\"".into()),
            ]
        );
    }

    #[test]
    fn names_end_where_the_known_name_ends() {
        let format = LogFormat::parse("$context.stage-$context.extendedRequestId.").expect("good");
        assert_eq!(format.pieces[0], Piece::Variable(Variable::Stage));
        assert_eq!(format.pieces[1], Piece::Text("-".into()));
        assert_eq!(format.pieces[3], Piece::Text(".".into()));
    }

    #[test]
    fn a_format_without_an_id_or_with_many_lines_is_refused() {
        assert_eq!(LogFormat::parse("$context.status"), Err(InvalidFormat::NoRequestId));
        assert_eq!(LogFormat::parse("$context.requestId\nx"), Err(InvalidFormat::ManyLines));
        assert_eq!(LogFormat::parse(&"x".repeat(4000)), Err(InvalidFormat::TooLong));
    }

    proptest! {
        #[test]
        fn any_format_is_refused_or_taken_apart_without_loss(text in "(\\$context\\.[a-zA-Z._-]{0,12}|[ -~\u{e4}]{0,8}){0,8}") {
            let text = format!("$context.requestId {text}");
            let format = LogFormat::parse(&text).expect("one line with an id");
            let again: String = format.pieces.iter().map(|piece| match piece {
                Piece::Text(text) => text.clone(),
                Piece::Variable(variable) => format!("{MARK}{}", variable.name()),
                Piece::Authorizer(key) => format!("{MARK}{AUTHORIZER}{key}"),
                Piece::Unknown(name) => format!("{MARK}{name}"),
            }).collect();
            prop_assert_eq!(again, text.trim_end());
        }

        #[test]
        fn any_text_is_a_format_or_none(text in any::<String>()) {
            let _ = LogFormat::parse(&text);
        }
    }
}
