//! JSON Web Tokens: read, judged by what they say, and proven with the keys that their issuers publish.
//!
//! A judge without a clock and without a network: the caller passes the time, and finds the key between the steps.
//! [`Jws::parse`] takes a token apart, [`Claims::parse`] reads what it says, [`Expected::judge`] compares that with what was
//! expected, and [`Key::verify`] proves the signature. Every [`Refusal`] is one of an enum.
//!
//! SECURITY: the algorithm is the key's own. A token only names it; one that names another is refused, and `none` and
//! shared secrets cannot be named at all. A key that a token brings along (`jwk`, `jku`, `x5c`, `x5u`) is never read.
//!
//! It must not know: any store, any service, how keys are fetched, how a request travels.
//! Begin with [`Jws`]. <https://www.rfc-editor.org/rfc/rfc8725> (best current practices)

mod algorithm;
mod jws;
mod strict;
mod claims;
mod expected;
mod key;
mod key_set;
mod refusal;
mod uri;

pub use algorithm::{Algorithm, NoAlgorithm};
pub use claims::Claims;
pub use expected::{EARLY_S_MAX, Expected};
pub use jws::Jws;
pub use key::{Key, Unusable};
pub use key_set::{KeySet, NoKeySet, Skipped};
pub use refusal::{Part, Refusal};
pub use uri::{AuthorizerUri, NoAuthorizerUri};
