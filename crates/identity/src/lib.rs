//! Who signed, and every policy that has a say over it: the same for calls of the control plane and requests of the data plane.
//!
//! Begin with [`Identities`]: a claim names a key ([`Known`]), a verified signature makes the key's holder a [`Caller`], and
//! a caller lends its policies to a decision ([`Caller::held`]).
//!
//! It must not know: stores, what is called, how a refusal is worded on the wire.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>

mod identities;
mod caller;
mod circumstances;
mod held;
mod impersonate;
mod sessions;
mod uses;
mod supplied;

pub use caller::Caller;
pub use circumstances::Circumstances;
pub use held::{Held, Unresolved};
pub use identities::{Identities, Known};
pub use impersonate::{NoSuchPrincipal, impersonate};
pub use supplied::{is_supplied, silently_open};
pub use uses::{KeyUse, KeyUses};
