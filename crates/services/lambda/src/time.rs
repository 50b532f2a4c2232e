//! Times as this service writes them: text, to the millisecond.

use base::Timestamp;

/// `2026-01-02T03:04:05.678+0000`.
pub(crate) fn text(time: Timestamp) -> String {
    let millis = time.as_millisecond().rem_euclid(1000);
    let seconds = Timestamp::from_second(time.as_millisecond().div_euclid(1000)).unwrap_or(time);
    let whole = seconds.to_string();
    format!("{}.{millis:03}+0000", whole.trim_end_matches('Z'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_three_digits_of_a_second() {
        for (time, expected) in [
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000+0000"),
            ("2026-01-02T03:04:05.678999Z", "2026-01-02T03:04:05.678+0000"),
            ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500+0000"),
        ] {
            assert_eq!(text(time.parse().expect("a time")), expected);
        }
    }
}
