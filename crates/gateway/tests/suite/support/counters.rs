//! Counters in memory, which may fail or not answer.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use base::{Day, Scope, Timestamp};
use store_records::Fault;
use store_records::counters::{Counters, GiveBack, Take, Taken, Used, granted};

/// What was taken, by group, member and day.
#[derive(Debug, Default)]
pub(crate) struct Counted {
    used: Mutex<BTreeMap<(String, String, i32), u64>>,
    /// How often it was asked.
    pub(crate) asked: AtomicUsize,
    /// What it does instead of answering.
    pub(crate) fate: Mutex<Fate>,
}

/// Whether it answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Fate {
    #[default]
    Answers,
    Fails,
    Hangs,
}

impl Counted {
    pub(crate) fn used(&self, group: &str, member: &str) -> u64 {
        let used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.iter().filter(|((of, name, _), _)| of == group && name == member).map(|(_, used)| used).sum()
    }

    pub(crate) fn becomes(&self, fate: Fate) {
        *self.fate.lock().unwrap_or_else(PoisonError::into_inner) = fate;
    }
}

#[async_trait]
impl Counters for Counted {
    async fn take(&self, takes: &[Take]) -> Result<Vec<Taken>, Fault> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let fate = *self.fate.lock().unwrap_or_else(PoisonError::into_inner);
        match fate {
            Fate::Answers => {}
            Fate::Fails => return Err(Fault::new("counting", "the disk is gone")),
            Fate::Hangs => std::future::pending().await,
        }
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let take = |wish: &Take| {
            let (group, member) = (wish.counter.group.clone(), wish.counter.member.clone());
            let before =
                used.iter().filter(|((of, name, day), _)| *of == group && *name == member && *day >= wish.first.0);
            let taken = granted(wish, before.map(|(_, used)| used).sum(), 0);
            *used.entry((group, member, wish.day.0)).or_default() += taken.granted;
            taken
        };
        Ok(takes.iter().map(take).collect())
    }

    async fn give_back(&self, returns: &[GiveBack]) -> Result<(), Fault> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        for GiveBack { counter, day, amount } in returns {
            if let Some(used) = used.get_mut(&(counter.group.clone(), counter.member.clone(), day.0)) {
                *used = used.saturating_sub(*amount);
            }
        }
        Ok(())
    }

    async fn set_left(&self, _: &Take) -> Result<(), Fault> {
        Err(Fault::new("extending", "not in these tests"))
    }

    async fn used(&self, _: &Scope, _: &str, _: &[String], _: (Day, Day)) -> Result<Vec<(String, Used)>, Fault> {
        Err(Fault::new("reading", "not in these tests"))
    }

    async fn forget(&self, _: Day) -> Result<u64, Fault> {
        Ok(0)
    }

    async fn present(&self, _: &str, _: Timestamp, _: Duration) -> Result<u32, Fault> {
        Ok(1)
    }
}
