//! Metering on a node: its parts, and the nodes among which throttles are shared.

use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use base::seal::MasterKey;
use gateway::metering::{Metering, Share};
use gateway::quotas::{self, Keeper};
use snapshot::Limit;
use store_records::{Counters, Fault};

use crate::settings::Settings;

/// What meters the calls of this node, and what answers it while it runs.
pub(super) fn metering(
    settings: &Settings,
    counters: &Arc<dyn Counters>,
    master_key: &MasterKey,
    clock: &Arc<dyn Clock>,
) -> (Arc<Metering>, Keeper) {
    let (quotas, keeper) = quotas::pair(Arc::clone(counters), Arc::clone(clock));
    let metering = Metering {
        fingerprints: master_key.fingerprints(),
        account: Limit::new(settings.throttle.rate, settings.throttle.burst),
        share: Share::default(),
        quotas,
    };
    (Arc::new(metering), keeper)
}

/// How often a node says that it is there, and for how long that holds.
const EVERY: Duration = Duration::from_secs(5);
const HOLDS: Duration = Duration::from_secs(15);

/// This node among those that share throttles.
#[derive(Debug, Clone)]
pub(super) struct Membership {
    pub(super) counters: Arc<dyn Counters>,
    pub(super) clock: Arc<dyn Clock>,
    /// This node's name.
    pub(super) node: String,
    pub(super) share: Share,
}

impl Membership {
    /// Says that this node is there and takes its share: before it serves, or it would let pass as if it were alone.
    pub(super) async fn join(&self) -> Result<(), Fault> {
        let nodes = self.counters.present(&self.node, self.clock.now(), HOLDS).await?;
        self.share.set(nodes);
        Ok(())
    }

    /// Says so again and again, for ever. A store that is away leaves the share as it was.
    pub(super) async fn stay(self) {
        loop {
            self.clock.sleep(EVERY).await;
            if let Err(fault) = self.join().await {
                tracing::warn!(error = %base::with_causes(&fault), nodes = self.share.nodes(), "cannot count the nodes; throttles keep their share");
            }
        }
    }

    /// Says that this node has gone, so that the others need not wait for its time to be over.
    pub(super) async fn leave(&self) {
        if let Err(fault) = self.counters.present(&self.node, self.clock.now(), Duration::ZERO).await {
            tracing::warn!(error = %base::with_causes(&fault), "the other nodes keep this one's share free for a while");
        }
    }
}
