//! Text transformations: what undoes an attacker's formatting before a value is inspected.

mod chain;
mod apply;
mod rewrite;
mod space;
mod url;
mod html;
mod escapes;
mod digits;
mod comments;
mod shell;
mod path;

pub use apply::Buffers;
pub use chain::Chain;
pub(crate) use chain::by_priority;
pub(crate) use rewrite::{Changed, hex_pair, hex_quad, push_utf8};

/// One text transformation, by AWS's names.
/// <https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-transformation.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextTransformation {
    /// As received.
    None,
    /// Letters `A`–`Z` become small.
    Lowercase,
    /// Letters `a`–`z` become capital.
    Uppercase,
    /// White space becomes one space.
    CompressWhiteSpace,
    /// White space goes.
    RemoveWhitespace,
    /// White space at both ends goes.
    Trim,
    /// White space at the beginning goes.
    TrimLeft,
    /// White space at the end goes.
    TrimRight,
    /// NUL bytes go.
    RemoveNulls,
    /// NUL bytes become spaces.
    ReplaceNulls,
    /// `%41`, and `+` for a space.
    UrlDecode,
    /// The same with `%u0041`.
    UrlDecodeUni,
    /// `&lt;`, `&#60;`, `&#x3c;`.
    HtmlEntityDecode,
    /// `\41 `, by the rules of CSS 2.
    CssDecode,
    /// `\x41`, `\u0041`, `\101`, by the rules of JavaScript.
    JsDecode,
    /// The same, but `\n` and `\d` stay, so that Windows' paths do; `\u{41}` too.
    JsDecodeExt,
    /// `\n`, `\x41`, `\101`, by the rules of ANSI C.
    EscapeSeqDecode,
    /// Base64, up to the first byte that is none.
    Base64Decode,
    /// Base64, without the bytes that are none.
    Base64DecodeExt,
    /// `4142` is `AB`.
    HexDecode,
    /// `0x4142` is `AB`.
    SqlHexDecode,
    /// The bytes of UTF-8 become `%u0041`.
    Utf8ToUnicode,
    /// `/* … */` becomes one space.
    ReplaceComments,
    /// What begins and ends comments goes.
    RemoveCommentsChar,
    /// What a shell does not mind goes.
    CmdLine,
    /// What Windows' shells do not mind goes.
    CmdLineWin,
    /// What Unix shells do not mind goes.
    CmdLineUnix,
    /// `/a/./b//../c` is `/a/c`.
    NormalizePath,
    /// The same, of backslashes too.
    NormalizePathWin,
    /// The 16 bytes of the digest.
    Md5,
    /// The 32 bytes of the digest.
    Sha256,
}

impl TextTransformation {
    /// All, in the order of AWS's model.
    pub const ALL: [TextTransformation; 31] = [
        TextTransformation::None,
        TextTransformation::CompressWhiteSpace,
        TextTransformation::HtmlEntityDecode,
        TextTransformation::Lowercase,
        TextTransformation::CmdLine,
        TextTransformation::UrlDecode,
        TextTransformation::Base64Decode,
        TextTransformation::HexDecode,
        TextTransformation::Md5,
        TextTransformation::ReplaceComments,
        TextTransformation::EscapeSeqDecode,
        TextTransformation::SqlHexDecode,
        TextTransformation::CssDecode,
        TextTransformation::JsDecode,
        TextTransformation::NormalizePath,
        TextTransformation::NormalizePathWin,
        TextTransformation::RemoveNulls,
        TextTransformation::ReplaceNulls,
        TextTransformation::Base64DecodeExt,
        TextTransformation::UrlDecodeUni,
        TextTransformation::Utf8ToUnicode,
        TextTransformation::RemoveWhitespace,
        TextTransformation::Trim,
        TextTransformation::TrimLeft,
        TextTransformation::TrimRight,
        TextTransformation::RemoveCommentsChar,
        TextTransformation::Uppercase,
        TextTransformation::CmdLineWin,
        TextTransformation::CmdLineUnix,
        TextTransformation::JsDecodeExt,
        TextTransformation::Sha256,
    ];

    /// AWS's name.
    pub fn name(self) -> &'static str {
        match self {
            TextTransformation::None => "NONE",
            TextTransformation::Lowercase => "LOWERCASE",
            TextTransformation::Uppercase => "UPPERCASE",
            TextTransformation::CompressWhiteSpace => "COMPRESS_WHITE_SPACE",
            TextTransformation::RemoveWhitespace => "REMOVE_WHITESPACE",
            TextTransformation::Trim => "TRIM",
            TextTransformation::TrimLeft => "TRIM_LEFT",
            TextTransformation::TrimRight => "TRIM_RIGHT",
            TextTransformation::RemoveNulls => "REMOVE_NULLS",
            TextTransformation::ReplaceNulls => "REPLACE_NULLS",
            TextTransformation::UrlDecode => "URL_DECODE",
            TextTransformation::UrlDecodeUni => "URL_DECODE_UNI",
            TextTransformation::HtmlEntityDecode => "HTML_ENTITY_DECODE",
            TextTransformation::CssDecode => "CSS_DECODE",
            TextTransformation::JsDecode => "JS_DECODE",
            TextTransformation::JsDecodeExt => "JS_DECODE_EXT",
            TextTransformation::EscapeSeqDecode => "ESCAPE_SEQ_DECODE",
            TextTransformation::Base64Decode => "BASE64_DECODE",
            TextTransformation::Base64DecodeExt => "BASE64_DECODE_EXT",
            TextTransformation::HexDecode => "HEX_DECODE",
            TextTransformation::SqlHexDecode => "SQL_HEX_DECODE",
            TextTransformation::Utf8ToUnicode => "UTF8_TO_UNICODE",
            TextTransformation::ReplaceComments => "REPLACE_COMMENTS",
            TextTransformation::RemoveCommentsChar => "REMOVE_COMMENTS_CHAR",
            TextTransformation::CmdLine => "CMD_LINE",
            TextTransformation::CmdLineWin => "CMD_LINE_WIN",
            TextTransformation::CmdLineUnix => "CMD_LINE_UNIX",
            TextTransformation::NormalizePath => "NORMALIZE_PATH",
            TextTransformation::NormalizePathWin => "NORMALIZE_PATH_WIN",
            TextTransformation::Md5 => "MD5",
            TextTransformation::Sha256 => "SHA256",
        }
    }

    /// Reads AWS's name; `None` where it is none of them.
    pub fn parse(name: &str) -> Option<TextTransformation> {
        TextTransformation::ALL.into_iter().find(|transformation| transformation.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_read_back_and_stands_once() {
        for transformation in TextTransformation::ALL {
            assert_eq!(TextTransformation::parse(transformation.name()), Some(transformation));
        }
        assert_eq!(TextTransformation::parse("LOWER_CASE"), None);
        assert_eq!(TextTransformation::parse("lowercase"), None);
    }
}
