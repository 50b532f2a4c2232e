//! A timer that a connection takes from request to request without setting it anew for each.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use base::Clock;
use futures_util::future::{BoxFuture, FutureExt as _};
use futures_util::task::AtomicWaker;

/// Tells when a deadline has passed. Deadlines mostly move on, so a timer that fires before the present one is set for the
/// rest only then.
#[derive(Default)]
pub(crate) struct Alarm {
    bell: Arc<Bell>,
    /// The timer, and when it fires.
    set: Option<(Duration, BoxFuture<'static, ()>)>,
}

/// What the timer wakes: it knows who waits now, and whether it has fired since it was last asked.
#[derive(Debug, Default)]
struct Bell {
    rung: AtomicBool,
    task: AtomicWaker,
}

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.rung.store(true, Ordering::Release);
        self.task.wake();
    }
}

impl Alarm {
    /// Takes a timer over that fires at `at`.
    pub(crate) fn taking(at: Duration, timer: BoxFuture<'static, ()>) -> Self {
        // Whoever polled it last would be woken by it.
        let bell = Arc::new(Bell { rung: AtomicBool::new(true), task: AtomicWaker::new() });
        Self { bell, set: Some((at, timer)) }
    }

    /// Ready once `deadline` has passed; until then it wakes the task that asked last.
    pub(crate) fn poll(&mut self, deadline: Duration, clock: &dyn Clock, cx: &mut Context<'_>) -> Poll<()> {
        // Before it is asked, so that no ringing is missed.
        self.bell.task.register(cx.waker());
        match &self.set {
            Some((at, _)) if *at <= deadline && !self.bell.rung.load(Ordering::Acquire) => Poll::Pending,
            Some(_) | None => self.poll_timer(deadline, clock),
        }
    }

    /// Asks the timer itself: it has fired, is new, or fires behind the deadline.
    #[cold]
    fn poll_timer(&mut self, deadline: Duration, clock: &dyn Clock) -> Poll<()> {
        let waker = Waker::from(Arc::clone(&self.bell));
        let mut cx = Context::from_waker(&waker);
        loop {
            let (_, timer) = match &mut self.set {
                Some(set) if set.0 <= deadline => set,
                set => {
                    let rest = deadline.saturating_sub(clock.elapsed());
                    if rest.is_zero() {
                        return Poll::Ready(());
                    }
                    set.insert((deadline, clock.sleep(rest)))
                }
            };
            self.bell.rung.store(false, Ordering::Release);
            if timer.poll_unpin(&mut cx).is_pending() {
                return Poll::Pending;
            }
            // It is over, and must not be asked again.
            self.set = None;
        }
    }

    /// Wakes nobody until somebody asks again: who waited may be gone, or must not be disturbed.
    pub(crate) fn rest(&self) {
        drop(self.bell.task.take());
    }
}

impl fmt::Debug for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Alarm").field("at", &self.set.as_ref().map(|(at, _)| at)).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::sync::atomic::AtomicUsize;

    use base::Timestamp;
    use base::clock::ManualClock;

    use super::*;

    /// A clock that remembers for how long it was asked to wait, and holds a share of `alive` in every timer.
    #[derive(Debug)]
    struct Counted {
        clock: ManualClock,
        asked: Mutex<Vec<u64>>,
        alive: Arc<()>,
    }

    impl Counted {
        fn new() -> Self {
            Self { clock: ManualClock::new(Timestamp::UNIX_EPOCH), asked: Mutex::default(), alive: Arc::default() }
        }

        fn pass(&self, ms: u64) {
            self.clock.advance(Duration::from_millis(ms));
        }

        fn asked(&self) -> Vec<u64> {
            self.asked.lock().expect("sound").clone()
        }
    }

    impl Clock for Counted {
        fn now(&self) -> Timestamp {
            self.clock.now()
        }

        fn elapsed(&self) -> Duration {
            self.clock.elapsed()
        }

        fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
            self.asked.lock().expect("sound").push(duration.as_millis() as u64);
            let (timer, alive) = (self.clock.sleep(duration), Arc::clone(&self.alive));
            Box::pin(async move {
                timer.await;
                drop(alive);
            })
        }
    }

    #[derive(Default)]
    struct Task(AtomicUsize);

    impl Wake for Task {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    impl Task {
        fn asks(self: &Arc<Self>, alarm: &mut Alarm, deadline_ms: u64, clock: &Counted) -> bool {
            let waker = Waker::from(Arc::clone(self));
            let mut cx = Context::from_waker(&waker);
            alarm.poll(Duration::from_millis(deadline_ms), clock, &mut cx).is_ready()
        }

        fn woken(&self) -> bool {
            self.0.swap(0, Ordering::SeqCst) > 0
        }
    }

    #[test]
    fn it_rings_at_the_deadline_and_not_before() {
        let (mut alarm, clock, task) = (Alarm::default(), Counted::new(), Arc::new(Task::default()));
        assert!(!task.asks(&mut alarm, 50, &clock));
        clock.pass(49);
        assert!(!task.asks(&mut alarm, 50, &clock));
        task.woken();
        clock.pass(1);
        assert!(task.woken() && task.asks(&mut alarm, 50, &clock));
        assert!(task.asks(&mut alarm, 50, &clock), "it stays over");
    }

    #[test]
    fn a_later_deadline_sets_no_timer_before_the_first_one_fires() {
        let (mut alarm, clock, task) = (Alarm::default(), Counted::new(), Arc::new(Task::default()));
        for request in 0..10 {
            assert!(!task.asks(&mut alarm, request * 4 + 50, &clock));
            alarm.rest();
            clock.pass(4);
        }
        assert_eq!(clock.asked(), [50]);
        assert!(!task.asks(&mut alarm, 90, &clock));
        clock.pass(10);
        assert!(task.woken() && !task.asks(&mut alarm, 90, &clock), "the first one fired");
        assert_eq!(clock.asked(), [50, 40]);
        clock.pass(39);
        assert!(!task.asks(&mut alarm, 90, &clock));
        clock.pass(1);
        assert!(task.woken() && task.asks(&mut alarm, 90, &clock));
    }

    #[test]
    fn a_timer_that_fired_at_rest_is_set_anew() {
        let (mut alarm, clock, task) = (Alarm::default(), Counted::new(), Arc::new(Task::default()));
        assert!(!task.asks(&mut alarm, 50, &clock));
        alarm.rest();
        clock.pass(200);
        assert!(!task.asks(&mut alarm, 250, &clock));
        clock.pass(50);
        assert!(task.asks(&mut alarm, 250, &clock));
        assert_eq!(clock.asked(), [50, 50]);
    }

    #[test]
    fn an_earlier_deadline_sets_it_anew() {
        let (mut alarm, clock, task) = (Alarm::default(), Counted::new(), Arc::new(Task::default()));
        assert!(!task.asks(&mut alarm, 500, &clock));
        assert!(!task.asks(&mut alarm, 50, &clock));
        assert_eq!((clock.asked(), Arc::strong_count(&clock.alive)), (vec![500, 50], 2), "one of them is left");
        clock.pass(50);
        assert!(task.woken() && task.asks(&mut alarm, 50, &clock));
    }

    #[test]
    fn it_wakes_who_asked_last_and_nobody_at_rest() {
        let (mut alarm, clock) = (Alarm::default(), Counted::new());
        let (first, second) = (Arc::new(Task::default()), Arc::new(Task::default()));
        assert!(!first.asks(&mut alarm, 50, &clock));
        alarm.rest();
        clock.pass(10);
        assert_eq!((first.woken(), Arc::strong_count(&first)), (false, 1), "nothing holds who has gone");
        assert!(!second.asks(&mut alarm, 60, &clock));
        clock.pass(50);
        assert_eq!((first.woken(), second.woken()), (false, true));
        assert!(second.asks(&mut alarm, 60, &clock));
    }

    #[test]
    fn a_timer_that_was_set_elsewhere_wakes_who_asks_here() {
        let (clock, task, other) = (Counted::new(), Arc::new(Task::default()), Arc::new(Task::default()));
        let mut timer = clock.sleep(Duration::from_millis(50));
        let waker = Waker::from(Arc::clone(&other));
        assert!(timer.poll_unpin(&mut Context::from_waker(&waker)).is_pending());
        let mut alarm = Alarm::taking(Duration::from_millis(50), timer);
        assert!(!task.asks(&mut alarm, 50, &clock));
        clock.pass(50);
        assert!(task.woken() && task.asks(&mut alarm, 50, &clock));
        assert_eq!(clock.asked(), [50]);
    }

    #[test]
    fn its_timer_goes_with_it() {
        let (mut alarm, clock, task) = (Alarm::default(), Counted::new(), Arc::new(Task::default()));
        assert!(!task.asks(&mut alarm, 50, &clock));
        assert_eq!(Arc::strong_count(&clock.alive), 2);
        drop(alarm);
        assert_eq!((Arc::strong_count(&clock.alive), Arc::strong_count(&task)), (1, 1));
        clock.pass(50);
        assert!(!task.woken());
    }
}
