//! Time as a port: whatever waits or expires asks a [`Clock`], so that tests can turn the hands.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use tokio::sync::watch;

/// Where time comes from.
pub trait Clock: Send + Sync + std::fmt::Debug {
    /// The wall clock, for records, signatures and expiry.
    fn now(&self) -> Timestamp;
    /// Time since an arbitrary start that never runs backwards, for durations.
    fn elapsed(&self) -> Duration;
    /// Waits until `duration` has passed on this clock.
    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()>;
}

/// The machine's clock.
#[derive(Debug)]
pub struct SystemClock {
    start: Instant,
}

impl SystemClock {
    /// Starts counting now.
    pub fn new() -> Self {
        Self { start: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(duration))
    }
}

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct ManualClock {
    start: Timestamp,
    elapsed: watch::Sender<Duration>,
    // Two tests' threads may advance at once; the lock keeps the sum right.
    advance: Mutex<()>,
}

impl ManualClock {
    /// A clock that shows `start`.
    pub fn new(start: Timestamp) -> Self {
        Self { start, elapsed: watch::Sender::new(Duration::ZERO), advance: Mutex::new(()) }
    }

    /// Moves the hands forward and wakes whoever waited for that.
    pub fn advance(&self, duration: Duration) {
        let _one_at_a_time = self.advance.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.elapsed.send_modify(|elapsed| *elapsed += duration);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        self.start + *self.elapsed.borrow()
    }

    fn elapsed(&self) -> Duration {
        *self.elapsed.borrow()
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        let mut elapsed = self.elapsed.subscribe();
        let until = *elapsed.borrow() + duration;
        Box::pin(async move {
            // An error means that the clock is gone; then nobody can wait on it any more.
            let _ = elapsed.wait_for(|now| *now >= until).await;
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_sleeper_wakes_when_the_hands_pass_its_hour() {
        let clock = ManualClock::new(Timestamp::UNIX_EPOCH);
        let sleep = clock.sleep(Duration::from_secs(10));
        clock.advance(Duration::from_secs(9));
        let still_asleep = futures_util::future::poll_immediate(sleep).await.is_none();
        assert!(still_asleep);
        let sleep = clock.sleep(Duration::from_secs(1));
        clock.advance(Duration::from_secs(1));
        sleep.await;
        assert_eq!(clock.now().as_second(), 10);
    }
}
