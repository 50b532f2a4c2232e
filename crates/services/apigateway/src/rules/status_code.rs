//! Status codes of method and integration responses.

use crate::error::Error;

/// Three digits, the first from 1 to 5.
pub(crate) fn check(text: &str) -> Result<(), Error> {
    let bytes = text.as_bytes();
    let good = bytes.len() == 3 && (b'1'..=b'5').contains(&bytes[0]) && bytes.iter().all(u8::is_ascii_digit);
    if good {
        return Ok(());
    }
    Err(Error::Validation {
        member: "statusCode",
        value: text.to_owned(),
        constraint: "Member must satisfy regular expression pattern: [1-5]\\d\\d",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_code_has_three_digits() {
        for (text, good) in [
            ("200", true),
            ("599", true),
            ("100", true),
            ("600", false),
            ("20", false),
            ("2000", false),
            ("2x0", false),
            ("", false),
        ] {
            assert_eq!(check(text).is_ok(), good, "{text}");
        }
        let message = check("wrong").expect_err("no status").to_string();
        let expected = "1 validation error detected: Value 'wrong' at 'statusCode' failed to satisfy constraint: Member must satisfy regular expression pattern: [1-5]\\d\\d";
        assert_eq!(message, expected);
    }
}
