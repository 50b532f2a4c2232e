//! Applies transformations: one on its own, or a chain of them in two buffers that are used again.

use std::borrow::Cow;
use std::mem;

use super::path::Separators;
use super::rewrite::Changed;
use super::space::Ends;
use super::{Chain, TextTransformation, comments, digits, escapes, html, path, shell, space, url};

/// Room for a chain's work. Kept from value to value, it saves all allocation.
#[derive(Debug, Default)]
pub struct Buffers {
    front: Vec<u8>,
    back: Vec<u8>,
}

impl TextTransformation {
    /// How many times as long as a value its transformed form may be; digests have their own length besides.
    pub const GROWTH_MAX: usize = 3;

    /// The transformed value: borrowed where it is the value itself or a part of it.
    pub fn apply(self, value: &[u8]) -> Cow<'_, [u8]> {
        let mut out = Vec::new();
        match self.write(value, &mut out) {
            Changed::Not => Cow::Borrowed(value),
            Changed::Within(part) => Cow::Borrowed(&value[part]),
            Changed::Made => Cow::Owned(out),
        }
    }

    /// Writes the transformed value into an empty buffer, unless it is the value itself or a part of it.
    pub(crate) fn write(self, value: &[u8], out: &mut Vec<u8>) -> Changed {
        match self {
            TextTransformation::None => Changed::Not,
            TextTransformation::Lowercase => space::lowercase(value, out),
            TextTransformation::Uppercase => space::uppercase(value, out),
            TextTransformation::CompressWhiteSpace => space::compress(value, out),
            TextTransformation::RemoveWhitespace => space::remove(value, out),
            TextTransformation::Trim => space::trim(value, Ends::Both),
            TextTransformation::TrimLeft => space::trim(value, Ends::Left),
            TextTransformation::TrimRight => space::trim(value, Ends::Right),
            TextTransformation::RemoveNulls => space::remove_nulls(value, out),
            TextTransformation::ReplaceNulls => space::replace_nulls(value, out),
            TextTransformation::UrlDecode => url::decode(value, out),
            TextTransformation::UrlDecodeUni => url::decode_uni(value, out),
            TextTransformation::HtmlEntityDecode => html::decode(value, out),
            TextTransformation::CssDecode => escapes::css(value, out),
            TextTransformation::JsDecode => escapes::js(value, out),
            TextTransformation::JsDecodeExt => escapes::js_ext(value, out),
            TextTransformation::EscapeSeqDecode => escapes::c(value, out),
            TextTransformation::Base64Decode => digits::base64(value, out),
            TextTransformation::Base64DecodeExt => digits::base64_ext(value, out),
            TextTransformation::HexDecode => digits::hex(value, out),
            TextTransformation::SqlHexDecode => digits::sql_hex(value, out),
            TextTransformation::Utf8ToUnicode => url::utf8_to_unicode(value, out),
            TextTransformation::ReplaceComments => comments::replace(value, out),
            TextTransformation::RemoveCommentsChar => comments::remove_char(value, out),
            TextTransformation::CmdLine => shell::any(value, out),
            TextTransformation::CmdLineWin => shell::windows(value, out),
            TextTransformation::CmdLineUnix => shell::unix(value, out),
            TextTransformation::NormalizePath => path::normalize(value, Separators::Slash, out),
            TextTransformation::NormalizePathWin => path::normalize(value, Separators::SlashAndBackslash, out),
            TextTransformation::Md5 => digits::md5(value, out),
            TextTransformation::Sha256 => digits::sha256(value, out),
        }
    }
}

impl Chain {
    /// The value after all steps: the value itself or a part of it where none changed more, else what stands in the buffers.
    pub fn apply<'a>(&self, value: &'a [u8], buffers: &'a mut Buffers) -> &'a [u8] {
        let Buffers { front, back } = buffers;
        let mut made = false;
        let mut part = 0..value.len();
        for step in self.steps() {
            let current: &[u8] = if made { front } else { value };
            back.clear();
            match step.write(&current[part.clone()], back) {
                Changed::Not => {}
                Changed::Within(inner) => part = part.start + inner.start..part.start + inner.end,
                Changed::Made => {
                    mem::swap(front, back);
                    made = true;
                    part = 0..front.len();
                }
            }
        }
        if made { &front[part] } else { &value[part] }
    }
}
