//! AWS Signature Version 4: reads what a request claims, and proves it with the secret key.
//!
//! A judge without a clock and without a store: the caller passes the time, and looks the key up between the two
//! steps. [`Claim::parse`] says who the request claims to be, [`Claim::verify`] proves it, and a [`Refusal`] holds
//! AWS's code and exact words. [`Signer`] is the client's side.
//!
//! It must not know: any wire format, any store, the policy language, how a request travels.
//! Begin with [`Claim`]; `canonical.rs` holds the text that is signed.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html>

mod received;
mod claim;
mod authorization;
mod presigned;
mod scope;
mod stamp;
mod verify;
mod canonical;
mod key;
mod cache;
mod refusal;
mod sign;

pub use cache::KeyCache;
pub use canonical::PathRule;
pub use claim::{Claim, Form};
pub use key::SigningKey;
pub use received::Received;
pub use refusal::{Incomplete, Mismatch, Refusal, ScopeFaults};
pub use scope::CredentialScope;
pub use sign::Signer;
pub use verify::{Expectation, Payload, PayloadRule, Verified};

/// The only algorithm of this crate so far.
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
/// What ends every credential scope.
const TERMINATOR: &str = "aws4_request";
