//! How the thread that packs shares a core with those that answer: it works for a moment and sleeps for longer, so that nobody
//! waits for more than that moment.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::queue::{Filling, Queue};

/// It works for so long at a time, about: what most requests do not notice.
const WORK: Duration = Duration::from_micros(30);

/// And sleeps for so long while little waits: longer than a request takes where 64 are asked at once, so that none meets two of
/// its turns. Yielding would not do: the kernel gives the core to whoever else was woken, and after a whole slice of the one
/// that answers to this thread again.
const REST: Duration = Duration::from_millis(2);

/// And for so long while more does.
const SHORT_REST: Duration = Duration::from_micros(500);

/// In one round it rests so long at most: thousands of streams with a little each are not kept from their readers.
const RESTS_MAX: Duration = Duration::from_millis(250);

/// The thread's pace.
#[derive(Debug)]
pub(crate) struct Pace {
    queue: Arc<Queue>,
    since: Instant,
    /// How long it rested in this round.
    rested: Duration,
}

impl Pace {
    pub(crate) fn new(queue: Arc<Queue>) -> Self {
        Self { queue, since: Instant::now(), rested: Duration::ZERO }
    }

    /// A round begins; it was asleep until now.
    pub(crate) fn begin(&mut self) {
        (self.since, self.rested) = (Instant::now(), Duration::ZERO);
    }

    /// Sleeps if it has worked for long enough, the less the more there is to do. A full queue would drop records: long before
    /// that whoever packs takes its share.
    pub(crate) fn pause(&mut self) {
        if self.since.elapsed() < WORK || self.rested >= RESTS_MAX {
            return;
        }
        let rest = match self.queue.filling() {
            Filling::Empty => REST,
            Filling::Calm => SHORT_REST,
            Filling::Busy => return,
        };
        std::thread::sleep(rest);
        self.rested += rest;
        self.since = Instant::now();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_rests_after_work_and_not_where_much_waits() {
        let queue = Arc::new(Queue::new(800));
        let mut pace = Pace::new(Arc::clone(&queue));
        let long_ago = Instant::now().checked_sub(WORK).unwrap();
        pace.since = long_ago;
        pace.pause();
        assert!(pace.since > long_ago, "it rested");
        queue.hold(700);
        pace.since = long_ago;
        pace.pause();
        assert_eq!(pace.since, long_ago, "it works on");
        queue.release(700);
        pace.rested = RESTS_MAX;
        pace.pause();
        assert_eq!(pace.since, long_ago, "it rested enough for one round");
        pace.begin();
        assert_eq!(pace.rested, Duration::ZERO);
    }
}
