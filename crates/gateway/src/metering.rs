//! What all gateways of a node need to meter calls: how keys are found, the account's limit, the node's share, the quotas.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use base::Fingerprints;
use snapshot::Limit;

use crate::quotas::Quotas;

/// One value a node.
#[derive(Debug)]
pub struct Metering {
    /// Makes of a key's value what it is found by.
    pub fingerprints: Fingerprints,
    /// How often each account may call, all its APIs together.
    pub account: Limit,
    /// This node's share of every throttle.
    pub share: Share,
    /// Calls of quotas, taken ahead of time.
    pub quotas: Quotas,
}

impl Metering {
    /// Among how many nodes throttles are shared.
    pub(crate) fn nodes(&self) -> u32 {
        self.share.nodes()
    }
}

/// Among how many nodes the throttles of a cluster are shared: each lets its own part pass, without asking the others. A
/// node that cannot count them stays with what it knew. Clones share it.
#[derive(Debug, Clone)]
pub struct Share(Arc<AtomicU32>);

impl Default for Share {
    /// This node alone.
    fn default() -> Self {
        Self(Arc::new(AtomicU32::new(1)))
    }
}

impl Share {
    /// There are so many nodes now, this one among them.
    pub fn set(&self, nodes: u32) {
        self.0.store(nodes.max(1), Ordering::Relaxed);
    }

    /// So many nodes.
    pub fn nodes(&self) -> u32 {
        self.0.load(Ordering::Relaxed)
    }
}
