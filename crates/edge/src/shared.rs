//! What the parts of one connection tell each other: heads captured, requests in flight, and until when to wait.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base::Clock;

use crate::connection::Connection;
use crate::head::Head;
use crate::limits::Limits;
use crate::parse::RefusedHead;
use crate::refusal::FrontEndRefusal;

/// How long a connection stays idle before its buffers are let go.
const DOZE_AFTER: Duration = Duration::from_millis(100);

/// A head that the guard has read and hyper has not asked about yet.
#[derive(Debug)]
pub(crate) enum Captured {
    Sound(Box<Head>),
    Refused { refusal: FrontEndRefusal, head: Option<Box<Head>> },
}

impl From<RefusedHead> for Captured {
    fn from(RefusedHead { refusal, head }: RefusedHead) -> Self {
        Self::Refused { refusal, head }
    }
}

/// One connection's common knowledge.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) facts: Arc<Connection>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) clock: Arc<dyn Clock>,
    phase: Mutex<Phase>,
}

#[derive(Debug)]
struct Phase {
    heads: VecDeque<Captured>,
    in_flight: usize,
    /// On the clock's own count: when something is due, and when an idle connection has been waited for long enough.
    deadline: Duration,
    idle_until: Duration,
    dozing: bool,
    expired: bool,
    draining: bool,
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
}

impl Shared {
    pub(crate) fn new(facts: Connection, limits: Arc<Limits>, clock: Arc<dyn Clock>) -> Arc<Self> {
        let deadline = clock.elapsed() + limits.head_timeout;
        let phase = Phase {
            heads: VecDeque::new(),
            in_flight: 0,
            deadline,
            idle_until: deadline,
            dozing: false,
            expired: false,
            draining: false,
        };
        Arc::new(Self { facts: Arc::new(facts), limits, clock, phase: Mutex::new(phase) })
    }

    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a head until hyper calls the service for it.
    pub(crate) fn capture(&self, captured: Captured) {
        self.phase().heads.push_back(captured);
    }

    /// The head of the request that hyper asks about, now in flight.
    pub(crate) fn begin_captured(self: &Arc<Self>) -> (Option<Captured>, InFlight) {
        let in_flight = self.begin();
        (self.phase().heads.pop_front(), in_flight)
    }

    /// Counts a request until the guard is dropped.
    pub(crate) fn begin(self: &Arc<Self>) -> InFlight {
        let now = self.clock.elapsed();
        let mut phase = self.phase();
        phase.in_flight += 1;
        phase.expired = false;
        phase.dozing = false;
        phase.deadline = now + self.limits.stall_timeout;
        InFlight(Arc::clone(self))
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
        self.phase().deadline
    }

    /// Whether the deadline has passed; the first time for a head, the guard gets a last chance to answer.
    pub(crate) fn overdue(&self) -> Option<Overdue> {
        let now = self.clock.elapsed();
        let mut phase = self.phase();
        if now < phase.deadline {
            return None;
        }
        if phase.in_flight > 0 || phase.expired {
            return Some(Overdue::Progress);
        }
        if now < phase.idle_until {
            phase.dozing = true;
            phase.deadline = phase.idle_until;
            return Some(Overdue::Doze);
        }
        phase.expired = true;
        phase.deadline = now + self.limits.drain_grace;
        Some(Overdue::Head)
    }

    /// Whether an idle connection may let its buffers go.
    pub(crate) fn dozing(&self) -> bool {
        let phase = self.phase();
        phase.dozing && phase.in_flight == 0
    }

    /// Whether the wait for the next head is over.
    pub(crate) fn expired(&self) -> bool {
        let phase = self.phase();
        phase.expired && phase.in_flight == 0
    }

    /// From now on each answer is the connection's last. What is open without a request may still begin one for a while.
    pub(crate) fn drain(&self) {
        let now = self.clock.elapsed();
        let mut phase = self.phase();
        phase.draining = true;
        if phase.in_flight == 0 {
            phase.idle_until = phase.idle_until.min(now + self.limits.drain_grace);
            phase.deadline = phase.deadline.min(phase.idle_until);
        }
    }

    pub(crate) fn draining(&self) -> bool {
        self.phase().draining
    }
}

/// A request between its head and the last byte of its answer.
#[derive(Debug)]
pub(crate) struct InFlight(Arc<Shared>);

impl InFlight {
    pub(crate) fn progress(&self) {
        self.0.progress();
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let now = self.0.clock.elapsed();
        let mut phase = self.0.phase();
        phase.in_flight -= 1;
        if phase.in_flight == 0 {
            let wait = if phase.draining { self.0.limits.drain_grace } else { self.0.limits.idle_timeout };
            phase.idle_until = now + wait;
            phase.deadline = now + wait.min(DOZE_AFTER);
        }
    }
}
