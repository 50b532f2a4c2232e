//! Times as AWS keeps them: whole seconds.

use base::Timestamp;

/// The time without its fraction.
pub(crate) fn whole_second(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}
