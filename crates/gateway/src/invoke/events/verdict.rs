//! What becomes of an event after an attempt: it is done, tried again at some time, or given up.

use std::time::Duration;

use base::Timestamp;
use store_records::queue::{Claim, Settled, Tries};

/// How long after a failure of the function it is run anew, the first and the second time.
const RETRIES: [Duration; 2] = [Duration::from_mins(1), Duration::from_mins(2)];
/// How long after a throttle or a fault of ours: twice as long each time, up to this.
const BACKOFF_MAX: Duration = Duration::from_mins(5);
/// How old an event may become.
const AGE_MAX: Duration = Duration::from_hours(6);
/// How old, where its function is not there: another node may not have heard of it yet.
const MISSING_AGE_MAX: Duration = Duration::from_mins(5);

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Attempt {
    /// The function ran and was content.
    Done,
    /// The function ran and failed.
    Failed,
    /// The function did not run, which is not its doing.
    Later(String),
    /// There is no such function, or not yet.
    Missing,
    /// It will never run.
    Never(String),
    /// The node stops, and leaves it to another.
    Left,
}

/// What becomes of the event, and why it was given up where it was.
pub(super) fn judge(
    attempt: Attempt,
    claim: Claim,
    tries: Tries,
    (accepted, now): (Timestamp, Timestamp),
) -> (Settled, Option<String>) {
    let Tries { failures, delays } = tries;
    let again = |pause: Duration, tries: Tries, age_max: Duration, why: String| {
        if now + pause > accepted + age_max {
            (Settled::Done(claim), Some(why))
        } else {
            (Settled::Later { claim, due: now + pause, tries }, None)
        }
    };
    let delayed = Tries { delays: delays.saturating_add(1), ..tries };
    match attempt {
        Attempt::Done => (Settled::Done(claim), None),
        Attempt::Failed => match RETRIES.get(failures as usize) {
            Some(pause) => {
                let why = "it failed, and is too old to be run again".to_owned();
                again(*pause, Tries { failures: failures + 1, ..tries }, AGE_MAX, why)
            }
            None => (Settled::Done(claim), Some("it failed three times".to_owned())),
        },
        Attempt::Later(why) => again(backoff(delays), delayed, AGE_MAX, why),
        Attempt::Missing => again(backoff(delays), delayed, MISSING_AGE_MAX, "it does not exist".to_owned()),
        Attempt::Never(why) => (Settled::Done(claim), Some(why)),
        Attempt::Left => (Settled::Later { claim, due: now, tries }, None),
    }
}

/// One second, and twice as long each time.
fn backoff(delays: u32) -> Duration {
    2_u32.checked_pow(delays).map_or(BACKOFF_MAX, |factor| Duration::from_secs(factor.into()).min(BACKOFF_MAX))
}

#[cfg(test)]
mod tests {
    use base::id::RequestId;

    use super::*;

    #[test]
    fn an_event_is_tried_as_aws_tries_it() {
        let (minute, hour) = (60, 3_600);
        let (later, never) = (|| Attempt::Later("busy".to_owned()), || Attempt::Never("broken".to_owned()));
        let tried = |failures, delays| Tries { failures, delays };
        let given_up = |why: &str| Err(why.to_owned());
        let too_old = "it failed, and is too old to be run again";
        let cases = [
            (Attempt::Failed, tried(0, 0), 10, Ok((minute, tried(1, 0)))),
            (Attempt::Failed, tried(1, 4), 90, Ok((2 * minute, tried(2, 4)))),
            (Attempt::Failed, tried(2, 0), 300, given_up("it failed three times")),
            (Attempt::Failed, tried(0, 0), 6 * hour - minute, Ok((minute, tried(1, 0)))),
            (Attempt::Failed, tried(0, 0), 6 * hour - minute + 1, given_up(too_old)),
            (later(), tried(0, 0), 0, Ok((1, tried(0, 1)))),
            (later(), tried(1, 3), 0, Ok((8, tried(1, 4)))),
            (later(), tried(2, 9), 0, Ok((5 * minute, tried(2, 10)))),
            (later(), tried(0, u32::MAX), 0, Ok((5 * minute, tried(0, u32::MAX)))),
            (later(), tried(0, 0), 6 * hour, given_up("busy")),
            (Attempt::Missing, tried(0, 2), 10, Ok((4, tried(0, 3)))),
            (Attempt::Missing, tried(0, 2), 5 * minute, given_up("it does not exist")),
            (never(), tried(0, 0), 0, given_up("broken")),
            (Attempt::Left, tried(1, 1), 7 * hour, Ok((0, tried(1, 1)))),
        ];
        let claim = Claim { id: RequestId::random(), number: 1 };
        for (attempt, tries, age, expected) in cases {
            let now = Timestamp::UNIX_EPOCH + Duration::from_secs(age);
            let (settled, why) = judge(attempt.clone(), claim, tries, (Timestamp::UNIX_EPOCH, now));
            let (expected, expected_why) = match expected {
                Ok((pause, tries)) => (Settled::Later { claim, due: now + Duration::from_secs(pause), tries }, None),
                Err(why) => (Settled::Done(claim), Some(why)),
            };
            assert_eq!((settled, why), (expected, expected_why), "{attempt:?} after {tries:?}, {age} s old");
        }
        let done = judge(Attempt::Done, claim, tried(2, 9), (Timestamp::UNIX_EPOCH, Timestamp::UNIX_EPOCH));
        assert_eq!(done, (Settled::Done(claim), None));
    }
}
