//! A usage plan, ready to meter.

use std::collections::HashMap;
use std::sync::Arc;

use base::id::{RestApiId, StageName, UsagePlanId};
use base::{Quota, Scope};

use crate::throttle::Limit;

/// Who may call which stages how often. What each key has left stands with the key.
#[derive(Debug)]
pub struct UsagePlan {
    /// Its id.
    pub id: UsagePlanId,
    /// Its name.
    pub name: Arc<str>,
    /// Whose it is and where.
    pub scope: Scope,
    /// The stages its keys open, and the methods that have limits of their own there: `/pets/{id}/GET` to the limit.
    pub stages: HashMap<(RestApiId, StageName), HashMap<Arc<str>, Limit>>,
    /// How often each key may call, all stages together.
    pub limit: Option<Limit>,
    /// How many calls each key has in a period, all stages together.
    pub quota: Option<Quota>,
    /// Which of the quotas it has had: what was taken ahead of one is not spent under another.
    pub quota_round: QuotaRound,
}

/// How often a plan's quota was another, as far as a node knows: one more with each change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QuotaRound(u16);

impl QuotaRound {
    /// That of a quota which is the plan's first.
    pub const FIRST: Self = Self(0);

    /// The one after this.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }

    /// As a lease notes it.
    pub(crate) fn number(self) -> u16 {
        self.0
    }
}

impl UsagePlan {
    /// Whether its keys open a stage.
    pub fn has(&self, api: &RestApiId, stage: &StageName) -> bool {
        self.methods(api, stage).is_some()
    }

    /// The limits of a stage's methods, where its keys open that stage.
    pub fn methods(&self, api: &RestApiId, stage: &StageName) -> Option<&HashMap<Arc<str>, Limit>> {
        // The stages of a plan are few, and a key to look up would have to be made first.
        self.stages.iter().find(|((of, name), _)| of == api && name == stage).map(|(_, methods)| methods)
    }
}
