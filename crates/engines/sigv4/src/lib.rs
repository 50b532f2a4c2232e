//! AWS Signature Version 4 and 4A: reads what a request claims, and proves it with the secret key.
//!
//! A judge without a clock and without a store: the caller passes the time, and looks the key up between the steps.
//! [`Claim::parse`] says who the request claims to be; [`Claim::check`] judges time, place and signed headers, and
//! [`Claim::prove_head`] the signature where the body's hash was announced, both before a byte of the body is read;
//! [`Claim::verify`] proves the whole. A [`Refusal`] holds AWS's code and exact words. [`Signer`] is the client's side.
//!
//! It must not know: any wire format, any store, the policy language, how a request travels.
//! Begin with [`Claim`]; `canonical.rs` holds the text that is signed.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html>

mod algorithm;
mod received;
mod claim;
mod authorization;
mod presigned;
mod scope;
mod region_set;
mod stamp;
mod verify;
mod payload;
mod canonical;
mod hexadecimal;
mod key;
mod pair;
mod cache;
mod refusal;
mod sign;

pub use algorithm::Algorithm;
pub use cache::KeyCache;
pub use canonical::PathRule;
pub use claim::{Claim, Form};
pub use key::SigningKey;
pub use pair::{KeyPair, NoPair};
pub use payload::{Payload, PayloadRule};
pub use received::Received;
pub use refusal::{Incomplete, Mismatch, Refusal, ScopeFaults};
pub use region_set::RegionSet;
pub use scope::CredentialScope;
pub use sign::{MultiRegionSigner, Signer};
pub use verify::{Expectation, HeadProof, Verified};

/// What ends every credential scope.
const TERMINATOR: &str = "aws4_request";
