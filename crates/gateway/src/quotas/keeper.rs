//! The one task that asks the store: it answers all requests that wait with one transaction.

use std::collections::HashMap;
use std::sync::Arc;

use base::id::{ApiKeyId, UsagePlanId};
use base::{Clock, Day, Scope, with_causes};
use snapshot::Spending;
use store_records::counters::{Counter, GiveBack, Take, Taken};
use store_records::{Counters, Fault};
use tokio::sync::{mpsc, oneshot};

use super::{Answer, Ask, Message, PATIENCE, block};

/// Takes calls from the store and hands them out.
#[derive(Debug)]
pub struct Keeper {
    counters: Arc<dyn Counters>,
    clock: Arc<dyn Clock>,
    queue: mpsc::Receiver<Message>,
    /// Who wants what was taken ahead to be given back.
    settles: Vec<(Option<UsagePlanId>, oneshot::Sender<()>)>,
    /// Where something was taken ahead: one entry for each key of a plan with a quota that has called today.
    held: HashMap<(UsagePlanId, ApiKeyId), Held>,
    day: Day,
}

#[derive(Debug)]
struct Held {
    scope: Scope,
    spending: Arc<Spending>,
}

/// Requests that wait for the same key.
struct Waiting {
    ask: Ask,
    replies: Vec<oneshot::Sender<Answer>>,
}

/// Messages that are answered together.
const BATCH_MAX: usize = 512;

impl Keeper {
    pub(super) fn new(counters: Arc<dyn Counters>, clock: Arc<dyn Clock>, queue: mpsc::Receiver<Message>) -> Self {
        let day = Day::of(clock.now());
        Self { counters, clock, queue, settles: Vec::new(), held: HashMap::new(), day }
    }

    /// Answers until nobody can ask any more.
    pub async fn run(mut self) {
        let mut messages = Vec::new();
        while self.queue.recv_many(&mut messages, BATCH_MAX).await > 0 {
            let today = Day::of(self.clock.now());
            if today != self.day {
                self.day = today;
                self.settle(None).await;
            }
            let mut asked: HashMap<(UsagePlanId, ApiKeyId), Waiting> = HashMap::new();
            for message in messages.drain(..) {
                match message {
                    Message::Ask(ask, reply) => {
                        let key = (ask.plan.clone(), ask.key.clone());
                        let waiting = asked.entry(key).or_insert_with(|| Waiting { ask, replies: Vec::new() });
                        waiting.replies.push(reply);
                    }
                    Message::Settle(plan, reply) => self.settles.push((plan, reply)),
                }
            }
            self.grant(asked).await;
            for (plan, reply) in std::mem::take(&mut self.settles) {
                self.settle(plan.as_ref()).await;
                // Whoever gave up does not hear it.
                let _ = reply.send(());
            }
        }
    }

    /// Answers requests: from what is held by now, else from the store.
    async fn grant(&mut self, asked: HashMap<(UsagePlanId, ApiKeyId), Waiting>) {
        let today = self.day;
        let mut waiting: Vec<Waiting> = Vec::new();
        for mut one in asked.into_values() {
            while !one.replies.is_empty() && one.ask.spending.lease.spend(today, one.ask.round) {
                answer(one.replies.pop(), Answer::Granted);
            }
            if !one.replies.is_empty() {
                waiting.push(one);
            }
        }
        if waiting.is_empty() {
            return;
        }
        // Else what nobody will spend would count as used.
        let over = |one: &Waiting| {
            let Ask { scope, plan, key, round, spending, .. } = &one.ask;
            let (day, amount) = spending.lease.end_others(today, *round)?;
            Some(GiveBack { counter: counter(scope, plan, key), day, amount: amount.into() })
        };
        self.give_back(waiting.iter().filter_map(over).collect()).await;
        let wishes: Vec<Take> = waiting.iter().map(|one| self.wish(one)).collect();
        match self.take(&wishes).await {
            Ok(taken) => {
                let mut ended = Vec::new();
                for (one, taken) in waiting.into_iter().zip(taken) {
                    self.hand_out(one, taken, &mut ended);
                }
                self.give_back(ended).await;
            }
            Err(fault) => {
                let why: Arc<str> = with_causes(&fault).into();
                tracing::error!(error = %why, requests = waiting.len(), "a quota cannot be counted; its requests are refused");
                for reply in waiting.into_iter().flat_map(|one| one.replies) {
                    answer(Some(reply), Answer::Uncounted(Arc::clone(&why)));
                }
                self.refuse_queued(&why);
            }
        }
    }

    /// Whoever has come meanwhile would wait as long once more, and those behind them twice.
    fn refuse_queued(&mut self, why: &Arc<str>) {
        // At most so many: those that come while these are answered are asked for again.
        for _ in 0..self.queue.len() {
            match self.queue.try_recv() {
                Ok(Message::Ask(_, reply)) => answer(Some(reply), Answer::Uncounted(Arc::clone(why))),
                Ok(Message::Settle(plan, reply)) => self.settles.push((plan, reply)),
                Err(_) => return,
            }
        }
    }

    fn wish(&self, one: &Waiting) -> Take {
        let Ask { quota, .. } = &one.ask;
        let window = quota.window(self.day);
        Take {
            counter: counter(&one.ask.scope, &one.ask.plan, &one.ask.key),
            day: self.day,
            first: window.first,
            limit: window.limit,
            wanted: one.replies.len() as u64 + block(quota.limit),
        }
    }

    async fn take(&self, wishes: &[Take]) -> Result<Vec<Taken>, Fault> {
        tokio::select! {
            taken = self.counters.take(wishes) => taken,
            () = self.clock.sleep(PATIENCE) => Err(Fault::new("counting a quota", "the store does not answer")),
        }
    }

    /// Hands out what was granted and keeps the rest. What is left of an earlier day or quota has `ended`.
    fn hand_out(&mut self, one: Waiting, taken: Taken, ended: &mut Vec<GiveBack>) {
        let Waiting { ask, replies } = one;
        let mut left = taken.granted;
        for reply in replies {
            let granted = left > 0;
            left = left.saturating_sub(1);
            answer(Some(reply), if granted { Answer::Granted } else { Answer::Exceeded });
        }
        if taken.left == 0 && left == 0 {
            ask.spending.refuse(ask.quota.limit, self.day, self.clock.elapsed());
        }
        if left == 0 {
            return;
        }
        let counter = counter(&ask.scope, &ask.plan, &ask.key);
        let over = |(day, amount): (Day, u32)| GiveBack { counter: counter.clone(), day, amount: amount.into() };
        let amount = u32::try_from(left).unwrap_or(u32::MAX);
        ended.extend(ask.spending.lease.deposit(self.day, ask.round, amount).map(over));
        let held = Held { scope: ask.scope, spending: Arc::clone(&ask.spending) };
        let before = self.held.insert((ask.plan, ask.key), held);
        // A key that left its plan and came again has another lease; nobody would spend what is in the old one.
        let old = before.filter(|before| !Arc::ptr_eq(&before.spending, &ask.spending));
        ended.extend(old.and_then(|old| old.spending.lease.withdraw()).map(over));
    }

    /// Gives back what is held of a plan, or of all.
    async fn settle(&mut self, plan: Option<&UsagePlanId>) {
        let mut returns = Vec::new();
        self.held.retain(|(of, key), held| {
            if plan.is_some_and(|plan| plan != of) {
                return true;
            }
            returns.extend(held.spending.lease.withdraw().map(|(day, amount)| GiveBack {
                counter: counter(&held.scope, of, key),
                day,
                amount: amount.into(),
            }));
            false
        });
        self.give_back(returns).await;
    }

    /// What cannot be given back is lost, as if the node had been killed: the quota holds, its owner gets less of it.
    async fn give_back(&self, returns: Vec<GiveBack>) {
        for some in returns.chunks(BATCH_MAX) {
            let given = tokio::select! {
                given = self.counters.give_back(some) => given,
                () = self.clock.sleep(PATIENCE) => Err(Fault::new("giving back a quota", "the store does not answer")),
            };
            if let Err(fault) = given {
                tracing::warn!(error = %with_causes(&fault), keys = some.len(), "unused calls of quotas are lost");
            }
        }
    }
}

fn counter(scope: &Scope, plan: &UsagePlanId, key: &ApiKeyId) -> Counter {
    Counter { scope: scope.clone(), group: plan.to_string(), member: key.to_string() }
}

/// A request whose client has gone does not hear it; its call stays counted.
fn answer(reply: Option<oneshot::Sender<Answer>>, answer: Answer) {
    let _ = reply.map(|reply| reply.send(answer));
}
