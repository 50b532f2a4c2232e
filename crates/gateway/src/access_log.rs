//! Renders a stage's access log line. What a client or backend chose is escaped, so that it cannot end the line, its
//! field or its JSON string.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html>

use snapshot::log_format::Piece;
use snapshot::{LogFormat, Variable};

use crate::context::Values;

/// What the format's text surrounds values with, hence what must not occur in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syntax {
    /// JSON, CLF and CSV: quotes and control characters as in JSON.
    Json,
    /// XML: markup as references.
    Xml,
}

/// Writes the line, without a line end, and answers where the id that the caller sees stands in it.
pub(crate) fn render(format: &LogFormat, values: &Values<'_>, line: &mut Vec<u8>) -> Option<usize> {
    let mut id_at = None;
    let syntax = match format.pieces.first() {
        Some(Piece::Text(text)) if text.trim_start().starts_with('<') => Syntax::Xml,
        Some(Piece::Text(_) | Piece::Variable(_) | Piece::Authorizer(_) | Piece::Unknown(_)) | None => Syntax::Json,
    };
    for piece in &format.pieces {
        match piece {
            Piece::Text(text) => line.extend_from_slice(text.as_bytes()),
            Piece::Unknown(_) => line.push(b'-'),
            Piece::Authorizer(key) => {
                let before = line.len();
                if values.write_authorizer(key, line) {
                    escape(line, before, syntax);
                } else {
                    line.push(b'-');
                }
            }
            Piece::Variable(variable) => {
                let before = line.len();
                if !values.write(*variable, line) {
                    line.push(b'-');
                } else if !is_plain(*variable) {
                    escape(line, before, syntax);
                } else if *variable == Variable::RequestId {
                    id_at = Some(before);
                }
            }
        }
    }
    id_at
}

/// Whether a value is of our own making, of characters that mean themselves everywhere, or is quoted already.
/// SECURITY: whatever is not named here is escaped.
fn is_plain(variable: Variable) -> bool {
    matches!(
        variable,
        Variable::RequestId
            | Variable::ExtendedRequestId
            | Variable::AccountId
            | Variable::ApiId
            | Variable::DeploymentId
            | Variable::ResourceId
            | Variable::EndpointType
            | Variable::Protocol
            | Variable::RequestTime
            | Variable::RequestTimeEpoch
            | Variable::IdentitySourceIp
            | Variable::Status
            | Variable::ResponseLength
            | Variable::ResponseLatency
            | Variable::IntegrationStatus
            | Variable::IntegrationLatency
            | Variable::ErrorMessageString
    )
}

/// Escapes what was written behind `from`; mostly nothing has to be.
fn escape(line: &mut Vec<u8>, from: usize, syntax: Syntax) {
    let plain = match syntax {
        Syntax::Json => &PLAIN_JSON,
        Syntax::Xml => &PLAIN_XML,
    };
    if line[from..].iter().all(|byte| plain[usize::from(*byte)]) {
        return;
    }
    let value = line.split_off(from);
    for chunk in value.utf8_chunks() {
        chunk.valid().chars().for_each(|char| push(char, syntax, line));
        if !chunk.invalid().is_empty() {
            push(char::REPLACEMENT_CHARACTER, syntax, line);
        }
    }
}

/// Bytes that mean themselves in either syntax.
static PLAIN_JSON: [bool; 256] = plain_but(b"\"\\");
static PLAIN_XML: [bool; 256] = plain_but(b"\"'<>&");

/// Printable ASCII but for `special`.
const fn plain_but(special: &[u8]) -> [bool; 256] {
    let mut table = [false; 256];
    let mut byte = b' ';
    while byte < 0x7f {
        table[byte as usize] = true;
        byte += 1;
    }
    let mut at = 0;
    while at < special.len() {
        table[special[at] as usize] = false;
        at += 1;
    }
    table
}

fn push(char: char, syntax: Syntax, line: &mut Vec<u8>) {
    // U+0085, U+2028 and U+2029 end a line for some readers.
    let breaks = char.is_control() || matches!(char, '\u{2028}' | '\u{2029}');
    let escaped = match (syntax, char) {
        (Syntax::Json, '"') => "\\\"",
        (Syntax::Json, '\\') => "\\\\",
        (Syntax::Json, '\n') => "\\n",
        (Syntax::Json, '\r') => "\\r",
        (Syntax::Json, '\t') => "\\t",
        (Syntax::Json, char) if breaks => {
            return line.extend_from_slice(format!("\\u{:04x}", u32::from(char)).as_bytes());
        }
        (Syntax::Xml, '"') => "&quot;",
        (Syntax::Xml, '\'') => "&apos;",
        (Syntax::Xml, '<') => "&lt;",
        (Syntax::Xml, '>') => "&gt;",
        (Syntax::Xml, '&') => "&amp;",
        // XML 1.0 has no way to write most control characters.
        (Syntax::Xml, _) if breaks => "\u{fffd}",
        (Syntax::Json | Syntax::Xml, char) => {
            let mut bytes = [0; 4];
            return line.extend_from_slice(char.encode_utf8(&mut bytes).as_bytes());
        }
    };
    line.extend_from_slice(escaped.as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn escaped(value: &[u8], syntax: Syntax) -> String {
        let mut line = b"before ".to_vec();
        line.extend_from_slice(value);
        escape(&mut line, 7, syntax);
        String::from_utf8(line.split_off(7)).expect("UTF-8")
    }

    #[test]
    fn a_value_stays_inside_its_field() {
        for (value, json, xml) in [
            ("plain/1.0", "plain/1.0", "plain/1.0"),
            ("a\"b\\c", "a\\\"b\\\\c", "a&quot;b\\c"),
            ("a\r\nb\tc", "a\\r\\nb\\tc", "a\u{fffd}\u{fffd}b\u{fffd}c"),
            ("<x>&'", "<x>&'", "&lt;x&gt;&amp;&apos;"),
            ("\u{7f}\u{1b}[2J", "\\u007f\\u001b[2J", "\u{fffd}\u{fffd}[2J"),
            ("\u{2028}", "\\u2028", "\u{fffd}"),
            ("h\u{e9}", "h\u{e9}", "h\u{e9}"),
        ] {
            assert_eq!(escaped(value.as_bytes(), Syntax::Json), json);
            assert_eq!(escaped(value.as_bytes(), Syntax::Xml), xml);
        }
        assert_eq!(escaped(b"a\xff\xfeb", Syntax::Json), "a\u{fffd}\u{fffd}b");
    }

    proptest! {
        #[test]
        fn no_value_ends_the_line_or_its_string(value in proptest::collection::vec(any::<u8>(), 0..60)) {
            let text = escaped(&value, Syntax::Json);
            prop_assert!(!text.contains(['\n', '\r', '\0']));
            let json = format!("\"{text}\"");
            prop_assert!(serde_json::from_str::<String>(&json).is_ok(), "{json}");
            prop_assert!(!escaped(&value, Syntax::Xml).contains(['\n', '\r', '<', '"']));
        }
    }
}
