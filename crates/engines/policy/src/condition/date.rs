//! Moments of date conditions: ISO 8601 as the W3C profiles it, or seconds since 1970.
//! <https://www.w3.org/TR/NOTE-datetime>

use base::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use crate::value::{Typed, Value};

/// Reads `2013-06-30T00:00:00Z`, `2013-06-30T00:00+02:00`, `2013-06-30`, `2013-06` or `1372550400`.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    if !text.is_ascii() || text.len() > 40 {
        return None;
    }
    let digits = text.strip_prefix('-').unwrap_or(text);
    if !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Timestamp::from_second(text.parse().ok()?).ok();
    }
    match text.len() {
        7 => midnight(&format!("{text}-01")),
        10 => midnight(text),
        _ => text.parse().ok(),
    }
}

fn midnight(day: &str) -> Option<Timestamp> {
    let day: Date = day.parse().ok()?;
    Offset::UTC.to_timestamp(day.to_datetime(jiff::civil::Time::midnight())).ok()
}

/// The moment that a request's value is.
pub(crate) fn of(value: &Value) -> Option<Timestamp> {
    match &value.typed {
        Typed::Time(time) => Some(*time),
        Typed::Text => parse(&value.text),
        Typed::Ip(_) | Typed::Bool(_) | Typed::Binary(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_many_spellings() {
        for text in [
            "2013-06-30T00:00:00Z",
            "2013-06-30T02:00:00+02:00",
            "2013-06-30T00:00Z",
            "2013-06-30T00:00:00.000Z",
            "2013-06-30",
            "1372550400",
        ] {
            assert_eq!(parse(text).map(Timestamp::as_second), Some(1_372_550_400), "{text}");
        }
        assert_eq!(parse("2013-06").map(Timestamp::as_second), Some(1_370_044_800));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in
            ["", "-", "tomorrow", "2013-13-01", "2013-06-31", "2013-06-30T00:00:00", "99999999999999999999", "2013-é1"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
