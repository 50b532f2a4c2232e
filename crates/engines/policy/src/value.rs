//! One value of a condition key: its text, and what it is besides.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ContextEntry.html>

use std::net::IpAddr;

use base::Timestamp;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::condition::{Decimal, moment, truth};

/// One value, with its text for string operators and variables.
#[derive(Debug, Clone, PartialEq)]
pub struct Value {
    pub(crate) text: String,
    pub(crate) typed: Typed,
}

/// What a value is besides its text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Typed {
    Text,
    Ip(IpAddr),
    Time(Timestamp),
    Bool(bool),
    Binary(Vec<u8>),
}

/// How a value that somebody wrote down is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueType {
    /// As it is.
    Text,
    /// A decimal, without an exponent.
    Number,
    /// `true` or `false`, in any case.
    Boolean,
    /// One address, not a range.
    Address,
    /// Bytes, in base64.
    Binary,
    /// A date, a moment, or seconds since 1970.
    Moment,
}

impl Value {
    /// Reads a value as conditions read those of policies; `None` where it is not of its type. What is read has the text
    /// that enforcement would give it, such as `true` for `TRUE`.
    pub fn read(of: ValueType, text: &str) -> Option<Self> {
        Some(match of {
            ValueType::Text => Self::text(text),
            // A number that is none would silently match nothing.
            ValueType::Number => Decimal::parse(text).map(|_| Self::text(text))?,
            ValueType::Boolean => Self::boolean(truth(text)?),
            ValueType::Address => Self::address(text.parse().ok()?),
            ValueType::Binary => Self::binary(STANDARD.decode(text).ok()?),
            ValueType::Moment => Self::time(moment(text)?),
        })
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), typed: Typed::Text }
    }

    pub(crate) fn boolean(value: bool) -> Self {
        Self { text: value.to_string(), typed: Typed::Bool(value) }
    }

    /// SECURITY: an IPv4 address that came through an IPv6 socket counts as IPv4.
    pub(crate) fn address(value: IpAddr) -> Self {
        let value = value.to_canonical();
        Self { text: value.to_string(), typed: Typed::Ip(value) }
    }

    pub(crate) fn time(value: Timestamp) -> Self {
        Self { text: value.to_string(), typed: Typed::Time(value) }
    }

    pub(crate) fn binary(value: Vec<u8>) -> Self {
        Self { text: STANDARD.encode(&value), typed: Typed::Binary(value) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_is_what_its_type_says_or_nothing() {
        for (of, text, read) in [
            (ValueType::Number, "-12.5", Some("-12.5")),
            (ValueType::Number, "1e3", None),
            (ValueType::Number, "0.0000000001", None),
            (ValueType::Boolean, "TRUE", Some("true")),
            (ValueType::Boolean, "yes", None),
            (ValueType::Address, "::ffff:10.0.0.1", Some("10.0.0.1")),
            (ValueType::Address, "10.0.0.0/8", None),
            (ValueType::Binary, "AQID", Some("AQID")),
            (ValueType::Binary, "AQI", None),
            (ValueType::Moment, "2013-06-30", Some("2013-06-30T00:00:00Z")),
            (ValueType::Moment, "1372550400", Some("2013-06-30T00:00:00Z")),
            (ValueType::Moment, "tomorrow", None),
            (ValueType::Text, "1e3", Some("1e3")),
        ] {
            assert_eq!(Value::read(of, text).map(|value| value.text).as_deref(), read, "{of:?} {text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_was_read_reads_the_same_again(text in "\\PC{0,40}|[0-9.:TZ+-]{0,30}") {
            let every =
                [ValueType::Text, ValueType::Number, ValueType::Boolean, ValueType::Address, ValueType::Binary, ValueType::Moment];
            for of in every {
                if let Some(value) = Value::read(of, &text) {
                    prop_assert_eq!(Value::read(of, &value.text), Some(value));
                }
            }
        }
    }
}
