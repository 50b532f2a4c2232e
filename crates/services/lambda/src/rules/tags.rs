//! Tags, and the one of ours that opens the network.
//! <https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html>

use std::collections::BTreeMap;

use base::limits::TAGS_MAX;
use model::lambda::NETWORK_TAG;
use operation::Keys;

use crate::error::Error;

const KEY_CHARS_MAX: usize = 128;
const VALUE_CHARS_MAX: usize = 256;

/// Refuses tags that no function may have.
pub(crate) fn check(tags: &BTreeMap<String, String>) -> Result<(), Error> {
    if tags.len() > TAGS_MAX {
        return Err(Error::invalid(format!("Number of tags exceeds resource tag limit of {TAGS_MAX}.")));
    }
    for (key, value) in tags {
        if key.is_empty() || key.chars().count() > KEY_CHARS_MAX || !sound(key) {
            return Err(Error::invalid(format!("The tag key `{key}` is not valid.")));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(Error::invalid("Your request contains tag keys that begin with aws:, which are reserved."));
        }
        if value.chars().count() > VALUE_CHARS_MAX || !sound(value) {
            return Err(Error::invalid(format!("The value of the tag `{key}` is not valid.")));
        }
    }
    match tags.get(NETWORK_TAG).map(String::as_str) {
        None | Some("host" | "none") => Ok(()),
        // SECURITY: a word that nobody understands must not be taken for a closed network by its owner.
        Some(other) => Err(Error::invalid(format!("The tag {NETWORK_TAG} is `host` or `none`, not `{other}`."))),
    }
}

fn sound(text: &str) -> bool {
    text.chars().all(|char| char.is_alphanumeric() || char == ' ' || "_.:/=+-@".contains(char))
}

/// The condition keys of tags that a call sets: `aws:RequestTag/…` and `aws:TagKeys`.
pub(crate) fn keys(keys: Keys, tags: &BTreeMap<String, String>) -> Keys {
    if tags.is_empty() {
        return keys;
    }
    let keys = keys.texts("aws:TagKeys", tags.keys().map(String::as_str));
    tags.iter().fold(keys, |keys, (key, value)| keys.text(&format!("aws:RequestTag/{key}"), value.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_network_is_opened_by_one_word_only() {
        let tag = |key: &str, value: &str| check(&BTreeMap::from([(key.to_owned(), value.to_owned())]));
        assert_eq!((tag(NETWORK_TAG, "host"), tag(NETWORK_TAG, "none")), (Ok(()), Ok(())));
        for bad in ["Host", "yes", "", "host "] {
            assert!(tag(NETWORK_TAG, bad).is_err(), "{bad}");
        }
        assert!(tag("aws:x", "y").is_err() && tag("", "y").is_err() && tag("x", "\u{0}").is_err());
        assert!(tag("team", "a b").is_ok());
    }
}
