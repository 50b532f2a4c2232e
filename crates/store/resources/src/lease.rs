//! Leases: one node at a time does a background job, and a late one cannot write.

use std::time::Duration;

use base::Timestamp;

/// A number that rises whenever a lease changes hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fence(pub u64);

/// Proof of holding a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// The job's name.
    pub name: String,
    /// Who holds it.
    pub holder: String,
    /// Since when, in order.
    pub fence: Fence,
}

/// A lease as a backend keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Who holds it.
    pub lease: Lease,
    /// When somebody else may take it.
    pub until: Timestamp,
}

impl Holding {
    /// What a claim comes to: a renewal for the holder, a new fence for another one after the end, else nothing. A backend
    /// reads the current holding and writes the answer in one transaction.
    pub fn claim(current: Option<Self>, name: &str, holder: &str, now: Timestamp, ttl: Duration) -> Option<Self> {
        let fence = match current {
            None => Fence(1),
            Some(Self { lease, .. }) if lease.holder == holder => lease.fence,
            Some(Self { lease, until }) if until <= now => Fence(lease.fence.0 + 1),
            Some(_) => return None,
        };
        let lease = Lease { name: name.to_owned(), holder: holder.to_owned(), fence };
        Some(Self { lease, until: now.checked_add(ttl).unwrap_or(Timestamp::MAX) })
    }
}
