//! The local authority: made at first start, and its certificate renewed by a job.

use std::time::Duration;

use async_trait::async_trait;
use base::seal::MasterKey;
use base::{Scope, Timestamp};
use edge::authority::{Authority, AuthorityError, Leaf};
use model::installation::{LocalAuthority, LocalLeaf};
use operation::{Failure, Job, JobCall, Kind, Ports, Transaction};
use store_resources::{CommitError, Resources};

/// Makes the authority where there is none yet, and answers its root certificate.
pub(super) async fn found_authority(
    resources: &dyn Resources,
    master_key: &MasterKey,
    scope: &Scope,
    zone: &str,
    now: Timestamp,
) -> Result<Authority, Failure> {
    let global = scope.global();
    loop {
        let mut tx = Transaction::begin(resources, Kind::Write).await?;
        if let Some(stored) = tx.get::<LocalAuthority>(&global, LocalAuthority::ID).await? {
            return restore(master_key, &stored);
        }
        let made = Authority::create(now, zone).map_err(|fault| broken(&fault))?;
        let key_pem = master_key.seal(LocalAuthority::place(1), made.key_pem());
        let stored = LocalAuthority { certificate_pem: made.certificate_pem().to_owned(), key_pem, version: 1 };
        tx.put(&global, &stored)?;
        let mut batch = tx.into_batch();
        batch.audit.push(control::audit::system_entry(scope, "CreateLocalAuthority", now));
        match resources.commit(batch).await {
            Ok(_) => return Ok(made),
            // Another node was first: take what it made.
            Err(CommitError::Conflict | CommitError::Fenced) => {}
            Err(CommitError::Fault(fault)) => return Err(fault.into()),
        }
    }
}

fn restore(master_key: &MasterKey, stored: &LocalAuthority) -> Result<Authority, Failure> {
    let opened = master_key.open_text(LocalAuthority::place(stored.version), &stored.key_pem);
    let key_pem = opened.map_err(|fault| Failure::Broken { what: format!("the local authority's key: {fault}") })?;
    Authority::restore(stored.certificate_pem.clone(), key_pem).map_err(|fault| broken(&fault))
}

fn broken(fault: &AuthorityError) -> Failure {
    Failure::Broken { what: format!("the local authority: {fault}") }
}

/// Issues the certificate for API hosts and renews it when two thirds of its life are over.
#[derive(Debug)]
pub(super) struct AuthorityRenewal {
    /// Whose record it is: the installation's first account.
    pub(super) scope: Scope,
    /// What the certificate is for; the first is its name.
    pub(super) names: Vec<String>,
}

#[async_trait]
impl Job for AuthorityRenewal {
    fn name(&self) -> &'static str {
        "RenewLocalCertificate"
    }

    fn every(&self) -> Duration {
        Duration::from_hours(1)
    }

    async fn run(&self, call: &mut JobCall<'_>) -> Result<(), Failure> {
        self.renew(&mut call.tx, call.ports, call.now).await
    }
}

impl AuthorityRenewal {
    /// Issues the certificate where it is due. The job does so under its lease; a start does so before it can serve, and
    /// then the transaction's own preconditions settle which of several nodes was first.
    async fn renew(&self, tx: &mut Transaction, ports: &Ports, now: Timestamp) -> Result<(), Failure> {
        let global = self.scope.global();
        let name = self.names.first().map(String::as_str).unwrap_or_default();
        let stored = tx.get::<LocalLeaf>(&global, name).await?;
        let sound = |stored: &LocalLeaf| stored.names == self.names && still_good(&ports.master_key, stored, now);
        if stored.as_ref().is_some_and(sound) {
            return Ok(());
        }
        let authority = tx.get::<LocalAuthority>(&global, LocalAuthority::ID).await?;
        let authority = authority.ok_or_else(|| Failure::Broken { what: "there is no local authority".to_owned() })?;
        let authority = restore(&ports.master_key, &authority)?;
        let names: Vec<&str> = self.names.iter().map(String::as_str).collect();
        let issued = authority.issue(&names, now).map_err(|fault| broken(&fault))?;
        let version = stored.map_or(1, |leaf| leaf.version + 1);
        tx.put(&global, &sealed(ports, name, version, &self.names, issued))
    }

    /// Makes sure that there is a certificate, before the first handshake.
    pub(super) async fn ensure(&self, ports: &Ports, now: Timestamp) -> Result<(), Failure> {
        loop {
            let mut tx = Transaction::begin(ports.resources.as_ref(), Kind::Write).await?;
            self.renew(&mut tx, ports, now).await?;
            if tx.is_empty() {
                return Ok(());
            }
            let mut batch = tx.into_batch();
            batch.audit.push(control::audit::system_entry(&self.scope, self.name(), now));
            match ports.resources.commit(batch).await {
                Ok(_) => return Ok(()),
                // Another node was first: look at what it made.
                Err(CommitError::Conflict | CommitError::Fenced) => {}
                Err(CommitError::Fault(fault)) => return Err(fault.into()),
            }
        }
    }
}

/// A leaf that opens and has more than a third of its life left.
fn still_good(master_key: &MasterKey, stored: &LocalLeaf, now: Timestamp) -> bool {
    let Ok(key_pem) = master_key.open_text(LocalLeaf::place(&stored.name, stored.version), &stored.key_pem) else {
        return false;
    };
    let (not_before, not_after) = (stored.not_before, stored.not_after);
    let leaf = Leaf { chain_pem: stored.chain_pem.clone(), key_pem, not_before, not_after };
    !edge::authority::needs_renewal(&leaf, now)
}

fn sealed(ports: &Ports, name: &str, version: u32, names: &[String], leaf: Leaf) -> LocalLeaf {
    LocalLeaf {
        name: name.to_owned(),
        names: names.to_vec(),
        key_pem: ports.master_key.seal(LocalLeaf::place(name, version), &leaf.key_pem),
        chain_pem: leaf.chain_pem,
        version,
        not_before: leaf.not_before,
        not_after: leaf.not_after,
    }
}

#[cfg(test)]
mod tests;
