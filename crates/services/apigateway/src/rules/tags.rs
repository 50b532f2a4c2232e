//! Tags. <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging-supported-resources.html>

use std::collections::BTreeMap;

use base::limits::TAGS_MAX;

use crate::error::Error;

const KEY_CHARS_MAX: usize = 128;
const VALUE_CHARS_MAX: usize = 256;

/// Checks all tags a resource would have.
pub(crate) fn check(tags: &BTreeMap<String, String>) -> Result<(), Error> {
    if tags.len() > TAGS_MAX {
        return Err(Error::bad_request(format!("A resource can have at most {TAGS_MAX} tags")));
    }
    tags.iter().try_for_each(|(key, value)| {
        let shown: String = key.chars().take(KEY_CHARS_MAX).collect();
        if key.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:")) {
            return Err(Error::bad_request(format!(
                "Invalid tag key specified: {shown}. The prefix aws: is reserved for AWS"
            )));
        }
        let fits = |text: &str, max: usize| text.chars().count() <= max && text.chars().all(is_tag_char);
        if key.is_empty() || !fits(key, KEY_CHARS_MAX) {
            return Err(Error::bad_request(format!("Invalid tag key specified: {shown}")));
        }
        if !fits(value, VALUE_CHARS_MAX) {
            return Err(Error::bad_request(format!("Invalid tag value specified for the key: {shown}")));
        }
        Ok(())
    })
}

fn is_tag_char(letter: char) -> bool {
    letter.is_alphanumeric() || letter == ' ' || "_.:/=+-@".contains(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_keeps_to_its_alphabet() {
        for (key, value, good) in [
            ("team", "pets", true),
            ("team", "", true),
            ("a b:c/d=e+f-g@h", "ä 1", true),
            ("", "x", false),
            ("aws:x", "y", false),
            ("AWS:x", "y", false),
            ("a\n", "y", false),
            ("a", "<y>", false),
            (&"k".repeat(129), "y", false),
            ("a", &"v".repeat(257), false),
        ] {
            assert_eq!(check(&BTreeMap::from([(key.to_owned(), value.to_owned())])).is_ok(), good, "{key:?}");
        }
    }

    #[test]
    fn a_resource_has_fifty_tags_at_most() {
        let many = |count: usize| (0..count).map(|number| (format!("t{number}"), String::new())).collect();
        assert!(check(&many(50)).is_ok() && check(&many(51)).is_err());
    }
}
