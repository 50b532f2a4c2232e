//! What the parts of one connection tell each other: requests in flight, and until when to wait.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base::Clock;

use crate::connection::Connection;
use crate::limits::Limits;

/// How long a connection stays idle before its buffers are let go.
const DOZE_AFTER: Duration = Duration::from_millis(100);

/// One connection's common knowledge.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) facts: Arc<Connection>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) clock: Arc<dyn Clock>,
    phase: Mutex<Phase>,
    /// When the next of what the phase waits for is due, in nanoseconds. Each poll of the connection asks: a look must not
    /// cost a lock.
    due: AtomicU64,
    draining: AtomicBool,
}

/// A connection's phase while it is changed; whoever lets go of it tells what is due next.
struct Changing<'a> {
    phase: MutexGuard<'a, Phase>,
    due: &'a AtomicU64,
}

impl Deref for Changing<'_> {
    type Target = Phase;

    fn deref(&self) -> &Phase {
        &self.phase
    }
}

impl DerefMut for Changing<'_> {
    fn deref_mut(&mut self) -> &mut Phase {
        &mut self.phase
    }
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        self.due.store(self.phase.due(), Ordering::Relaxed);
    }
}

#[derive(Debug)]
struct Phase {
    in_flight: usize,
    /// On the clock's own count: when something is due, and when an idle connection has been waited for long enough.
    deadline: Duration,
    idle_until: Duration,
    pause: Pause,
    /// When the connection itself wants to be asked, whatever else is due.
    alarm: Duration,
    rung: bool,
}

impl Phase {
    fn due(&self) -> u64 {
        u64::try_from(self.deadline.min(self.alarm).as_nanos()).unwrap_or(u64::MAX)
    }
}

/// What an overdue connection was waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Overdue {
    /// The next request, for a moment: buffers may be let go.
    Doze,
    /// The next head.
    Head,
    /// A request in flight that makes no progress, or a close that does not come.
    Progress,
    /// The connection wanted to be asked.
    Alarm,
}

/// How long an idle connection has been waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pause {
    /// Not long.
    No,
    /// Long enough to let its buffers go.
    Doze,
    /// Too long.
    Expired,
}

impl Shared {
    pub(crate) fn new(facts: Connection, limits: Arc<Limits>, clock: Arc<dyn Clock>) -> Arc<Self> {
        let deadline = clock.elapsed() + limits.head_timeout;
        let phase =
            Phase { in_flight: 0, deadline, idle_until: deadline, pause: Pause::No, alarm: Duration::MAX, rung: false };
        let due = AtomicU64::new(phase.due());
        let (facts, phase) = (Arc::new(facts), Mutex::new(phase));
        Arc::new(Self { facts, limits, clock, phase, due, draining: AtomicBool::new(false) })
    }

    fn phase(&self) -> Changing<'_> {
        Changing { phase: self.phase.lock().unwrap_or_else(PoisonError::into_inner), due: &self.due }
    }

    /// Counts a request until the guard is dropped.
    pub(crate) fn begin(self: &Arc<Self>) -> InFlight {
        let now = self.clock.elapsed();
        let mut phase = self.phase();
        phase.in_flight += 1;
        phase.pause = Pause::No;
        phase.deadline = now + self.limits.stall_timeout;
        InFlight { shared: Arc::clone(self), latest: None }
    }

    /// A head has begun: from here it must be whole in time. Answers whether the wait was armed.
    pub(crate) fn head_begun(&self) -> bool {
        let now = self.clock.elapsed();
        let mut phase = self.phase();
        if phase.in_flight == 0 {
            phase.idle_until = now + self.limits.head_timeout;
            phase.deadline = phase.idle_until;
        }
        phase.in_flight == 0
    }

    /// A response moves on.
    fn progress(&self) {
        let now = self.clock.elapsed();
        self.phase().deadline = now + self.limits.stall_timeout;
    }

    /// Until when the connection is waited for.
    pub(crate) fn deadline(&self) -> Duration {
        Duration::from_nanos(self.due.load(Ordering::Relaxed))
    }

    /// Wants the connection to be asked after a while.
    pub(crate) fn set_alarm(&self, wait: Duration) {
        let now = self.clock.elapsed();
        self.phase().alarm = now + wait;
    }

    /// Whether the alarm has rung since this was last asked.
    pub(crate) fn alarm_rung(&self) -> bool {
        std::mem::take(&mut self.phase().rung)
    }

    /// Whether the deadline has passed; the first time for a head, there is a last chance to answer.
    pub(crate) fn overdue(&self) -> Option<Overdue> {
        let now = self.clock.elapsed();
        let mut phase = self.phase();
        if now >= phase.alarm {
            phase.alarm = Duration::MAX;
            phase.rung = true;
            return Some(Overdue::Alarm);
        }
        if now < phase.deadline {
            return None;
        }
        if phase.in_flight > 0 || phase.pause == Pause::Expired {
            return Some(Overdue::Progress);
        }
        if now < phase.idle_until {
            phase.pause = Pause::Doze;
            phase.deadline = phase.idle_until;
            return Some(Overdue::Doze);
        }
        phase.pause = Pause::Expired;
        phase.deadline = now + self.limits.drain_grace;
        Some(Overdue::Head)
    }

    /// What waiting for the next head has come to.
    pub(crate) fn pause(&self) -> Pause {
        let phase = self.phase();
        if phase.in_flight == 0 { phase.pause } else { Pause::No }
    }

    /// From now on each answer is the connection's last. What is open without a request may still begin one for a while.
    pub(crate) fn drain(&self) {
        let now = self.clock.elapsed();
        let mut phase = self.phase();
        self.draining.store(true, Ordering::Release);
        if phase.in_flight == 0 {
            phase.idle_until = phase.idle_until.min(now + self.limits.drain_grace);
            phase.deadline = phase.deadline.min(phase.idle_until);
        }
    }

    pub(crate) fn draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }
}

/// A request between its head and the last byte of its answer.
#[derive(Debug)]
pub(crate) struct InFlight {
    shared: Arc<Shared>,
    /// The clock when it was last read, where the answer was whole then.
    latest: Option<Duration>,
}

impl InFlight {
    /// A response moves on.
    pub(crate) fn progress(&mut self) {
        self.latest = None;
        self.shared.progress();
    }

    /// Reads the clock for an answer that begins.
    pub(crate) fn answered(&mut self) -> Duration {
        *self.latest.insert(self.shared.clock.elapsed())
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        // Reading a clock costs as much as all else here; an answer that went out at once ends when it began.
        let now = self.latest.unwrap_or_else(|| self.shared.clock.elapsed());
        let mut phase = self.shared.phase();
        phase.in_flight -= 1;
        if phase.in_flight == 0 {
            let wait =
                if self.shared.draining() { self.shared.limits.drain_grace } else { self.shared.limits.idle_timeout };
            phase.idle_until = now + wait;
            phase.deadline = now + wait.min(DOZE_AFTER);
        }
    }
}
