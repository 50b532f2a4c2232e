//! Leases: one node at a time does a background job, and a late one cannot write.

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
