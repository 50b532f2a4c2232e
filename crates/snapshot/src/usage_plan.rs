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
