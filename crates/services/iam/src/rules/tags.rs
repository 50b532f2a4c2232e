//! Tags. <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html>

use std::collections::{BTreeMap, BTreeSet};

use policy::Keys;

use crate::error::Error;

/// Tags of one thing.
const TAGS_MAX: usize = 50;
const KEY_CHARS_MAX: usize = 128;
const VALUE_CHARS_MAX: usize = 256;

/// A tag as it travels.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(name = "Tag", upper)]
pub(crate) struct Tag {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// Tags as they travel, in the order of their keys.
pub(crate) fn view(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect()
}

/// The condition keys of tags that a call sets: `aws:RequestTag/…` and `aws:TagKeys`.
pub(crate) fn keys(new: &[Tag], keys: Keys) -> Keys {
    let keys = keys.texts("aws:TagKeys", new.iter().map(|tag| tag.key.as_str()));
    new.iter().fold(keys, |keys, tag| keys.text(&format!("aws:RequestTag/{}", tag.key), tag.value.as_str()))
}

/// Adds tags to those of a user or role. Keys have no case: a tag replaces one whose key differs in case only.
pub(crate) fn add(tags: &mut BTreeMap<String, String>, new: &[Tag]) -> Result<(), Error> {
    few("tags", new.len())?;
    let mut seen = Vec::new();
    for Tag { key, value } in new {
        check(key, value)?;
        let folded = key.to_lowercase();
        if seen.contains(&folded) {
            return Err(Error::InvalidInput(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.".to_owned(),
            ));
        }
        tags.retain(|known, _| known.to_lowercase() != folded);
        tags.insert(key.clone(), value.clone());
        seen.push(folded);
    }
    room(tags)
}

/// Adds tags to those of a policy or an instance profile, whose keys have case.
pub(crate) fn add_cased(tags: &mut BTreeMap<String, String>, new: &[Tag]) -> Result<(), Error> {
    few("tags", new.len())?;
    let mut seen = BTreeSet::new();
    for Tag { key, value } in new {
        check(key, value)?;
        if !seen.insert(key) {
            return Err(Error::InvalidInput("Duplicate tag keys found.".to_owned()));
        }
        tags.insert(key.clone(), value.clone());
    }
    room(tags)
}

/// Takes tags of a policy or an instance profile away; keys that are not there are no fault.
pub(crate) fn remove_cased(tags: &mut BTreeMap<String, String>, keys: &[String]) -> Result<(), Error> {
    few("tagKeys", keys.len())?;
    tags.retain(|key, _| !keys.contains(key));
    Ok(())
}

/// One call names so many tags at most.
fn few(member: &str, given: usize) -> Result<(), Error> {
    if given <= TAGS_MAX {
        return Ok(());
    }
    Err(Error::ValidationError(format!(
        "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must have length less than or equal to {TAGS_MAX}"
    )))
}

fn room(tags: &BTreeMap<String, String>) -> Result<(), Error> {
    if tags.len() > TAGS_MAX {
        return Err(Error::LimitExceeded { quota: "TagsPerResource", max: TAGS_MAX });
    }
    Ok(())
}

/// Takes tags of a user or role away; keys that are not there are no fault.
pub(crate) fn remove(tags: &mut BTreeMap<String, String>, keys: &[String]) {
    let folded: Vec<_> = keys.iter().map(|key| key.to_lowercase()).collect();
    tags.retain(|key, _| !folded.contains(&key.to_lowercase()));
}

fn check(key: &str, value: &str) -> Result<(), Error> {
    let sound =
        |text: &str| text.chars().all(|char| char.is_alphanumeric() || char == ' ' || "_.:/=+-@".contains(char));
    if key.is_empty() || key.chars().count() > KEY_CHARS_MAX || !sound(key) {
        return Err(Error::ValidationError(format!(
            "1 validation error detected: Value at 'tags.1.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{{L}}\\p{{Z}}\\p{{N}}_.:/=+\\-@]+ and have length between 1 and {KEY_CHARS_MAX}"
        )));
    }
    if key.to_ascii_lowercase().starts_with("aws:") {
        return Err(Error::InvalidInput(
            "Tag keys that begin with aws: are reserved and may not be set by users.".to_owned(),
        ));
    }
    if value.chars().count() > VALUE_CHARS_MAX || !sound(value) {
        return Err(Error::ValidationError(format!(
            "1 validation error detected: Value at 'tags.1.member.value' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{{L}}\\p{{Z}}\\p{{N}}_.:/=+\\-@]* and have length of at most {VALUE_CHARS_MAX}"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(key: &str, value: &str) -> Tag {
        Tag { key: key.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn a_key_has_no_case() {
        let mut tags = BTreeMap::new();
        add(&mut tags, &[tag("Team", "a")]).expect("sound");
        add(&mut tags, &[tag("team", "b")]).expect("sound");
        assert_eq!(tags, BTreeMap::from([("team".to_owned(), "b".to_owned())]));
        assert!(add(&mut tags, &[tag("x", "1"), tag("X", "2")]).is_err());
        remove(&mut tags, &["TEAM".to_owned()]);
        assert!(!tags.contains_key("team"));
    }

    #[test]
    fn what_is_no_tag_is_refused() {
        for bad in [tag("", "a"), tag("aws:x", "a"), tag("a\n", "a"), tag("a", "\0"), tag(&"k".repeat(129), "")] {
            assert!(add(&mut BTreeMap::new(), std::slice::from_ref(&bad)).is_err(), "{bad:?}");
        }
        let many: Vec<_> = (0..51).map(|number| tag(&format!("k{number}"), "")).collect();
        assert!(add(&mut BTreeMap::new(), &many).is_err());
    }
}
