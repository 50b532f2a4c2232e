//! The clerk stores what comes, whatever waits in one transaction, and only then says so.

use std::sync::Arc;

use base::with_causes;
use operation::NotInvoked;
use store_records::queue::{Claim, Claimed, Item, Put, Tries};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use super::desk::Desk;
use super::{Event, LEASE, ROOM, record};

/// An event that somebody wants stored.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) event: Event,
    pub(super) reply: oneshot::Sender<Result<(), NotInvoked>>,
}

/// Events that share a transaction, at most.
const GROUP_MAX: usize = 256;
/// Bytes of their payloads, unless one alone has more.
const GROUP_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Stores events.
#[derive(Debug)]
pub(super) struct Clerk {
    asks: mpsc::Receiver<Ask>,
    desk: Arc<Desk>,
}

impl Clerk {
    pub(super) fn new(asks: mpsc::Receiver<Ask>, desk: Arc<Desk>) -> Self {
        Self { asks, desk }
    }

    /// Stores until nobody can ask any more.
    pub(super) async fn run(mut self) {
        let mut asks = Vec::new();
        while self.asks.recv_many(&mut asks, GROUP_MAX).await > 0 {
            let mut waiting = asks.drain(..).peekable();
            while waiting.peek().is_some() {
                let (mut group, mut bytes) = (Vec::new(), 0);
                while let Some(ask) = waiting
                    .next_if(|ask| group.is_empty() || bytes + ask.event.invocation.payload.len() <= GROUP_BYTES_MAX)
                {
                    bytes += ask.event.invocation.payload.len();
                    group.push(ask);
                }
                self.store(group).await;
            }
        }
    }

    /// Stores a group. Where this node has hands free for all of it, it begins at once.
    async fn store(&self, group: Vec<Ask>) {
        let desk = &self.desk;
        let now = desk.parts.clock.now();
        let seal = |ask: &Ask| record::seal(&ask.event, now, &desk.parts.master_key);
        let items: Vec<Item> = group.iter().map(seal).collect();
        let mut hands = desk.hands(group.len());
        let until = hands.is_some().then(|| now + LEASE);
        let answers = match desk.parts.queue.put(&items, until, ROOM).await {
            Ok(answers) => answers,
            Err(fault) => {
                let why = with_causes(&fault);
                tracing::error!(error = %why, events = group.len(), "asynchronous events cannot be stored; they are refused");
                for ask in group {
                    answer(ask.reply, Err(NotInvoked::Fault { why: why.clone() }));
                }
                return;
            }
        };
        for ((ask, item), put) in group.into_iter().zip(items).zip(answers) {
            match put {
                Put::Stored => {
                    self.begin(item, hands.as_mut());
                    answer(ask.reply, Ok(()));
                }
                Put::Full => {
                    let why = "too many asynchronous events of this account wait".to_owned();
                    answer(ask.reply, Err(NotInvoked::Throttled { why }));
                }
            }
        }
    }

    /// Begins with an item that was stored as claimed; others are told of one that was not.
    fn begin(&self, item: Item, hands: Option<&mut OwnedSemaphorePermit>) {
        match hands.and_then(|hands| hands.split(1)) {
            Some(hand) => {
                let claim = Claim { id: item.id, number: 1 };
                self.desk.begin(Claimed { item, claim, tries: Tries::default() }, hand);
            }
            None => self.desk.news.notify_one(),
        }
    }
}

fn answer(reply: oneshot::Sender<Result<(), NotInvoked>>, answer: Result<(), NotInvoked>) {
    // Whoever gave up does not hear it.
    let _ = reply.send(answer);
}
