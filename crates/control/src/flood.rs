//! Bounds the records that strangers can cause: the first few per source address and minute, the rest counted.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use base::Timestamp;
use base::limits::UNAUTHENTICATED_RECORDS_PER_MINUTE;

/// How many addresses are told apart in a minute; beyond them all share one allowance.
const ADDRESSES_MAX: usize = 4096;

/// Counts failed authentications by address and minute.
#[derive(Debug, Default)]
pub struct Flood {
    minute: Mutex<Minute>,
    unrecorded: AtomicU64,
}

#[derive(Debug, Default)]
struct Minute {
    number: i64,
    seen: HashMap<IpAddr, u32>,
    others: u32,
}

impl Flood {
    /// Whether the call that just failed authentication may leave a record.
    pub fn may_record(&self, source: IpAddr, now: Timestamp) -> bool {
        let number = now.as_second().div_euclid(60);
        let mut minute = self.minute.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if minute.number != number {
            *minute = Minute { number, seen: HashMap::new(), others: 0 };
        }
        let known = minute.seen.len() < ADDRESSES_MAX || minute.seen.contains_key(&source);
        let count = if known { minute.seen.entry(source).or_default() } else { &mut minute.others };
        *count = count.saturating_add(1);
        let may = *count <= UNAUTHENTICATED_RECORDS_PER_MINUTE;
        if !may {
            self.unrecorded.fetch_add(1, Ordering::Relaxed);
        }
        may
    }

    /// How many calls were counted instead of recorded since the start.
    pub fn unrecorded(&self) -> u64 {
        self.unrecorded.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([10, 0, 0, last])
    }

    #[test]
    fn the_first_ten_of_an_address_and_minute_are_recorded() {
        let flood = Flood::default();
        let now = Timestamp::UNIX_EPOCH;
        let recorded = (0..25).filter(|_| flood.may_record(address(1), now)).count();
        assert_eq!((recorded, flood.unrecorded()), (10, 15));
        assert!(flood.may_record(address(2), now), "another address has its own ten");
        let next_minute = Timestamp::from_second(60).expect("a time");
        assert!(flood.may_record(address(1), next_minute));
    }

    #[test]
    fn many_addresses_share_one_allowance_and_bounded_memory() {
        let flood = Flood::default();
        let spread = |number: u32| IpAddr::from(number.to_be_bytes());
        let recorded = (0..10_000).filter(|n| flood.may_record(spread(*n), Timestamp::UNIX_EPOCH)).count();
        assert_eq!(recorded, ADDRESSES_MAX + 10);
    }
}
