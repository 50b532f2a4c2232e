//! Quotas: calls are taken from the store ahead of time, in blocks, and spent in memory.
//!
//! A request that finds its key's lease empty asks the [`Keeper`], which answers all that wait with one transaction. What
//! the store has granted is counted as used before the first call of it is spent: a quota is never exceeded, however many
//! nodes there are, and a node that is killed loses what it had taken ahead and no more ([`block`]).

mod keeper;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base::id::{ApiKeyId, UsagePlanId};
use base::limits::QUOTA_BLOCK_MAX;
use base::{Clock, Quota, Scope};
use snapshot::{QuotaRound, Spending};
use store_records::Counters;
use tokio::sync::{mpsc, oneshot};

pub use keeper::Keeper;

/// The way to the keeper. Clones lead to the same one.
#[derive(Debug, Clone)]
pub struct Quotas(mpsc::Sender<Message>);

/// A request that wants one call of a quota.
#[derive(Debug)]
pub(crate) struct Ask {
    /// Whose plan it is.
    pub(crate) scope: Scope,
    /// The plan.
    pub(crate) plan: UsagePlanId,
    /// The key.
    pub(crate) key: ApiKeyId,
    /// The quota.
    pub(crate) quota: Quota,
    /// Which of the plan's quotas it is.
    pub(crate) round: QuotaRound,
    /// Where what is taken ahead is kept.
    pub(crate) spending: Arc<Spending>,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is counted.
    Granted,
    /// Nothing is left of the period.
    Exceeded,
    /// It cannot be counted now, and why.
    Uncounted(Arc<str>),
}

enum Message {
    Ask(Ask, oneshot::Sender<Answer>),
    /// Give back what was taken ahead: of a plan, or of everything.
    Settle(Option<UsagePlanId>, oneshot::Sender<()>),
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Message::Ask(..) => "Ask",
            Message::Settle(..) => "Settle",
        })
    }
}

/// Requests that wait for the keeper before others have to wait to be queued.
const QUEUE_MAX: usize = 4_096;

/// How long the store may take before a quota cannot be counted.
const PATIENCE: Duration = Duration::from_secs(3);

/// The two ends: what requests ask, and what answers them while it runs.
pub fn pair(counters: Arc<dyn Counters>, clock: Arc<dyn Clock>) -> (Quotas, Keeper) {
    let (send, receive) = mpsc::channel(QUEUE_MAX);
    (Quotas(send), Keeper::new(counters, clock, receive))
}

impl Quotas {
    /// A way that leads nowhere: no quota can be counted.
    pub fn closed() -> Self {
        Self(mpsc::channel(1).0)
    }

    /// Wants one call.
    pub(crate) async fn ask(&self, ask: Ask) -> Answer {
        let (reply, answer) = oneshot::channel();
        let gone = || Answer::Uncounted("the node is stopping".into());
        if self.0.send(Message::Ask(ask, reply)).await.is_err() {
            return gone();
        }
        answer.await.unwrap_or_else(|_| gone())
    }

    /// Gives back to the store what this node has taken ahead of a plan (of all of them, where none is named), so that
    /// what the store says is what was used.
    pub async fn settle(&self, plan: Option<&UsagePlanId>) {
        let (reply, done) = oneshot::channel();
        if self.0.send(Message::Settle(plan.cloned(), reply)).await.is_ok() {
            // A keeper that is gone has settled.
            let _ = done.await;
        }
    }
}

/// How much is taken ahead of a quota for one key, beside what is asked for: a hundredth, a thousand at most, nothing of
/// small ones. That is what a node that is killed may lose.
pub fn block(limit: u32) -> u64 {
    (u64::from(limit) / 100).min(QUOTA_BLOCK_MAX)
}
