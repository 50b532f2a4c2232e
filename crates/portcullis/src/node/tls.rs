//! Hands the snapshot's certificates to TLS, now and whenever they change.

use std::sync::Arc;

use control::Publisher;
use edge::{Certificate, CertificateSet, Certificates};
use snapshot::Snapshot;

use super::StartError;

/// TLS's certificates, in force.
pub(super) fn certificates(publisher: &Publisher, default: &str) -> Result<Arc<Certificates>, StartError> {
    let snapshot = publisher.snapshot().load_full();
    let set = set_of(&snapshot, default).ok_or(StartError::NoCertificate)?;
    Ok(Certificates::new(set))
}

/// Replaces the set whenever a revision brings another certificate. Runs until the publisher is gone.
pub(super) async fn follow(publisher: Arc<Publisher>, certificates: Arc<Certificates>, default: String) {
    let mut served = publisher.subscribe();
    let mut known = publisher.snapshot().load_full();
    while served.changed().await.is_ok() {
        let snapshot = publisher.snapshot().load_full();
        if snapshot.certificates.ptr_eq(&known.certificates) {
            continue;
        }
        if let Some(set) = set_of(&snapshot, &default) {
            certificates.replace(set);
        } else {
            tracing::error!("the certificate `{default}` is gone; TLS goes on with the one it had");
        }
        known = snapshot;
    }
}

/// `default` is the first name of the local zone's certificate.
fn set_of(snapshot: &Snapshot, default: &str) -> Option<CertificateSet> {
    let read = |stored: &snapshot::Certificate| match Certificate::from_pem(&stored.chain_pem, &stored.key_pem) {
        Ok(certificate) => Some(certificate),
        Err(fault) => {
            tracing::error!(error = %fault, names = ?stored.names, "a stored certificate cannot be used");
            None
        }
    };
    let mut set = CertificateSet::new(read(snapshot.certificates.get(default)?)?);
    for stored in snapshot.certificates.values() {
        if let Some(certificate) = read(stored) {
            set = stored.names.iter().fold(set, |set, name| set.with(name, certificate.clone()));
        }
    }
    Some(set)
}
