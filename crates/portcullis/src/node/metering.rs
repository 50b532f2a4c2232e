//! Metering on a node: its parts, and the loop that counts the nodes among which throttles are shared.

use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use base::seal::MasterKey;
use gateway::metering::{Metering, Share};
use gateway::quotas::{self, Keeper};
use snapshot::Limit;
use store_records::Counters;

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

/// Says that this node is there, and takes its share, for ever. A store that is away leaves the share as it was.
pub(super) async fn follow_share(counters: Arc<dyn Counters>, clock: Arc<dyn Clock>, node: String, share: Share) {
    loop {
        match counters.present(&node, clock.now(), HOLDS).await {
            Ok(nodes) => share.set(nodes),
            Err(fault) => {
                tracing::warn!(error = %base::with_causes(&fault), nodes = share.nodes(), "cannot count the nodes; throttles keep their share");
            }
        }
        clock.sleep(EVERY).await;
    }
}
