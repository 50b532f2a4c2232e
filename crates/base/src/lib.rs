//! The vocabulary every crate speaks: ids, ARNs, accounts, secrets, the clock and the limits.
//!
//! It must not know: any other crate of ours, any wire format, any store.
//! Begin with [`id`] and [`scope`]; [`secret`] and [`seal`] hold what must never be printed or stored open.

pub mod id;
pub mod scope;
pub mod arn;
pub mod clock;
pub mod causes;
pub mod secret;
pub mod fingerprint;
pub mod seal;
pub mod quota;
pub mod limits;

pub use arn::Arn;
pub use causes::with_causes;
pub use clock::Clock;
pub use fingerprint::{Fingerprint, Fingerprints};
pub use jiff::Timestamp;
pub use quota::{Day, Quota, QuotaPeriod};
pub use scope::{AccountId, Region, Scope};
pub use secret::Secret;
