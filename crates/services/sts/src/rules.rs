//! What names, durations and tags of sessions may be.
//! <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>

use std::collections::BTreeMap;

use base::{AccountId, Scope};

use crate::error::Error;

const TAGS_MAX: usize = 50;
const TAG_KEY_CHARS_MAX: usize = 128;
const TAG_VALUE_CHARS_MAX: usize = 256;

/// A tag as it travels.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(name = "Tag", upper)]
pub(crate) struct Tag {
    pub(crate) key: String,
    pub(crate) value: String,
}

/// Checks a text of letters, digits, `_` and whatever else is said.
pub(crate) fn text(member: &str, text: &str, also: &str, chars: std::ops::RangeInclusive<usize>) -> Result<(), Error> {
    let count = text.chars().count();
    if count < *chars.start() {
        let bound = format!("Member must have length greater than or equal to {}", chars.start());
        return Err(Error::constraint(member, &bound));
    }
    if count > *chars.end() {
        let bound = format!("Member must have length less than or equal to {}", chars.end());
        return Err(Error::constraint(member, &bound));
    }
    if !text.chars().all(|char| char.is_ascii_alphanumeric() || char == '_' || also.contains(char)) {
        let pattern = format!("Member must satisfy regular expression pattern: [\\w{also}]*");
        return Err(Error::constraint(member, &pattern));
    }
    Ok(())
}

/// The name of a role's session.
pub(crate) fn session_name(name: &str) -> Result<(), Error> {
    text("roleSessionName", name, "+=,.@-", 2..=64)
}

/// Who the holder is, for those who must tell sessions apart.
pub(crate) fn source_identity(identity: &str) -> Result<(), Error> {
    if identity.to_ascii_lowercase().starts_with("aws:") {
        return Err(Error::constraint("sourceIdentity", "Member must not begin with aws:"));
    }
    text("sourceIdentity", identity, "+=,.@-", 2..=64)
}

/// How long a session lasts, in seconds.
pub(crate) fn duration_s(given: Option<i32>, default: u32, max: i32) -> Result<u32, Error> {
    let bound = match given {
        None => return Ok(default),
        Some(seconds) if seconds < 900 => "Member must have value greater than or equal to 900".to_owned(),
        Some(seconds) if seconds > max => format!("Member must have value less than or equal to {max}"),
        Some(seconds) => return Ok(seconds.unsigned_abs()),
    };
    Err(Error::constraint("durationSeconds", &bound))
}

/// Checks session tags. Keys have no case.
pub(crate) fn tags(given: &[Tag]) -> Result<BTreeMap<String, String>, Error> {
    if given.len() > TAGS_MAX {
        return Err(Error::constraint("tags", "Member must have length less than or equal to 50"));
    }
    let sound =
        |text: &str| text.chars().all(|char| char.is_alphanumeric() || char == ' ' || "_.:/=+-@".contains(char));
    let mut all: BTreeMap<String, String> = BTreeMap::new();
    for Tag { key, value } in given {
        if key.is_empty() || key.chars().count() > TAG_KEY_CHARS_MAX || !sound(key) {
            return Err(Error::constraint("tags.1.member.key", "Member must be a tag key of 1 to 128 characters"));
        }
        if value.chars().count() > TAG_VALUE_CHARS_MAX || !sound(value) {
            return Err(Error::constraint("tags.1.member.value", "Member must be a tag value of up to 256 characters"));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(Error::Validation("Tag keys that begin with aws: are reserved.".to_owned()));
        }
        if find(all.keys(), key).is_some() {
            let message = "Duplicate tag keys found. Please note that Tag keys are case insensitive.";
            return Err(Error::Validation(message.to_owned()));
        }
        all.insert(key.clone(), value.clone());
    }
    Ok(all)
}

/// The key among `keys` that is this one but for its case.
pub(crate) fn find<'a>(mut keys: impl Iterator<Item = &'a String>, key: &str) -> Option<&'a String> {
    let folded = key.to_lowercase();
    keys.find(|known| known.to_lowercase() == folded)
}

/// The scope and name in a role's ARN.
pub(crate) fn role(arn: &str, home: &Scope) -> Result<(Scope, String), Error> {
    let found = || {
        let (account, rest) = arn.strip_prefix("arn:aws:iam::")?.split_once(':')?;
        let name = rest.strip_prefix("role/")?.rsplit('/').next()?;
        let account = AccountId::parse(account).ok()?;
        (!name.is_empty()).then(|| (Scope { account, ..home.global() }, name.to_owned()))
    };
    let sound = arn.len() <= 2048 && !arn.chars().any(char::is_control);
    found().filter(|_| sound).ok_or_else(|| Error::Validation(format!("{} is invalid", cut(arn))))
}

/// Values are cut where messages quote them.
pub(crate) fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(256)]
}

#[cfg(test)]
mod tests {
    use base::Region;

    use super::*;

    fn tag(key: &str, value: &str) -> Tag {
        Tag { key: key.to_owned(), value: value.to_owned() }
    }

    #[test]
    fn a_session_name_takes_only_its_alphabet() {
        for (name, sound) in [
            ("ab", true),
            ("a+=,.@_-1", true),
            ("a", false),
            ("a b", false),
            ("a/b", false),
            ("\u{430}\u{431}", false),
            (&"x".repeat(64), true),
            (&"x".repeat(65), false),
        ] {
            assert_eq!(session_name(name).is_ok(), sound, "{name:?}");
        }
        assert!(source_identity("alice").is_ok() && source_identity("AWS:x").is_err());
    }

    #[test]
    fn a_duration_has_bounds() {
        for (given, expected) in [(None, Some(3600)), (Some(900), Some(900)), (Some(899), None), (Some(43_201), None)] {
            assert_eq!(duration_s(given, 3600, 43_200).ok(), expected, "{given:?}");
        }
    }

    #[test]
    fn tags_are_bounded_and_have_no_case() {
        assert_eq!(tags(&[tag("a", "1")]).expect("sound"), BTreeMap::from([("a".to_owned(), "1".to_owned())]));
        for bad in [tag("", "1"), tag("a*", "1"), tag("a", "*"), tag("aws:a", "1"), tag(&"k".repeat(129), "")] {
            assert!(tags(std::slice::from_ref(&bad)).is_err(), "{bad:?}");
        }
        assert!(tags(&[tag("a", "1"), tag("A", "2")]).is_err());
        assert!(tags(&vec![tag("a", "1"); 51]).is_err());
    }

    #[test]
    fn a_roles_arn_is_whole() {
        let account = AccountId::parse("111111111111").expect("an account");
        let home = Scope { account, region: Region::parse("eu-west-1").expect("a region") };
        let (scope, name) = role("arn:aws:iam::222222222222:role/team/ops", &home).expect("good");
        assert_eq!((scope.account.as_str(), name.as_str()), ("222222222222", "ops"));
        for bad in
            ["", "ops", "arn:aws:iam::1:role/x", "arn:aws:iam::222222222222:user/x", "arn:aws:iam::222222222222:role/"]
        {
            assert!(role(bad, &home).is_err(), "{bad}");
        }
    }
}
