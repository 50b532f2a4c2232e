//! Quotas: calendar days, the periods they make, and how many calls a period has.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_QuotaSettings.html>

use std::fmt;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};

/// A day of UTC, counted from 1970-01-01.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Day(pub i32);

const DAY_S: i64 = 86_400;

impl Day {
    /// The day of a moment.
    pub fn of(time: Timestamp) -> Self {
        // A timestamp's seconds span less than four million days either way.
        Self(time.as_second().div_euclid(DAY_S) as i32)
    }

    /// Reads `YYYY-MM-DD`.
    pub fn parse(text: &str) -> Option<Self> {
        let date: Date = text.parse().ok().filter(|_| text.len() == 10)?;
        let since = date.since(Date::constant(1970, 1, 1)).ok()?;
        Some(Self(since.get_days()))
    }

    /// So many days later, or earlier where negative.
    #[must_use]
    pub fn plus(self, days: i32) -> Self {
        Self(self.0.saturating_add(days))
    }

    fn date(self) -> Date {
        Date::constant(1970, 1, 1).saturating_add(i64::from(self.0).days())
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date())
    }
}

/// A quota's period; all of them begin at midnight UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum QuotaPeriod {
    /// A day.
    Day,
    /// From Sunday to Saturday.
    Week,
    /// A calendar month.
    Month,
}

impl QuotaPeriod {
    /// AWS's word.
    pub fn as_str(self) -> &'static str {
        match self {
            QuotaPeriod::Day => "DAY",
            QuotaPeriod::Week => "WEEK",
            QuotaPeriod::Month => "MONTH",
        }
    }

    /// Reads AWS's word.
    pub fn parse(text: &str) -> Option<Self> {
        [QuotaPeriod::Day, QuotaPeriod::Week, QuotaPeriod::Month].into_iter().find(|period| period.as_str() == text)
    }

    /// The first day of the period that holds `day`.
    pub fn first_day(self, day: Day) -> Day {
        match self {
            QuotaPeriod::Day => day,
            // 1970-01-01 was a Thursday.
            QuotaPeriod::Week => day.plus(-(day.0.saturating_add(4).rem_euclid(7))),
            QuotaPeriod::Month => day.plus(1 - i32::from(day.date().day())),
        }
    }
}

/// How many calls there are in a period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// So many.
    pub limit: u32,
    /// How many fewer in the first period.
    pub offset: u32,
    /// The period.
    pub period: QuotaPeriod,
    /// When it was set: that moment's period is the first one.
    pub since: Timestamp,
}

/// One period of a quota.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Its first day.
    pub first: Day,
    /// Its calls, before any extension.
    pub limit: u64,
}

impl Quota {
    /// The period that holds `day`.
    pub fn window(&self, day: Day) -> Window {
        let first = self.period.first_day(day);
        let is_first = first == self.period.first_day(Day::of(self.since));
        let less = if is_first { self.offset } else { 0 };
        Window { first, limit: self.limit.saturating_sub(less).into() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).expect(text)
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for text in ["1970-01-01", "1969-12-31", "2024-02-29", "2026-11-29"] {
            assert_eq!(day(text).to_string(), text);
        }
        assert_eq!((day("1970-01-02"), day("1969-12-31")), (Day(1), Day(-1)));
        let late: Timestamp = "2026-11-29T23:59:59.999Z".parse().expect("a time");
        assert_eq!(Day::of(late), day("2026-11-29"));
        for bad in ["", "2026-11-31", "2026-1-1", "20261129", "2026-11-29T00", "x"] {
            assert_eq!(Day::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn periods_begin_where_the_calendar_says() {
        for (period, of, first) in [
            (QuotaPeriod::Day, "2026-11-29", "2026-11-29"),
            // A Sunday, and the Saturday before.
            (QuotaPeriod::Week, "2026-11-29", "2026-11-29"),
            (QuotaPeriod::Week, "2026-11-28", "2026-11-22"),
            (QuotaPeriod::Month, "2026-11-01", "2026-11-01"),
            (QuotaPeriod::Month, "2028-02-29", "2028-02-01"),
        ] {
            assert_eq!(period.first_day(day(of)), day(first), "{period:?} {of}");
        }
    }

    #[test]
    fn the_offset_counts_in_the_first_period_alone() {
        let since = "2026-11-10T08:00:00Z".parse().expect("a time");
        let quota = Quota { limit: 100, offset: 30, period: QuotaPeriod::Month, since };
        let limit = |text| quota.window(day(text)).limit;
        assert_eq!((limit("2026-11-30"), limit("2026-12-01"), limit("2026-10-31")), (70, 100, 100));
        assert_eq!(Quota { offset: 200, ..quota }.window(day("2026-11-10")).limit, 0);
    }

    proptest! {
        #[test]
        fn a_period_holds_its_day_and_begins_with_itself(number in -100_000..100_000_i32) {
            for period in [QuotaPeriod::Day, QuotaPeriod::Week, QuotaPeriod::Month] {
                let first = period.first_day(Day(number));
                prop_assert!(first.0 <= number && number < first.0 + 31);
                prop_assert_eq!(period.first_day(first), first);
            }
        }

        #[test]
        fn any_text_is_a_day_or_none(text in "\\PC{0,14}|[0-9-]{8,12}") {
            if let Some(day) = Day::parse(&text) {
                prop_assert_eq!(day.to_string(), text);
            }
        }
    }
}
