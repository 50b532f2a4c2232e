//! What an API key may be. <https://docs.aws.amazon.com/apigateway/latest/api/API_CreateApiKey.html>

use base::limits::{API_KEY_VALUE_CHARS_MAX, API_KEY_VALUE_CHARS_MIN};

use crate::error::Error;

/// The longest name, description and customer id, in characters.
const TEXT_CHARS_MAX: usize = 1024;
/// How long the values are that are made here.
pub(crate) const MADE_CHARS: usize = 40;

/// A value: what a header can carry and nobody mistakes.
pub(crate) fn value(value: &str) -> Result<(), Error> {
    let count = value.chars().count();
    if count < API_KEY_VALUE_CHARS_MIN {
        return Err(Error::bad_request(format!(
            "API Key value should be at least {API_KEY_VALUE_CHARS_MIN} characters"
        )));
    }
    if count > API_KEY_VALUE_CHARS_MAX {
        return Err(Error::bad_request(format!(
            "API Key value exceeds maximum size of {API_KEY_VALUE_CHARS_MAX} characters"
        )));
    }
    if !value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/=".contains(&byte)) {
        return Err(Error::bad_request("API Key value can only contain letters, digits and -._~+/="));
    }
    Ok(())
}

/// A name, description or customer id; an empty one is none.
pub(crate) fn text(what: &str, text: Option<String>) -> Result<Option<String>, Error> {
    let text = text.filter(|text| !text.is_empty());
    match text {
        Some(long) if long.chars().count() > TEXT_CHARS_MAX => {
            Err(Error::bad_request(format!("API Key {what} can be at most {TEXT_CHARS_MAX} characters long")))
        }
        text => Ok(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_long_enough_and_fits_a_header() {
        for (text, good) in [
            ("01234567890123456789", true),
            ("0b7f7c2e-3f0d-4a43-9a0a-000000000001", true),
            ("0123456789012345678", false),
            ("", false),
            (&"x".repeat(128), true),
            (&"x".repeat(129), false),
            ("0123456789 0123456789", false),
            ("0123456789,0123456789", false),
            ("01234567890123456789\n", false),
            ("0123456789012345678ä9", false),
            ("01234567890123456789\0", false),
        ] {
            assert_eq!(value(text).is_ok(), good, "{text:?}");
        }
        assert_eq!(
            value("short").expect_err("it is short").to_string(),
            "API Key value should be at least 20 characters"
        );
    }

    #[test]
    fn an_empty_text_is_none() {
        assert_eq!(text("name", Some(String::new())), Ok(None));
        assert!(text("name", Some("x".repeat(1024))).is_ok() && text("name", Some("x".repeat(1025))).is_err());
    }
}
