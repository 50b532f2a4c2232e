//! One AWS call, step by step: identify, authenticate, decode, authorize, run, publish, encode, audit.
//!
//! It must not know: any particular service, how requests of APIs travel. Begin with [`call`], the whole story;
//! `steps/` holds one file a step. [`publish`] keeps the snapshot current, [`jobs`] runs background work,
//! [`bootstrap`] makes an installation's first account.

pub mod call;
pub mod received;
pub mod catalog;
pub mod publish;
pub mod audit;
pub mod flood;
pub mod jobs;
pub mod key_uses;
pub mod bootstrap;
pub mod listen;
mod steps;
mod refusal;

pub use bootstrap::{RootKey, found};
pub use call::Control;
pub use catalog::{Catalog, Unroutable};
pub use jobs::Jobs;
pub use key_uses::KeyUseWriter;
pub use listen::{Listen, Setup};
pub use publish::Publisher;
pub use received::Received;
