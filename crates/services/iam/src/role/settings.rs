//! A role's settings: description, longest session, boundary.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html>

use crate::error::Error;

const DESCRIPTION_CHARS_MAX: usize = 1000;
const SESSION_S: std::ops::RangeInclusive<i32> = 3_600..=43_200;
/// An hour, unless said otherwise.
pub(super) const SESSION_S_DEFAULT: u32 = 3_600;

/// Checks a description; an empty one is none.
pub(super) fn description(text: &str) -> Result<Option<String>, Error> {
    let sound = |char: char| matches!(char, '\t' | '\n' | '\r' | ' '..='~' | '\u{a1}'..='\u{ff}');
    let constraint = if text.chars().count() > DESCRIPTION_CHARS_MAX {
        format!("Member must have length less than or equal to {DESCRIPTION_CHARS_MAX}")
    } else if !text.chars().all(sound) {
        r"Member must satisfy regular expression pattern: [\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*".to_owned()
    } else {
        return Ok(Some(text.to_owned()).filter(|text| !text.is_empty()));
    };
    Err(Error::ValidationError(format!(
        "1 validation error detected: Value at 'description' failed to satisfy constraint: {constraint}"
    )))
}

/// Checks the longest session.
pub(super) fn max_session_s(seconds: i32) -> Result<u32, Error> {
    let bound = if seconds < *SESSION_S.start() {
        format!("greater than or equal to {}", SESSION_S.start())
    } else if seconds > *SESSION_S.end() {
        format!("less than or equal to {}", SESSION_S.end())
    } else {
        return Ok(seconds.unsigned_abs());
    };
    Err(Error::ValidationError(format!(
        "1 validation error detected: Value '{seconds}' at 'maxSessionDuration' failed to satisfy constraint: Member must have value {bound}"
    )))
}

/// Sessions of the console are not served here.
pub(super) fn no_sign_in(given: Option<i32>) -> Result<(), Error> {
    match given {
        None => Ok(()),
        Some(_) => Err(Error::NotEnforced("MaxSigninSessionDuration".to_owned())),
    }
}
