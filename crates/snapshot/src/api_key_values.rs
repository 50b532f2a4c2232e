//! API keys by the fingerprints of their values: what a request among a million keys waits for is memory, so a look-up
//! touches little of it.
//!
//! A fingerprint's first bytes choose one of many short lists, which are sorted by the bytes that follow. These are as good
//! as chance, so a key stands near where its bytes say, and the neighbourhood is one or two cache lines. Versions share all
//! lists but those that changed.

use std::fmt;
use std::sync::{Arc, LazyLock};

use base::Fingerprint;

use crate::ApiKey;

/// How many lists: sixty-one keys in each, of a million.
const LISTS: usize = 1 << LISTS_BITS;
const LISTS_BITS: u32 = 14;

/// What most lists are while there are few keys.
static EMPTY: LazyLock<imbl::Vector<Arc<List>>> =
    LazyLock::new(|| std::iter::repeat_n(Arc::<List>::default(), LISTS).collect());

/// Sorted by the tag.
type List = Vec<(u64, Arc<ApiKey>)>;

/// The table. Cloning shares everything.
#[derive(Clone)]
pub struct ApiKeyValues {
    lists: imbl::Vector<Arc<List>>,
    len: usize,
}

impl Default for ApiKeyValues {
    fn default() -> Self {
        Self { lists: EMPTY.clone(), len: 0 }
    }
}

impl ApiKeyValues {
    /// The key whose value has this fingerprint.
    // SECURITY: which list and place are looked at depends on a fingerprint that nobody outside can foresee, and whole ones
    // are compared in constant time.
    pub fn get(&self, fingerprint: &Fingerprint) -> Option<&Arc<ApiKey>> {
        let (list, tag) = place(fingerprint);
        let list = self.lists.get(list)?;
        let same = list[first(list, tag)..].iter().take_while(|(of, _)| *of == tag);
        same.map(|(_, key)| key).find(|key| key.fingerprint.is(fingerprint))
    }

    /// Adds a key, in the place of the one with the same value.
    pub fn insert(&mut self, key: Arc<ApiKey>) {
        self.remove(&key.fingerprint);
        let (list, tag) = place(&key.fingerprint);
        if let Some(list) = self.lists.get_mut(list) {
            let list = Arc::make_mut(list);
            list.insert(first(list, tag), (tag, key));
            self.len += 1;
        }
    }

    /// Takes out the key whose value has this fingerprint.
    pub fn remove(&mut self, fingerprint: &Fingerprint) {
        if self.get(fingerprint).is_none() {
            return;
        }
        let (list, _) = place(fingerprint);
        if let Some(list) = self.lists.get_mut(list) {
            Arc::make_mut(list).retain(|(_, key)| !key.fingerprint.is(fingerprint));
            self.len -= 1;
        }
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// A fingerprint's list, and its tag within.
fn place(fingerprint: &Fingerprint) -> (usize, u64) {
    let first = fingerprint.as_bytes().first_chunk().expect("a fingerprint has 32 bytes");
    let number = u64::from_be_bytes(*first);
    ((number >> (u64::BITS - LISTS_BITS)) as usize, number << LISTS_BITS)
}

/// Where the first entry is that is not before `tag`: tags are spread evenly, so it is close to where it should be.
fn first(list: &[(u64, Arc<ApiKey>)], tag: u64) -> usize {
    let mut at = ((u128::from(tag) * list.len() as u128) >> u64::BITS) as usize;
    while at > 0 && list[at - 1].0 >= tag {
        at -= 1;
    }
    while at < list.len() && list[at].0 < tag {
        at += 1;
    }
    at
}

impl fmt::Debug for ApiKeyValues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKeyValues({} keys)", self.len)
    }
}

#[cfg(test)]
mod tests {
    use base::seal::MasterKey;
    use base::{AccountId, Fingerprints, Region, Scope};
    use proptest::prelude::*;

    use super::*;

    fn key(fingerprint: Fingerprint, id: &str) -> Arc<ApiKey> {
        let account = AccountId::parse("111111111111").expect("an account");
        let scope = Scope { account, region: Region::parse("us-east-1").expect("a region") };
        let id = id.parse().expect("an id");
        Arc::new(ApiKey { id, scope, fingerprint, enabled: true, plans: Box::default() })
    }

    fn print(fingerprints: &Fingerprints, number: u32) -> Fingerprint {
        fingerprints.of(&[], &number.to_be_bytes())
    }

    /// A fingerprint with these first bytes, and this last one.
    fn made(first: u64, last: u8) -> Fingerprint {
        Fingerprint::parse(&format!("{first:016x}{:046x}{last:02x}", 0)).expect("64 digits")
    }

    #[test]
    fn fingerprints_that_begin_alike_are_told_apart() {
        let mut values = ApiKeyValues::default();
        let near = [(7, 1), (7, 2), (7, 3), (8, 1), (u64::MAX, 1), (u64::MAX, 2), (0, 0)];
        for (number, (first, last)) in near.into_iter().enumerate() {
            values.insert(key(made(first, last), &format!("k{number}")));
        }
        for (number, (first, last)) in near.into_iter().enumerate() {
            let found = values.get(&made(first, last)).map(|key| key.id.to_string());
            assert_eq!(found, Some(format!("k{number}")));
        }
        assert!(values.get(&made(7, 4)).is_none() && values.get(&made(6, 1)).is_none());
        values.remove(&made(7, 2));
        assert!(values.get(&made(7, 2)).is_none() && values.get(&made(7, 3)).is_some());
        assert_eq!(values.len(), near.len() - 1);
    }

    #[test]
    fn a_version_keeps_what_it_had() {
        let (fingerprints, mut values) = (MasterKey::random().fingerprints(), ApiKeyValues::default());
        (0..1000).for_each(|number| values.insert(key(print(&fingerprints, number), "before")));
        let before = values.clone();
        values.insert(key(print(&fingerprints, 5), "after"));
        values.remove(&print(&fingerprints, 6));
        let id = |values: &ApiKeyValues, number| {
            values.get(&print(&fingerprints, number)).map(|key| key.id.as_str().to_owned())
        };
        assert_eq!((id(&before, 5).as_deref(), id(&before, 6).as_deref()), (Some("before"), Some("before")));
        assert_eq!((id(&values, 5).as_deref(), id(&values, 6)), (Some("after"), None));
        assert_eq!((before.len(), values.len()), (1000, 999));
    }

    proptest! {
        #[test]
        fn it_is_a_map(steps in proptest::collection::vec((any::<bool>(), 0..4_u64, 0..3_u8), 0..200)) {
            let (mut values, mut map) = (ApiKeyValues::default(), std::collections::BTreeMap::new());
            for (number, (put, first, last)) in steps.into_iter().enumerate() {
                // Few fingerprints, at both ends of one list and of two.
                let first = [0, 1 << 40, u64::MAX >> LISTS_BITS, u64::MAX][first as usize];
                if put {
                    let id = format!("k{number}");
                    values.insert(key(made(first, last), &id));
                    map.insert((first, last), id);
                } else {
                    values.remove(&made(first, last));
                    map.remove(&(first, last));
                }
                prop_assert_eq!(values.len(), map.len());
            }
            for ((first, last), id) in map {
                prop_assert_eq!(values.get(&made(first, last)).map(|key| key.id.to_string()), Some(id));
            }
        }
    }
}
