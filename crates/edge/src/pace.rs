//! Holds a body's sender to a pace: only the time that we wait for it counts, never the time that we are busy.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use base::Clock;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::limits::Limits;

/// The pace of one body.
pub(crate) struct Pace {
    clock: Arc<dyn Clock>,
    limits: Arc<Limits>,
    bytes: u64,
    waited: Duration,
    /// Since when we wait, and what ends the wait.
    waiting: Option<(Duration, BoxFuture<'static, ()>)>,
}

impl Pace {
    pub(crate) fn new(clock: Arc<dyn Clock>, limits: Arc<Limits>) -> Self {
        Self { clock, limits, bytes: 0, waited: Duration::ZERO, waiting: None }
    }

    /// The next bytes came.
    pub(crate) fn received(&mut self, bytes: usize) {
        self.bytes += bytes as u64;
        if let Some((since, _)) = self.waiting.take() {
            self.waited += self.clock.elapsed().saturating_sub(since);
        }
    }

    /// Nothing came; ready once the sender has been waited for long enough.
    pub(crate) fn poll_wait(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.waiting.is_none() {
            let earned = Duration::from_secs_f64(self.bytes as f64 / f64::from(self.limits.body_rate_min.max(1)));
            let granted = (self.limits.body_grace + earned).saturating_sub(self.waited);
            let wait = granted.min(self.limits.body_idle_timeout);
            self.waiting = Some((self.clock.elapsed(), self.clock.sleep(wait)));
        }
        match &mut self.waiting {
            Some((_, sleep)) => sleep.poll_unpin(cx),
            None => Poll::Pending,
        }
    }
}

impl std::fmt::Debug for Pace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pace").field("bytes", &self.bytes).field("waited", &self.waited).finish_non_exhaustive()
    }
}
