//! Times as stores keep them: nanoseconds since 1970 in 64 bits, from the year 1677 to 2262.

use base::Timestamp;

/// The earliest time that can be stored.
pub const MIN: Timestamp = Timestamp::constant(-9_223_372_036, -854_775_808);

/// The latest time that can be stored.
pub const MAX: Timestamp = Timestamp::constant(9_223_372_036, 854_775_807);

/// A time's number; what lies outside becomes the nearest end.
pub fn to_nanoseconds(time: Timestamp) -> i64 {
    let exact = time.as_nanosecond();
    i64::try_from(exact).unwrap_or(if exact < 0 { i64::MIN } else { i64::MAX })
}

/// The time of a number.
pub fn from_nanoseconds(number: i64) -> Timestamp {
    Timestamp::from_nanosecond(i128::from(number)).expect("64 bits of nanoseconds lie inside the calendar")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_are_the_ends() {
        assert_eq!((to_nanoseconds(MIN), to_nanoseconds(MAX)), (i64::MIN, i64::MAX));
        assert_eq!((from_nanoseconds(i64::MIN), from_nanoseconds(i64::MAX)), (MIN, MAX));
        assert_eq!(to_nanoseconds(Timestamp::MAX), i64::MAX);
        assert_eq!(to_nanoseconds(Timestamp::MIN), i64::MIN);
    }
}
