//! The port to what is counted: how much of a quota each member of a group has used, day by day.
//!
//! A backend adds and compares in one transaction, so that a limit holds however many nodes take at once. What it answered
//! survives the end of the process, and of the machine.

use std::time::Duration;

use async_trait::async_trait;
use base::{Day, Scope, Timestamp};

use crate::Fault;

/// What is counted: a member of a group, such as an API key in its usage plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Counter {
    /// Whose.
    pub scope: Scope,
    /// The group.
    pub group: String,
    /// The member.
    pub member: String,
}

/// A wish to use some of a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Take {
    /// Of which counter.
    pub counter: Counter,
    /// The day it counts for.
    pub day: Day,
    /// The first day of the period that the limit is for; what was used on all days since counts.
    pub first: Day,
    /// The period's limit, before extensions.
    pub limit: u64,
    /// So much; what is left is granted where that is less.
    pub wanted: u64,
}

/// What was granted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Taken {
    /// So much, counted as used.
    pub granted: u64,
    /// What is left of the period, for others to take.
    pub left: u64,
}

/// Something that was taken and not used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GiveBack {
    /// To which counter.
    pub counter: Counter,
    /// The day it was taken for.
    pub day: Day,
    /// So much.
    pub amount: u64,
}

/// What a member used on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// The day.
    pub day: Day,
    /// So much.
    pub used: u64,
    /// What was added to the limit of the day's period on that day; negative where it was cut.
    pub extra: i64,
}

/// The counters.
#[async_trait]
pub trait Counters: Send + Sync + std::fmt::Debug {
    /// Grants what the limits allow, one answer for each wish, in their order; all are durable, or none is counted.
    async fn take(&self, takes: &[Take]) -> Result<Vec<Taken>, Fault>;

    /// Takes back what was not used. A day never falls below nothing.
    async fn give_back(&self, returns: &[GiveBack]) -> Result<(), Fault>;

    /// Extends or cuts a period so that `left` is left of it now: the wish's `wanted` is that amount, and its `day` the one
    /// on which the extension is noted.
    async fn set_left(&self, wish: &Take) -> Result<(), Fault>;

    /// What members of a group used from one day to another, both included; days without use are left out.
    async fn used(
        &self,
        scope: &Scope,
        group: &str,
        members: &[String],
        days: (Day, Day),
    ) -> Result<Vec<(String, Used)>, Fault>;

    /// Forgets what was used before a day; answers how many rows went.
    async fn forget(&self, before: Day) -> Result<u64, Fault>;

    /// Says that a node is there until `ttl` from now, and answers how many nodes are, itself among them. One that is there
    /// for no time has gone.
    async fn present(&self, node: &str, now: Timestamp, ttl: Duration) -> Result<u32, Fault>;
}

/// What a wish is granted, and what is left then: the one place where that is decided. `used` and `extra` are the sums of
/// the wish's period.
pub fn granted(wish: &Take, used: u64, extra: i64) -> Taken {
    let left = wish.limit.saturating_add_signed(extra).saturating_sub(used);
    let granted = left.min(wish.wanted);
    Taken { granted, left: left - granted }
}

/// The extension that leaves what the wish wants.
pub fn extension(wish: &Take, used: u64, extra: i64) -> i64 {
    let whole = used.saturating_add(wish.wanted);
    let before = wish.limit.saturating_add_signed(extra);
    i64::try_from(i128::from(whole) - i128::from(before)).unwrap_or(i64::MAX)
}
