//! What names, descriptions, tags and scopes may be. What rules may be is the engine's business.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/limits.html>

use std::collections::BTreeMap;

use base::limits::TAGS_MAX;
use model::wafv2::Visibility;
use operation::Keys;

use crate::error::Error;
use crate::shapes::{Scope, Tag, VisibilityConfig, by_key};

const NAME_CHARS_MAX: usize = 128;
const DESCRIPTION_CHARS_MAX: usize = 256;
const METRIC_CHARS_MAX: usize = 255;
const POLICY_CHARS_MAX: usize = 395_000;
const TAG_KEY_CHARS_MAX: usize = 128;
const TAG_VALUE_CHARS_MAX: usize = 256;

/// Refuses what would stand before CloudFront.
pub(crate) fn regional(scope: Scope) -> Result<(), Error> {
    match scope {
        Scope::Regional => Ok(()),
        Scope::Cloudfront => Err(cloudfront()),
    }
}

/// The refusal of whatever would stand before CloudFront.
pub(crate) fn cloudfront() -> Error {
    Error::InvalidOperation(
        "The scope CLOUDFRONT is not served here: web ACLs protect stages of REST APIs, with the scope REGIONAL."
            .to_owned(),
    )
}

/// Reads a name.
pub(crate) fn name(text: &str) -> Result<(), Error> {
    let fits = !text.is_empty() && text.len() <= NAME_CHARS_MAX && text.bytes().all(is_word);
    if fits { Ok(()) } else { Err(pattern("name", text, r"^[\w\-]+$")) }
}

/// Reads an id.
pub(crate) fn id(text: &str) -> Result<(), Error> {
    if is_uuid(text) { Ok(()) } else { Err(pattern("id", text, UUID)) }
}

/// Reads a lock.
pub(crate) fn lock_token(text: &str) -> Result<(), Error> {
    if is_uuid(text) { Ok(()) } else { Err(pattern("lockToken", text, UUID)) }
}

/// Reads a description; none is an empty one.
pub(crate) fn description(text: Option<&str>) -> Result<String, Error> {
    let Some(text) = text else { return Ok(String::new()) };
    let solid = |char: char| char.is_ascii_alphanumeric() || "_+=:#@/-,.".contains(char);
    let chars: Vec<char> = text.chars().collect();
    let fits = matches!(chars[..], [first, .., last] if solid(first) && solid(last) && chars.len() > 2)
        && chars.len() <= DESCRIPTION_CHARS_MAX
        && chars.iter().all(|char| solid(*char) || char.is_ascii_whitespace());
    if fits {
        return Ok(text.to_owned());
    }
    Err(pattern("description", text, r"^[\w+=:#@/\-,\.][\w+=:#@/\-,\.\s]+[\w+=:#@/\-,\.]$"))
}

/// Reads what is counted and kept.
pub(crate) fn visibility(config: &VisibilityConfig) -> Result<Visibility, Error> {
    let name = &config.metric_name;
    metric("visibilityConfig.metricName", name)?;
    // AWS keeps these two for itself.
    if name == "All" || name == "Default_Action" {
        return Err(Error::parameter("METRIC_NAME", name, "The metric name is reserved for AWS WAF"));
    }
    Ok(Visibility {
        sampled_requests: config.sampled_requests_enabled,
        metrics: config.cloud_watch_metrics_enabled,
        metric_name: name.clone(),
    })
}

/// Reads a metric's name.
pub(crate) fn metric(member: &'static str, text: &str) -> Result<(), Error> {
    let fits = |byte: u8| is_word(byte) || b"#:./".contains(&byte);
    let good = !text.is_empty() && text.len() <= METRIC_CHARS_MAX && text.bytes().all(fits);
    if good { Ok(()) } else { Err(pattern(member, text, r"^[\w#:\.\-/]+$")) }
}

/// Reads the text of a policy, whatever it says: before anything else looks into it.
pub(crate) fn policy(text: &str) -> Result<(), Error> {
    const MEMBER: &str = "policy";
    if text.is_empty() {
        return Err(Error::form(MEMBER, text, "Member must have length greater than or equal to 1"));
    }
    if text.chars().count() > POLICY_CHARS_MAX {
        let constraint = format!("Member must have length less than or equal to {POLICY_CHARS_MAX}");
        return Err(Error::form(MEMBER, text, constraint));
    }
    if text.chars().all(char::is_whitespace) { Err(pattern(MEMBER, text, r".*\S.*")) } else { Ok(()) }
}

/// Refuses a list with nothing in it.
pub(crate) fn some(member: &'static str, items: usize) -> Result<(), Error> {
    match items {
        0 => Err(Error::form(member, "[]", "Member must have length greater than or equal to 1")),
        _ => Ok(()),
    }
}

/// Refuses tags that nothing may have.
pub(crate) fn tags(tags: &BTreeMap<String, String>) -> Result<(), Error> {
    if tags.len() > TAGS_MAX {
        return Err(Error::Limits { what: format!("{TAGS_MAX} tags") });
    }
    for (key, value) in tags {
        if key.is_empty() || key.chars().count() > TAG_KEY_CHARS_MAX || !sound(key) {
            return Err(Error::parameter("TAG_KEYS", key, "The tag key isn't valid"));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(Error::parameter("TAG_KEYS", key, "Tag keys that begin with aws: are reserved"));
        }
        if value.chars().count() > TAG_VALUE_CHARS_MAX || !sound(value) {
            return Err(Error::parameter("TAGS", value, "The tag value isn't valid"));
        }
    }
    Ok(())
}

/// The condition keys of tags that a call sets: `aws:RequestTag/…` and `aws:TagKeys`.
pub(crate) fn tag_keys(keys: Keys, tags: &[Tag]) -> Keys {
    if tags.is_empty() {
        return keys;
    }
    let tags = by_key(tags);
    let keys = keys.texts("aws:TagKeys", tags.keys().map(String::as_str));
    tags.iter().fold(keys, |keys, (key, value)| keys.text(&format!("aws:RequestTag/{key}"), value.as_str()))
}

const UUID: &str = r"^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$";

fn is_uuid(text: &str) -> bool {
    let hyphen = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let fits = |(at, byte): (usize, u8)| {
        if hyphen(at) { byte == b'-' } else { byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte) }
    };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn sound(text: &str) -> bool {
    text.chars().all(|char| char.is_alphanumeric() || char == ' ' || "_.:/=+-@".contains(char))
}

fn pattern(member: &'static str, text: &str, pattern: &str) -> Error {
    Error::form(member, text, format!("Member must satisfy regular expression pattern: {pattern}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_ids_and_descriptions_have_the_forms_of_the_model() {
        for (text, good) in [("a-B_9", true), ("", false), ("a b", false), ("a/b", false), ("ä", false), ("a*", false)]
        {
            assert_eq!(name(text).is_ok(), good, "{text}");
        }
        assert!(name(&"a".repeat(128)).is_ok() && name(&"a".repeat(129)).is_err());
        for (text, good) in [
            ("0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f", true),
            ("0A1B2C3D-0a1b-0a1b-0a1b-0a1b2c3d4e5f", false),
            ("0a1b2c3d0a1b-0a1b-0a1b-0a1b2c3d4e5f0", false),
            ("", false),
        ] {
            assert_eq!(id(text).is_ok() && lock_token(text).is_ok(), good, "{text}");
        }
        for (text, good) in [("all of it.", true), ("abc", true), ("ab", false), (" abc", false), ("a<b", false)] {
            assert_eq!(description(Some(text)).is_ok(), good, "{text}");
        }
        assert_eq!(description(None), Ok(String::new()));
    }

    #[test]
    fn tags_of_aws_and_tags_that_are_none_are_refused() {
        let one = |key: &str, value: &str| tags(&BTreeMap::from([(key.to_owned(), value.to_owned())]));
        for (key, value, good) in
            [("team", "a b", true), ("aws:x", "y", false), ("AWS:x", "y", false), ("", "y", false), ("x", "<", false)]
        {
            assert_eq!(one(key, value).is_ok(), good, "{key}={value}");
        }
        let many = (0..=TAGS_MAX).map(|at| (at.to_string(), String::new())).collect();
        assert!(tags(&many).is_err());
    }

    #[test]
    fn names_of_metrics_that_are_taken_are_refused() {
        let named = |name: &str| VisibilityConfig {
            sampled_requests_enabled: true,
            cloud_watch_metrics_enabled: false,
            metric_name: name.to_owned(),
        };
        for (name, good) in
            [("a:b#c./-_", true), ("", false), ("a b", false), ("Default_Action", false), ("All", false)]
        {
            assert_eq!(visibility(&named(name)).is_ok(), good, "{name}");
        }
    }
}
