//! Changes an entry of a map: an absent one cannot be replaced or removed.

use std::collections::BTreeMap;

use super::{Change, Edit};
use crate::error::Error;

/// Adds, replaces or removes the entry that the change names; `missing` is AWS's word for an absent one.
pub(crate) fn set<P, V>(
    map: &mut BTreeMap<String, V>,
    change: Change<P>,
    value: V,
    missing: &str,
) -> Result<(), Error> {
    if change.edit != Edit::Add && !map.contains_key(&change.name) {
        return Err(Error::not_found(missing));
    }
    match change.edit {
        Edit::Add | Edit::Replace => map.insert(change.name, value),
        Edit::Remove => map.remove(&change.name),
    };
    Ok(())
}
