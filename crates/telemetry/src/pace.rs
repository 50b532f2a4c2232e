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

/// The thread's pace.
#[derive(Debug)]
pub(crate) struct Pace {
    queue: Arc<Queue>,
    since: Instant,
}

impl Pace {
    pub(crate) fn new(queue: Arc<Queue>) -> Self {
        Self { queue, since: Instant::now() }
    }

    /// It was asleep until now.
    pub(crate) fn wake(&mut self) {
        self.since = Instant::now();
    }

    /// Sleeps if it has worked for long enough, the less the more there is to do. A full queue would drop records: long before
    /// that whoever packs takes its share.
    pub(crate) fn pause(&mut self) {
        if self.since.elapsed() < WORK {
            return;
        }
        let rest = match self.queue.filling() {
            Filling::Empty => REST,
            Filling::Calm => SHORT_REST,
            Filling::Busy => return,
        };
        std::thread::sleep(rest);
        self.wake();
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
    }
}
