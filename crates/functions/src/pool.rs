//! How many run, and which instances wait warm: nothing but counting, under one lock that is never held long.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use snapshot::{FunctionName, Version};
use tokio::sync::Notify;

use crate::invocation::InvokeRefusal;

/// How long an idle instance runs on before it is stopped: callers that follow one another meet it running.
const REST_AFTER: Duration = Duration::from_secs(1);

/// What is kept warm.
pub(crate) trait Warm {
    /// Whether it can still be used.
    fn is_alive(&self) -> bool;
    /// What it runs.
    fn version(&self) -> &Arc<Version>;
    /// Stops it for the time being.
    fn rest(&mut self);
    /// Resumes it.
    fn wake(&mut self);
    /// Whether it is stopped.
    fn is_resting(&self) -> bool;
}

/// All invocations and warm instances of a node.
#[derive(Debug)]
pub(crate) struct Pool<I> {
    state: Mutex<State<I>>,
    concurrency_max: u32,
    idle_max: usize,
    /// Told whenever an invocation ends.
    quiet: Notify,
    /// Told when the sweeper sleeps longer than it should.
    nudge: Arc<Notify>,
}

#[derive(Debug)]
struct State<I> {
    running: u32,
    by_function: HashMap<FunctionName, u32>,
    /// Every warm instance, the one that became idle last at the end.
    idle: Vec<(Duration, I)>,
    is_closed: bool,
    swept: Swept,
}

/// When the sweeper comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Swept {
    /// There is none.
    Never,
    /// In time for whatever becomes idle now.
    Soon,
    /// When the first of those that rest is to end.
    Late,
}

/// A place among those that run. It is free again when dropped.
#[derive(Debug)]
pub(crate) struct Place<I> {
    pool: Arc<Pool<I>>,
    name: FunctionName,
}

impl<I> Drop for Place<I> {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        state.running -= 1;
        if let Some(running) = state.by_function.get_mut(&self.name) {
            *running -= 1;
            if *running == 0 {
                state.by_function.remove(&self.name);
            }
        }
        drop(state);
        self.pool.quiet.notify_waiters();
    }
}

impl<I: Warm> Pool<I> {
    pub(crate) fn new(concurrency_max: u32, idle_max: usize) -> Arc<Self> {
        let state =
            State { running: 0, by_function: HashMap::new(), idle: Vec::new(), is_closed: false, swept: Swept::Never };
        Arc::new(Self {
            state: Mutex::new(state),
            concurrency_max,
            idle_max,
            quiet: Notify::new(),
            nudge: Arc::default(),
        })
    }

    /// A place for one more invocation of a version, if as many as may do not run already.
    pub(crate) fn enter(self: &Arc<Self>, version: &Version) -> Result<Place<I>, InvokeRefusal> {
        let mut state = self.state();
        if state.is_closed {
            return Err(InvokeRefusal::Fault { why: "the node is being stopped".to_owned() });
        }
        let name = &version.function_name;
        let running = state.by_function.get(name).copied().unwrap_or(0);
        if let Some(limit) = version.reserved_concurrency.filter(|&limit| running >= limit) {
            return Err(InvokeRefusal::Throttled { limit });
        }
        if state.running >= self.concurrency_max {
            return Err(InvokeRefusal::Throttled { limit: self.concurrency_max });
        }
        state.running += 1;
        *state.by_function.entry(name.clone()).or_default() += 1;
        Ok(Place { pool: Arc::clone(self), name: name.clone() })
    }

    /// The instance of a version that became idle last: the others may rest, and go cold.
    pub(crate) fn take(&self, version: &Version) -> Option<I> {
        let mut gone = Vec::new();
        let mut state = self.state();
        let mut found = None;
        while let Some(at) = state.idle.iter().rposition(|(_, idle)| {
            idle.version().revision == version.revision && idle.version().function_name == version.function_name
        }) {
            let (_, instance) = state.idle.remove(at);
            if instance.is_alive() {
                found = Some(instance);
                break;
            }
            gone.push(instance);
        }
        drop(state);
        drop(gone);
        if let Some(instance) = &mut found {
            instance.wake();
        }
        found
    }

    /// Keeps an instance warm. True: somebody must sweep from now on.
    pub(crate) fn keep(&self, now: Duration, instance: I) -> bool {
        let mut state = self.state();
        if state.is_closed || self.idle_max == 0 {
            drop(state);
            drop(instance);
            return false;
        }
        // Those that idle longest make room.
        let oldest = (state.idle.len() >= self.idle_max).then(|| state.idle.remove(0));
        state.idle.push((now, instance));
        let before = std::mem::replace(&mut state.swept, Swept::Soon);
        drop(state);
        drop(oldest);
        match before {
            Swept::Never => true,
            Swept::Soon => false,
            Swept::Late => {
                self.nudge.notify_one();
                false
            }
        }
    }

    /// Told when something became idle while the sweeper sleeps late.
    pub(crate) fn nudge(&self) -> Arc<Notify> {
        Arc::clone(&self.nudge)
    }

    /// Ends what has been idle for `idle_for`, and stops what has been for [`REST_AFTER`]. Answers when to come again; with
    /// nothing left the sweeper ends.
    pub(crate) fn sweep(&self, now: Duration, idle_for: Duration) -> Option<Duration> {
        let mut state = self.state();
        let old = state.idle.iter().take_while(|(since, _)| *since + idle_for <= now).count();
        let gone: Vec<_> = state.idle.drain(..old).collect();
        for (since, instance) in &mut state.idle {
            if !instance.is_resting() && *since + REST_AFTER <= now {
                instance.rest();
            }
        }
        let awake =
            state.idle.iter().find(|(_, instance)| !instance.is_resting()).map(|(since, _)| *since + REST_AFTER);
        let next = awake.or_else(|| state.idle.first().map(|(since, _)| *since + idle_for));
        state.swept = match (awake, next) {
            (Some(_), _) => Swept::Soon,
            (None, Some(_)) => Swept::Late,
            (None, None) => Swept::Never,
        };
        drop(state);
        drop(gone);
        next.map(|next| next.saturating_sub(now))
    }

    /// Ends warm instances of versions that are gone.
    pub(crate) fn retain(&self, keeps: impl Fn(&Version) -> bool) {
        let mut state = self.state();
        let (kept, gone): (Vec<_>, Vec<_>) =
            std::mem::take(&mut state.idle).into_iter().partition(|(_, idle)| keeps(idle.version()));
        state.idle = kept;
        drop(state);
        drop(gone);
    }

    /// Takes nobody in any more, waits for those that run, and ends the warm ones.
    pub(crate) async fn drain(&self) {
        self.state().is_closed = true;
        loop {
            let quiet = self.quiet.notified();
            if self.state().running == 0 {
                break;
            }
            quiet.await;
        }
        self.retain(|_| false);
    }

    /// How many run, and how many are warm.
    pub(crate) fn count(&self) -> (u32, usize) {
        let state = self.state();
        (state.running, state.idle.len())
    }
}

impl<I> Pool<I> {
    fn state(&self) -> MutexGuard<'_, State<I>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use base::AccountId;
    use snapshot::FunctionBody;

    use super::*;

    #[derive(Debug)]
    struct Fake(u32, Arc<Version>, bool, bool);

    impl Warm for Fake {
        fn is_alive(&self) -> bool {
            self.2
        }
        fn version(&self) -> &Arc<Version> {
            &self.1
        }
        fn rest(&mut self) {
            self.3 = true;
        }
        fn wake(&mut self) {
            self.3 = false;
        }
        fn is_resting(&self) -> bool {
            self.3
        }
    }

    fn version(name: &str, revision: &str, reserved: Option<u32>) -> Arc<Version> {
        let account = AccountId::parse("123456789012").expect("digits");
        Arc::new(Version {
            function_arn: "arn".into(),
            function_name: FunctionName { account, name: name.into() },
            number: "$LATEST".into(),
            revision: revision.into(),
            body: FunctionBody::Broken { why: "".into() },
            timeout: Duration::from_secs(3),
            memory_mb: 128,
            reserved_concurrency: reserved,
        })
    }

    #[test]
    fn what_is_reserved_is_the_most_of_one_function() {
        let pool = Pool::<Fake>::new(10, 10);
        let (two, none, free) =
            (version("two", "a", Some(2)), version("none", "a", Some(0)), version("free", "a", None));
        let places = [pool.enter(&two).expect("the first"), pool.enter(&two).expect("the second")];
        assert_eq!(pool.enter(&two).err(), Some(InvokeRefusal::Throttled { limit: 2 }));
        assert_eq!(pool.enter(&none).err(), Some(InvokeRefusal::Throttled { limit: 0 }));
        assert!(pool.enter(&free).is_ok());
        drop(places);
        assert!(pool.enter(&two).is_ok());
        assert_eq!(pool.count(), (0, 0));
    }

    #[test]
    fn the_whole_node_has_a_limit_too() {
        let pool = Pool::<Fake>::new(1, 10);
        let _place = pool.enter(&version("a", "a", None)).expect("the first");
        assert_eq!(pool.enter(&version("b", "a", Some(5))).err(), Some(InvokeRefusal::Throttled { limit: 1 }));
    }

    #[test]
    fn the_instance_that_ran_last_runs_next_and_dead_ones_never() {
        let pool = Pool::<Fake>::new(10, 10);
        let (one, other) = (version("a", "1", None), version("a", "2", None));
        for (number, alive) in [(1, true), (2, true), (3, false)] {
            pool.keep(Duration::ZERO, Fake(number, Arc::clone(&one), alive, false));
        }
        assert!(pool.take(&other).is_none(), "another revision is another program");
        assert_eq!(pool.take(&one).map(|fake| fake.0), Some(2));
        assert_eq!(pool.take(&one).map(|fake| fake.0), Some(1));
        assert!(pool.take(&one).is_none());
    }

    #[test]
    fn idle_instances_go_with_time_and_the_sweeper_with_them() {
        let pool = Pool::<Fake>::new(10, 2);
        let one = version("a", "1", None);
        let at = Duration::from_secs;
        assert!(pool.keep(at(1), Fake(1, Arc::clone(&one), true, false)), "the first needs a sweeper");
        assert!(!pool.keep(at(2), Fake(2, Arc::clone(&one), true, false)));
        assert!(!pool.keep(at(3), Fake(3, Arc::clone(&one), true, false)), "the oldest made room");
        let hour = Duration::from_hours(1);
        assert_eq!(pool.sweep(at(3), hour), Some(at(1)), "the youngest is not tired yet");
        assert_eq!(pool.sweep(at(4), hour), Some(at(3_598)), "all rest until the oldest is to end");
        assert!(pool.take(&one).is_some_and(|fake| fake.0 == 3 && !fake.is_resting()), "whoever is taken wakes");
        assert!(!pool.keep(at(5), Fake(3, Arc::clone(&one), true, false)));
        assert!(
            futures_util::FutureExt::now_or_never(pool.nudge().notified()).is_some(),
            "the sweeper must not sleep through this"
        );
        assert_eq!(pool.sweep(at(2) + hour, hour), Some(at(3)));
        assert_eq!(pool.sweep(at(5) + hour, hour), None);
        assert!(pool.keep(at(6) + hour, Fake(4, one, true, false)), "the next needs a new one");
    }

    #[tokio::test]
    async fn a_drained_pool_takes_nobody_in() {
        let pool = Pool::<Fake>::new(10, 2);
        let one = version("a", "1", None);
        let place = pool.enter(&one).expect("a place");
        let mut draining = std::pin::pin!(pool.drain());
        assert!(futures_util::poll!(draining.as_mut()).is_pending());
        assert!(matches!(pool.enter(&one), Err(InvokeRefusal::Fault { .. })));
        drop(place);
        draining.await;
        assert!(!pool.keep(Duration::ZERO, Fake(1, one, true, false)));
        assert_eq!(pool.count(), (0, 0));
    }
}
