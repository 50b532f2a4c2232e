//! Where a connection leads: what kept connections are found by.

use std::hash::{BuildHasher as _, Hash, Hasher, RandomState};
use std::sync::LazyLock;

use http::Uri;
use http::uri::Authority;

use crate::error::EgressError;
use crate::trust::Trust;

/// Where a connection leads, and how it was judged. Names are compared without case.
#[derive(Debug, Clone, Eq)]
pub(crate) struct Key {
    pub(crate) scheme: Scheme,
    pub(crate) authority: Authority,
    /// Of both, made once: a request looks for its connection and gives it back.
    hash: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scheme {
    Http,
    Https(Trust),
}

impl Key {
    pub(crate) fn of(uri: &Uri, trust: Trust) -> Result<Self, EgressError> {
        let scheme = match uri.scheme_str() {
            Some("http") => Scheme::Http,
            Some("https") => Scheme::Https(trust),
            _ => return Err(EgressError::InvalidUri),
        };
        let authority = uri.authority().ok_or(EgressError::InvalidUri)?;
        // A user before the host would not reach the upstream and only disguise the host; a host without a name is none.
        let bytes = authority.as_str().as_bytes();
        if bytes.contains(&b'@') || matches!(bytes, [] | [b':', ..]) {
            return Err(EgressError::InvalidUri);
        }
        let authority = authority.clone();
        let hash = hash(scheme, authority.as_str());
        Ok(Self { scheme, authority, hash })
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        // Most requests write their host like those before.
        self.hash == other.hash
            && self.scheme == other.scheme
            && (self.authority.as_str() == other.authority.as_str() || self.authority == other.authority)
    }
}

impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

/// The authority in lower case, in a few writes: its own `Hash` makes one of each byte. Seeded, because callers may choose
/// parts of hosts.
fn hash(scheme: Scheme, authority: &str) -> u64 {
    static SEED: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    let mut state = SEED.build_hasher();
    scheme.hash(&mut state);
    for part in authority.as_bytes().chunks(64) {
        let mut room = [0; 64];
        let lower = &mut room[..part.len()];
        lower.copy_from_slice(part);
        lower.make_ascii_lowercase();
        state.write(lower);
    }
    state.finish()
}

/// Passes the hash on that a [`Key`] holds.
#[derive(Debug, Default)]
pub(crate) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
