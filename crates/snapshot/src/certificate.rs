//! A server certificate with its key, opened: what TLS presents for some names.

use std::sync::Arc;

use base::{Secret, Timestamp};

/// A certificate and its key.
#[derive(Debug)]
pub struct Certificate {
    /// The names it is for; `*.` stands for one label.
    pub names: Vec<Arc<str>>,
    /// The leaf first, in PEM.
    pub chain_pem: String,
    /// The private key, in PEM.
    pub key_pem: Secret<String>,
    /// Valid until.
    pub not_after: Timestamp,
}
