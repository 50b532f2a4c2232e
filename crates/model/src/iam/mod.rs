//! Who may call: access keys; users, groups and roles join with the IAM service.

pub mod access_key;

pub use access_key::{AccessKey, Owner};
