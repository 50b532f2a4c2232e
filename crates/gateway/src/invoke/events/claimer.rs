//! The claimer takes up what is due: events put off, events for which no hand was free, events of nodes that died.

use std::sync::Arc;
use std::time::Duration;

use base::with_causes;

use super::desk::Desk;
use super::{LEASE, Phase};

/// How often it is looked for what other nodes have left.
const POLL: Duration = Duration::from_secs(2);
/// How long what is due is left to another node that seems to take it up.
const YIELD: Duration = Duration::from_millis(100);
/// Events that are claimed at once, at most.
const CLAIM_MAX: usize = 16;

/// Claims while the node works.
pub(super) async fn run(desk: &Arc<Desk>) {
    loop {
        until_due(desk).await;
        let Some(mut hands) = desk.hands_when_free(CLAIM_MAX).await else { continue };
        let now = desk.parts.clock.now();
        let items_max = u32::try_from(hands.num_permits()).unwrap_or(u32::MAX);
        let claimed = match desk.parts.queue.claim(now, now + LEASE, items_max).await {
            Ok(claimed) => claimed,
            Err(fault) => {
                tracing::error!(error = %with_causes(&fault), "asynchronous events cannot be taken up");
                desk.parts.clock.sleep(POLL).await;
                continue;
            }
        };
        if claimed.is_empty() {
            drop(hands);
            desk.parts.clock.sleep(YIELD).await;
            continue;
        }
        for one in claimed {
            // A store that gives more than was asked for is held to its word: the rest comes up again.
            let Some(hand) = hands.split(1) else { break };
            desk.begin(one, hand);
        }
    }
}

/// Waits until something is due and this node takes up events.
async fn until_due(desk: &Desk) {
    let mut phase = desk.phase.clone();
    loop {
        // An error means that the queue is gone; then this ends with it.
        let _ = phase.wait_for(|phase| *phase == Phase::Working).await;
        let news = desk.news.notified();
        let now = desk.parts.clock.now();
        let pause = match desk.parts.queue.next_due().await {
            Ok(Some(due)) if due <= now => return,
            Ok(Some(due)) => due.duration_since(now).try_into().unwrap_or(POLL).min(POLL),
            Ok(None) => POLL,
            Err(fault) => {
                tracing::error!(error = %with_causes(&fault), "it cannot be told which asynchronous events are due");
                POLL
            }
        };
        tokio::select! {
            () = news => {}
            () = desk.parts.clock.sleep(pause) => {}
        }
    }
}
