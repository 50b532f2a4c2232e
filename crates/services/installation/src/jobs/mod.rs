//! The installation's own upkeep: what is old, or too much, goes.

mod records_retention;
mod usage_retention;
mod audit_retention;
mod change_feed_retention;

pub use audit_retention::AuditRetention;
pub use change_feed_retention::ChangeFeedRetention;
pub use records_retention::RecordsRetention;
pub use usage_retention::UsageRetention;
