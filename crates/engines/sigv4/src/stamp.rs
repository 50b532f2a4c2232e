//! Time stamps as signatures write them: `20150830T123600Z`, or the HTTP date of a `Date` header.

use base::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// The ISO 8601 basic form, to the second.
pub(crate) fn format(time: Timestamp) -> String {
    let at = Offset::UTC.to_datetime(time);
    // By hand: this stands in every signature, and the formatting machinery would cost more than the rest of the text.
    let digits = |value: u16| [value / 10 % 10, value % 10].map(|digit| char::from(b'0' + digit as u8));
    let small = |value: i8| digits(value.unsigned_abs().into());
    let year = at.year().unsigned_abs();
    let mut text = String::with_capacity(16);
    for pair in [digits(year / 100), digits(year), small(at.month()), small(at.day())] {
        text.extend(pair);
    }
    text.push('T');
    for pair in [small(at.hour()), small(at.minute()), small(at.second())] {
        text.extend(pair);
    }
    text.push('Z');
    text
}

/// Reads the ISO 8601 basic form.
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let bytes = text.as_bytes();
    if bytes.len() != 16 || bytes[8] != b'T' || bytes[15] != b'Z' {
        return None;
    }
    let number = |from: usize, to: usize| {
        bytes[from..to]
            .iter()
            .try_fold(0i16, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i16::from(digit - b'0')))
    };
    let small = |from: usize| number(from, from + 2).map(|value| value as i8);
    let at = DateTime::new(number(0, 4)?, small(4)?, small(6)?, small(9)?, small(11)?, small(13)?, 0).ok()?;
    Offset::UTC.to_timestamp(at).ok()
}

/// Reads what a `Date` header may hold: the basic form or an HTTP date (RFC 9110, section 5.6.7).
pub(crate) fn parse_date_header(text: &str) -> Option<Timestamp> {
    parse(text).or_else(|| jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_reads_back_what_it_wrote() {
        let time = parse("20150830T123600Z").expect("a good stamp");
        assert_eq!(time.as_second(), 1_440_938_160);
        assert_eq!(format(time), "20150830T123600Z");
        for text in ["00000101T000000Z", "20001231T235959Z", "99991230T010203Z"] {
            assert_eq!(format(parse(text).expect("a good stamp")), text);
        }
        assert_eq!(parse_date_header("Sun, 30 Aug 2015 12:36:00 GMT"), Some(time));
    }

    #[test]
    fn a_stamp_in_any_other_form_is_refused() {
        for text in ["", "20150830", "20150830T123600", "20151330T123600Z", "2015083aT123600Z", "20150830 123600Z"] {
            assert_eq!(parse(text), None, "{text}");
        }
        assert_eq!(parse_date_header("yesterday"), None);
    }
}
