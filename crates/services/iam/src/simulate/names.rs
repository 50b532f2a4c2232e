//! The names of condition keys in answers: each once, as a policy wrote it first, since they have no case.

use std::collections::BTreeMap;

use policy::Policy;

/// The keys that the policies look at, sorted without regard to case.
pub(super) fn of<'a>(policies: impl IntoIterator<Item = &'a Policy>) -> impl Iterator<Item = &'a str> {
    let mut names = BTreeMap::new();
    for (name, _, _) in policies.into_iter().flat_map(Policy::condition_keys) {
        names.entry(name.to_ascii_lowercase()).or_insert(name);
    }
    names.into_values()
}
