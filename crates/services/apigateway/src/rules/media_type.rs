//! Media types, as keys of templates and models. <https://www.rfc-editor.org/rfc/rfc9110#section-8.3>

use crate::error::Error;

/// Longer ones match no request worth serving.
const MEDIA_TYPE_BYTES_MAX: usize = 256;

/// Checks a key of a map of templates or models.
pub(crate) fn check(text: &str) -> Result<(), Error> {
    if is_media_type(text) {
        Ok(())
    } else {
        Err(super::mapping::invalid(&[format!("Invalid content type specified: {text}")]))
    }
}

/// `type/subtype`, with parameters or without.
fn is_media_type(text: &str) -> bool {
    let (essence, parameters) = text.split_once(';').unwrap_or((text, ""));
    let Some((kind, subtype)) = essence.trim_end().split_once('/') else { return false };
    text.len() <= MEDIA_TYPE_BYTES_MAX
        && is_token(kind)
        && is_token(subtype)
        && parameters.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())
}

/// A token of HTTP, such as a header's name.
pub(crate) fn is_token(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_has_two_tokens() {
        for (text, good) in [
            ("application/json", true),
            ("application/vnd.pets+json", true),
            ("text/plain; charset=utf-8", true),
            ("*/*", true),
            ("123", false),
            ("", false),
            ("a/", false),
            ("a/b/c", false),
            ("a b/c", false),
            ("a/b\r\nX: y", false),
            ("a/b;\r\nx", false),
        ] {
            assert_eq!(check(text).is_ok(), good, "{text:?}");
        }
        let message = check("123").expect_err("no media type").to_string();
        assert_eq!(message, "Validation Result: warnings : [], errors : [Invalid content type specified: 123]");
    }
}
