//! The `date` of answers, written once a second.
//! <https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1>

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base::Clock;

/// The present second's date. One value serves a worker.
#[derive(Debug, Default)]
pub(crate) struct Dates(Mutex<Second>);

#[derive(Debug, Default)]
struct Second {
    /// On the clock's own count: when the second is over.
    until: Duration,
    value: String,
}

impl Dates {
    /// Writes the header's value; `now` is the clock's own count.
    pub(crate) fn write(&self, out: &mut Vec<u8>, now: Duration, clock: &dyn Clock) {
        let mut second = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now >= second.until {
            let time = clock.now();
            let gone = Duration::from_nanos(u64::try_from(time.subsec_nanosecond()).unwrap_or_default());
            second.until = now + Duration::from_secs(1).saturating_sub(gone);
            second.value = time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
        }
        out.extend_from_slice(second.value.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base::Timestamp;
    use base::clock::ManualClock;

    #[test]
    fn a_date_changes_with_the_second() {
        let clock = ManualClock::new(Timestamp::from_millisecond(784_111_777_900).expect("a time"));
        let (dates, mut out) = (Dates::default(), Vec::new());
        for (wait_ms, date) in [(0, "37"), (99, "37"), (1, "38"), (999, "38"), (1, "39")] {
            clock.advance(Duration::from_millis(wait_ms));
            out.clear();
            dates.write(&mut out, clock.elapsed(), &clock);
            assert_eq!(String::from_utf8_lossy(&out), format!("Sun, 06 Nov 1994 08:49:{date} GMT"));
        }
    }
}
