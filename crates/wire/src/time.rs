//! Time stamps as AWS writes them: ISO 8601, HTTP dates, and seconds since 1970.
//! <https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html#timestamp-format>

use base::Timestamp;
use jiff::fmt::rfc2822::{DateTimeParser, DateTimePrinter};

use crate::limits::TIMESTAMP_CHARS_MAX;
use crate::{Invalid, TimestampFormat};

/// Seconds beyond which a double no longer holds milliseconds; far outside the calendar anyway.
const SECONDS_MAX: f64 = 1e12;

impl TimestampFormat {
    /// Itself, or `otherwise` where the model says nothing.
    pub(crate) fn or(self, otherwise: TimestampFormat) -> TimestampFormat {
        if self == TimestampFormat::Default { otherwise } else { self }
    }
}

/// Reads a time from text.
pub(crate) fn parse(format: TimestampFormat, text: &str) -> Result<Timestamp, Invalid> {
    let invalid = Invalid::expected("timestamp");
    if text.len() > TIMESTAMP_CHARS_MAX {
        return Err(invalid);
    }
    match format {
        TimestampFormat::Default | TimestampFormat::Iso8601 => text.parse().map_err(|_| invalid),
        TimestampFormat::Rfc822 => DateTimeParser::new().parse_timestamp(text).map_err(|_| invalid),
        TimestampFormat::UnixSeconds => text.parse().ok().and_then(from_seconds).ok_or(invalid),
    }
}

/// Writes a time as text.
pub(crate) fn print(format: TimestampFormat, time: Timestamp) -> String {
    match format {
        TimestampFormat::Default | TimestampFormat::Iso8601 => time.to_string(),
        // HTTP dates end at the year 9999 and begin at 0; outside, ISO 8601 is the only form left.
        TimestampFormat::Rfc822 => {
            DateTimePrinter::new().timestamp_to_rfc9110_string(&time).unwrap_or_else(|_| time.to_string())
        }
        TimestampFormat::UnixSeconds => seconds(time),
    }
}

/// The time of a number of seconds since 1970, to the millisecond.
pub(crate) fn from_seconds(seconds: f64) -> Option<Timestamp> {
    if !seconds.is_finite() || seconds.abs() > SECONDS_MAX {
        return None;
    }
    Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok()
}

fn seconds(time: Timestamp) -> String {
    let millis = time.as_millisecond();
    if millis % 1000 == 0 { (millis / 1000).to_string() } else { (millis as f64 / 1000.0).to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use TimestampFormat::{Iso8601, Rfc822, UnixSeconds};

    #[test]
    fn times_travel_in_every_format() {
        for (format, text, iso) in [
            (Iso8601, "2019-12-16T23:48:18Z", "2019-12-16T23:48:18Z"),
            (Iso8601, "2019-12-17T00:48:18+01:00", "2019-12-16T23:48:18Z"),
            (Iso8601, "2000-01-02T20:34:56.123Z", "2000-01-02T20:34:56.123Z"),
            (Rfc822, "Mon, 16 Dec 2019 23:48:18 GMT", "2019-12-16T23:48:18Z"),
            (UnixSeconds, "1576540098", "2019-12-16T23:48:18Z"),
            (UnixSeconds, "1576540098.5", "2019-12-16T23:48:18.5Z"),
            (UnixSeconds, "-1.5", "1969-12-31T23:59:58.5Z"),
        ] {
            let time = parse(format, text).expect("a time");
            assert_eq!(time.to_string(), iso, "{text}");
            assert_eq!(parse(format, &print(format, time)), Ok(time), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        let long = "9".repeat(100);
        for (format, text) in [
            (Iso8601, "yesterday"),
            (Iso8601, "1576540098"),
            (Iso8601, ""),
            (Rfc822, "2019-12-16T23:48:18Z"),
            (UnixSeconds, "NaN"),
            (UnixSeconds, "inf"),
            (UnixSeconds, "1e300"),
            (UnixSeconds, long.as_str()),
        ] {
            assert_eq!(parse(format, text), Err(Invalid::expected("timestamp")), "{text}");
        }
    }
}
