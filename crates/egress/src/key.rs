//! Where a connection leads: what kept connections are found by.

use std::hash::{BuildHasher as _, Hash, Hasher, RandomState};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use http::uri::{self, Authority, Uri};

use crate::error::EgressError;
use crate::trust::Trust;

/// Where a connection leads, and how it was judged. Names are compared without case.
#[derive(Debug, Eq)]
pub(crate) struct Key {
    pub(crate) scheme: Scheme,
    pub(crate) authority: Authority,
    /// Its host alone, for whoever tells of it.
    pub(crate) host: Arc<str>,
    /// Of scheme and authority, made once: a request looks for its connection and gives it back.
    hash: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Scheme {
    Http,
    Https(Trust),
}

impl Scheme {
    fn of(scheme: &uri::Scheme, trust: Trust) -> Result<Self, EgressError> {
        match scheme.as_str() {
            "http" => Ok(Self::Http),
            "https" => Ok(Self::Https(trust)),
            _ => Err(EgressError::InvalidUri),
        }
    }
}

impl Key {
    pub(crate) fn of(uri: &Uri, trust: Trust) -> Result<Arc<Self>, EgressError> {
        let scheme = uri.scheme().ok_or(EgressError::InvalidUri)?;
        let authority = uri.authority().ok_or(EgressError::InvalidUri)?;
        Self::new(Scheme::of(scheme, trust)?, authority)
    }

    fn new(scheme: Scheme, authority: &Authority) -> Result<Arc<Self>, EgressError> {
        // A user before the host would not reach the upstream and only disguise the host; a host without a name is none.
        let bytes = authority.as_str().as_bytes();
        if bytes.contains(&b'@') || matches!(bytes, [] | [b':', ..]) {
            return Err(EgressError::InvalidUri);
        }
        let hash = hash(scheme, authority.as_str());
        Ok(Arc::new(Self { scheme, authority: authority.clone(), host: authority.host().into(), hash }))
    }
}

/// The keys of the upstreams that were called last: most requests go where others went.
///
/// SECURITY: callers may choose parts of hosts, so there is room for so many and no more.
#[derive(Debug)]
pub(crate) struct Keys(Mutex<[Option<Arc<Key>>; PLACES]>);

const PLACES: usize = 64;

impl Keys {
    pub(crate) fn new() -> Self {
        Self(Mutex::new([const { None }; PLACES]))
    }

    /// The key of an upstream, made unless the one in its place is just this.
    pub(crate) fn find(
        &self,
        scheme: &uri::Scheme,
        authority: &Authority,
        trust: Trust,
    ) -> Result<Arc<Key>, EgressError> {
        let scheme = Scheme::of(scheme, trust)?;
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = &mut places[place_of(authority.as_str())];
        match place {
            // Letter for letter, since it becomes the `Host` field.
            Some(key) if key.scheme == scheme && key.authority.as_str() == authority.as_str() => Ok(Arc::clone(key)),
            _ => Ok(Arc::clone(place.insert(Key::new(scheme, authority)?))),
        }
    }
}

/// A fixed authority stands in one place of the memory as long as it is called, which tells it from others at no cost.
fn place_of(text: &str) -> usize {
    (text.as_ptr().addr() >> 4) % PLACES
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

#[cfg(test)]
mod tests {
    use super::*;

    fn key(uri: &'static str, trust: Trust) -> Arc<Key> {
        Key::of(&Uri::from_static(uri), trust).expect("a URL")
    }

    #[test]
    fn a_key_is_that_of_its_scheme_its_trust_and_its_authority_in_any_case() {
        let known = key("https://a.example:81/x", Trust::Verified);
        for (uri, trust, same) in [
            ("https://A.Example:81/y", Trust::Verified, true),
            ("https://a.example:81", Trust::Unchecked, false),
            ("https://a.example:82", Trust::Verified, false),
            ("https://a.example", Trust::Verified, false),
            ("http://a.example:81", Trust::Verified, false),
        ] {
            assert_eq!(key(uri, trust) == known, same, "{uri}");
            assert_eq!(key(uri, trust).hash == known.hash, same, "{uri}");
        }
        assert_eq!((&*known.host, &*key("http://[::1]:80/", Trust::Verified).host), ("a.example", "[::1]"));
    }

    #[test]
    fn what_was_called_last_is_found_and_nothing_else() {
        let (keys, http, https) = (Keys::new(), uri::Scheme::HTTP, uri::Scheme::HTTPS);
        let authority = Authority::from_static("a.example");
        let find = |scheme, authority: &Authority, trust| keys.find(scheme, authority, trust).expect("a host");
        let first = find(&http, &authority, Trust::Verified);
        assert!(Arc::ptr_eq(&first, &find(&http, &authority.clone(), Trust::Unchecked)), "there is nothing to trust");
        let verified = find(&https, &authority, Trust::Verified);
        let unchecked = find(&https, &authority, Trust::Unchecked);
        assert_eq!(verified.scheme, Scheme::Https(Trust::Verified));
        assert_eq!(unchecked.scheme, Scheme::Https(Trust::Unchecked));
        // The same memory holds one authority after another.
        let mut text = *b"0.example";
        for digit in b'0'..=b'9' {
            text[0] = digit;
            let authority: Authority = std::str::from_utf8(&text).expect("text").parse().expect("a host");
            assert_eq!(find(&http, &authority, Trust::Verified).authority.as_str(), authority.as_str());
        }
        let upper = Authority::from_static("A.example");
        assert_eq!(find(&http, &upper, Trust::Verified).authority.as_str(), "A.example");
    }

    #[test]
    fn what_is_no_host_is_never_kept() {
        let keys = Keys::new();
        for (scheme, authority) in [("http", "u@a.example"), ("http", ":80"), ("ftp", "a.example")] {
            for _ in 0..2 {
                let Ok(authority) = authority.parse::<Authority>() else { continue };
                let scheme: uri::Scheme = scheme.parse().expect("a scheme");
                let found = keys.find(&scheme, &authority, Trust::Verified);
                assert!(matches!(found, Err(EgressError::InvalidUri)), "{authority}");
            }
        }
    }
}
