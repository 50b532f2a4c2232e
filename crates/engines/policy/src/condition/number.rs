//! Numbers of numeric conditions: decimals, compared exactly.

use crate::value::{Typed, Value};

/// A decimal with nine digits behind the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Decimal(i128);

const FRACTION_DIGITS: usize = 9;
/// More digits than any number of AWS has, and far from the end of `i128`.
const WHOLE_DIGITS_MAX: usize = 24;

impl Decimal {
    /// Reads `-12.5`; exponents and more digits than a decimal holds are no numbers here.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let fits =
            |part: &str, max: usize| (1..=max).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if !fits(whole, WHOLE_DIGITS_MAX) || !fits(fraction, FRACTION_DIGITS) {
            return None;
        }
        let padding = std::iter::repeat_n(b'0', FRACTION_DIGITS - fraction.len());
        let scaled = whole
            .bytes()
            .chain(fraction.bytes())
            .chain(padding)
            .fold(0i128, |sum, digit| sum * 10 + i128::from(digit - b'0'));
        Some(Self(if negative { -scaled } else { scaled }))
    }

    /// The number that a request's value is.
    pub(crate) fn of(value: &Value) -> Option<Self> {
        match &value.typed {
            Typed::Text => Self::parse(&value.text),
            Typed::Time(time) => Some(Self(i128::from(time.as_second()) * 10i128.pow(9))),
            Typed::Ip(_) | Typed::Bool(_) | Typed::Binary(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        let sorted = ["-2", "-1.5", "0", "0.000000001", "1", "1.5", "9007199254740992", "9007199254740993"];
        for pair in sorted.windows(2) {
            assert!(Decimal::parse(pair[0]) < Decimal::parse(pair[1]), "{pair:?}");
        }
        assert_eq!(Decimal::parse("1.50"), Decimal::parse("+1.5"));
    }

    #[test]
    fn what_is_no_decimal_is_refused() {
        for text in ["", "-", ".", "1.", ".5", "1e3", "0x1", "NaN", "1,5", "1 ", "0.0000000001", &"9".repeat(25)] {
            assert_eq!(Decimal::parse(text), None, "{text}");
        }
    }
}
