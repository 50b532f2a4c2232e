//! Gives hyper our clock.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use base::Clock;
use futures_util::future::BoxFuture;

/// A [`hyper::rt::Timer`] that reads a [`Clock`].
#[derive(Debug, Clone)]
pub(crate) struct ClockTimer {
    clock: Arc<dyn Clock>,
    /// The instant at which the clock's own count was zero.
    zero: Instant,
}

impl ClockTimer {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let zero = Instant::now().checked_sub(clock.elapsed()).unwrap_or_else(Instant::now);
        Self { clock, zero }
    }
}

impl hyper::rt::Timer for ClockTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn hyper::rt::Sleep>> {
        Box::pin(ClockSleep(Mutex::new(self.clock.sleep(duration))))
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn hyper::rt::Sleep>> {
        self.sleep(deadline.saturating_duration_since(hyper::rt::Timer::now(self)))
    }

    fn now(&self) -> Instant {
        self.zero + self.clock.elapsed()
    }
}

/// The mutex is never contended: it only lends the future the `Sync` that hyper asks for.
struct ClockSleep(Mutex<BoxFuture<'static, ()>>);

impl Future for ClockSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner).as_mut().poll(cx)
    }
}

impl hyper::rt::Sleep for ClockSleep {}
