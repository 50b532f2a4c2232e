//! Opened session tokens, kept so that a session's second request costs no decryption and no parsing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base::Secret;
use base::id::AccessKeyId;
use base::seal::MasterKey;
use base::secret::equal_in_constant_time;
use model::iam::Session;
use policy::{Kind, Policy};
use sigv4::Refusal;
use snapshot::NamedPolicy;

/// A session and its inline policy, compiled.
#[derive(Debug)]
pub(crate) struct OpenSession {
    token: Secret<String>,
    pub(crate) session: Arc<Session>,
    pub(crate) inline: Option<NamedPolicy>,
}

#[cfg(test)]
impl OpenSession {
    /// One that nothing limits.
    pub(crate) fn without_policy(session: Arc<Session>) -> Self {
        Self { token: Secret::new(String::new()), session, inline: None }
    }
}

/// A bounded table. Two generations: when the young one is full it becomes the old one, and what nobody asked for since is
/// forgotten.
#[derive(Debug)]
pub(crate) struct Sessions {
    kept: Mutex<Generations>,
    entries_per_generation: usize,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<AccessKeyId, Arc<OpenSession>>,
    old: HashMap<AccessKeyId, Arc<OpenSession>>,
}

impl Sessions {
    pub(crate) fn new(entries: usize) -> Self {
        Self { kept: Mutex::default(), entries_per_generation: (entries / 2).max(1) }
    }

    /// Opens a token, or finds it opened. Only a token that opens is ever kept, so strangers cannot push others out.
    pub(crate) fn open(
        &self,
        master_key: &MasterKey,
        access_key: &AccessKeyId,
        token: &str,
    ) -> Result<Arc<OpenSession>, Refusal> {
        if let Some(open) = self.find(access_key)
            && equal_in_constant_time(open.token.expose().as_bytes(), token.as_bytes())
        {
            return Ok(open);
        }
        let session = Session::open(master_key, access_key, token).map_err(|_| Refusal::UnknownKey)?;
        let session = Arc::new(session);
        let inline = match session.policy.as_deref().map(|document| Policy::parse(document, Kind::Identity)) {
            Some(Ok(policy)) => Some(NamedPolicy { name: "session policy".into(), policy }),
            // SECURITY: checked when the session was made; one that no longer parses limits to nothing.
            Some(Err(_)) => return Err(Refusal::UnknownKey),
            None => None,
        };
        let open = Arc::new(OpenSession { token: Secret::new(token.to_owned()), session, inline });
        self.keep(access_key.clone(), Arc::clone(&open));
        Ok(open)
    }

    fn find(&self, access_key: &AccessKeyId) -> Option<Arc<OpenSession>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(open) = kept.young.get(access_key) {
            return Some(Arc::clone(open));
        }
        let (key, open) = kept.old.remove_entry(access_key)?;
        kept.insert(key, Arc::clone(&open), self.entries_per_generation);
        Some(open)
    }

    fn keep(&self, access_key: AccessKeyId, open: Arc<OpenSession>) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(access_key, open, self.entries_per_generation);
    }
}

impl Generations {
    fn insert(&mut self, key: AccessKeyId, open: Arc<OpenSession>, max: usize) {
        if self.young.len() >= max {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, open);
    }
}
