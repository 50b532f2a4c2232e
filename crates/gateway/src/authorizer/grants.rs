//! The answers of authorizers that still count: bounded by their bytes, and asked for once however many requests wait.
//!
//! Time is the injected clock's: what is remembered is forgotten by its bytes, and there is no timer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base::limits::AUTHORIZER_ANSWERS_BYTES_MAX;
use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};

use super::{Grant, Unanswered};
use crate::remembered::{Digest, Remembered, SHARDS};

/// What an answer is kept under: a digest of whose answer it is and of the identity, so that no token is kept.
pub(crate) type Key = Digest;

/// The key of an identity's values. SECURITY: lengths stand before the values, so that no two lists are one text.
pub(crate) fn key(scope: &str, values: &[&[u8]]) -> Key {
    let parts = || std::iter::once(scope.as_bytes()).chain(values.iter().copied());
    let mut text = Vec::with_capacity(parts().map(|part| part.len() + size_of::<u64>()).sum());
    for part in parts() {
        text.extend_from_slice(&(part.len() as u64).to_le_bytes());
        text.extend_from_slice(part);
    }
    Digest::of(&text)
}

/// An answer, and until when it counts.
#[derive(Debug, Clone)]
struct Kept {
    grant: Arc<Grant>,
    until: Duration,
}

type Answer = Result<Arc<Grant>, Unanswered>;
type Running = Shared<BoxFuture<'static, Answer>>;

/// The answers that a node keeps, and those it waits for.
pub struct Grants {
    kept: Remembered<Kept>,
    running: Mutex<HashMap<Key, WeakShared<BoxFuture<'static, Answer>>>>,
}

// The longest answer is remembered, too.
const _: () = assert!(Grant::WEIGHT_MAX <= AUTHORIZER_ANSWERS_BYTES_MAX as usize / SHARDS / 2);

/// When so many are waited for, those that nobody waits for any more are looked for.
const RUNNING_BEFORE_SWEEP: usize = 1_024;

impl Grants {
    /// Room for answers of so many bytes.
    pub fn new(bytes_max: u64) -> Self {
        let bytes_max = usize::try_from(bytes_max).unwrap_or(usize::MAX);
        Self { kept: Remembered::new(bytes_max), running: Mutex::default() }
    }

    /// An answer that counts at `now`.
    pub(crate) fn find(&self, key: &Key, now: Duration) -> Option<Arc<Grant>> {
        self.kept.find(key).filter(|kept| now < kept.until).map(|kept| kept.grant)
    }

    /// Keeps an answer.
    pub(crate) fn keep(&self, key: Key, grant: &Arc<Grant>, until: Duration) {
        self.kept.keep(key, Kept { grant: Arc::clone(grant), until }, grant.weight());
    }

    /// Waits for the answer that others wait for already, else for the one that `ask` makes. Failures are not kept. When
    /// everybody who waits has gone, the question is dropped.
    pub(crate) async fn wait(&self, key: Key, ask: impl FnOnce() -> BoxFuture<'static, Answer>) -> Answer {
        let asked = self.join(key, ask);
        let answer = asked.clone().await;
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        // A question that was asked later is another one.
        if running.get(&key).and_then(WeakShared::upgrade).is_none_or(|known| known.ptr_eq(&asked)) {
            running.remove(&key);
        }
        answer
    }

    fn join(&self, key: Key, ask: impl FnOnce() -> BoxFuture<'static, Answer>) -> Running {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        // One that has ended is nobody's any more: its failure must not be answered to who comes later.
        let known = running.get(&key).and_then(WeakShared::upgrade).filter(|known| known.peek().is_none());
        if let Some(known) = known {
            return known;
        }
        if running.len() >= RUNNING_BEFORE_SWEEP && running.len() == running.capacity() {
            running.retain(|_, weak| weak.upgrade().is_some());
        }
        let asked = ask().shared();
        if let Some(weak) = asked.downgrade() {
            running.insert(key, weak);
        }
        asked
    }
}

impl std::fmt::Debug for Grants {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Grants").field("kept_bytes", &self.kept.bytes()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use base::Clock as _;
    use base::clock::ManualClock;

    use super::*;

    fn grant() -> Arc<Grant> {
        let text = br#"{"principalId":"me","policyDocument":{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}}"#;
        Arc::new(Grant::read(text).expect("a good answer"))
    }

    fn key(values: &[&str]) -> Key {
        super::key("scope", &values.iter().map(|value| value.as_bytes()).collect::<Vec<_>>())
    }

    #[test]
    fn no_two_identities_share_a_key() {
        let keys = [key(&["a", "b"]), key(&["ab"]), key(&["ab", ""]), key(&["", "ab"]), key(&["b", "a"]), key(&[])];
        for (at, one) in keys.iter().enumerate() {
            assert!(!keys[at + 1..].contains(one), "{at}");
        }
        assert_ne!(super::key("x", &[]), super::key("y", &[]));
        assert_ne!(super::key("x", &[b"y"]), super::key("xy", &[]));
    }

    #[test]
    fn an_answer_counts_until_its_hour_on_the_injected_clock() {
        let clock = ManualClock::new(base::Timestamp::UNIX_EPOCH);
        let grants = Grants::new(1 << 20);
        grants.keep(key(&["a"]), &grant(), clock.elapsed() + Duration::from_mins(5));
        clock.advance(Duration::from_secs(299));
        assert!(grants.find(&key(&["a"]), clock.elapsed()).is_some());
        assert!(grants.find(&key(&["b"]), clock.elapsed()).is_none());
        clock.advance(Duration::from_secs(1));
        assert!(grants.find(&key(&["a"]), clock.elapsed()).is_none());
    }

    #[test]
    fn answers_of_many_callers_fill_no_memory() {
        let bytes_max = 64 * grant().weight();
        let grants = Grants::new(bytes_max as u64);
        for number in 0..10_000 {
            grants.keep(key(&[&number.to_string()]), &grant(), Duration::MAX);
        }
        assert!(grants.kept.bytes() <= bytes_max);
        assert!(grants.find(&key(&["9999"]), Duration::ZERO).is_some());
    }

    #[tokio::test]
    async fn many_wait_for_one_question_and_a_failure_is_asked_anew() {
        let grants = Grants::new(1 << 20);
        let asked = Arc::new(AtomicUsize::new(0));
        let (open, gate) = tokio::sync::watch::channel(false);
        let ask = || {
            let (asked, mut gate) = (Arc::clone(&asked), gate.clone());
            move || {
                async move {
                    asked.fetch_add(1, Ordering::SeqCst);
                    let _ = gate.wait_for(|open| *open).await;
                    Err(Unanswered::Unauthorized)
                }
                .boxed()
            }
        };
        let waiting = futures_util::future::join_all((0..50).map(|_| grants.wait(key(&["a"]), ask())));
        let opened = async {
            tokio::task::yield_now().await;
            open.send(true).expect("somebody waits");
        };
        let (answers, ()) = futures_util::future::join(waiting, opened).await;
        assert_eq!((answers.len(), asked.load(Ordering::SeqCst)), (50, 1));
        assert!(grants.wait(key(&["a"]), ask()).await.is_err());
        assert_eq!(asked.load(Ordering::SeqCst), 2);
        assert!(grants.running.lock().expect("sound").is_empty());
    }

    #[tokio::test]
    async fn who_came_first_may_leave_and_the_others_still_get_the_answer() {
        let grants = Grants::new(1 << 20);
        let (open, mut gate) = tokio::sync::watch::channel(false);
        let first = grants.wait(key(&["a"]), move || {
            async move {
                let _ = gate.wait_for(|open| *open).await;
                Ok(grant())
            }
            .boxed()
        });
        let mut first = Box::pin(first);
        assert!(futures_util::poll!(&mut first).is_pending());
        let second = grants.wait(key(&["a"]), || panic!("it is asked already"));
        let mut second = Box::pin(second);
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(first);
        open.send(true).expect("somebody waits");
        assert!(second.await.is_ok());
    }
}
