//! Names and paths. <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>

use crate::error::Error;

/// A path's bound in characters.
const PATH_CHARS_MAX: usize = 512;

/// What AWS allows in names.
fn in_name(char: char) -> bool {
    char.is_ascii_alphanumeric() || "+=,.@_-".contains(char)
}

/// Checks a friendly name; `member` is the input's own member, such as `userName`, and `max` its bound in characters.
pub(crate) fn check(member: &'static str, name: &str, max: usize) -> Result<(), Error> {
    if name.chars().count() > max {
        return Err(Error::ValidationError(format!(
            "1 validation error detected: Value '{}' at '{member}' failed to satisfy constraint: Member must have length less than or equal to {max}",
            cut(name)
        )));
    }
    if name.is_empty() || !name.chars().all(in_name) {
        return Err(Error::ValidationError(format!(
            "The specified value for {member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-"
        )));
    }
    Ok(())
}

/// Checks a path; `/` when none was given.
pub(crate) fn path(path: Option<&str>) -> Result<String, Error> {
    let Some(path) = path else { return Ok("/".to_owned()) };
    let sound =
        path.starts_with('/') && path.ends_with('/') && path.chars().all(|char| ('!'..='\u{7e}').contains(&char));
    if !sound || path.contains("//") {
        return Err(Error::ValidationError(
            "The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters."
                .to_owned(),
        ));
    }
    if path.len() > PATH_CHARS_MAX {
        return Err(Error::ValidationError(format!(
            "1 validation error detected: Value '{}' at 'path' failed to satisfy constraint: Member must have length less than or equal to {PATH_CHARS_MAX}",
            cut(path)
        )));
    }
    Ok(path.to_owned())
}

/// A prefix that lists filter by; `/` when none was given.
pub(crate) fn path_prefix(prefix: Option<&str>) -> Result<String, Error> {
    let Some(prefix) = prefix else { return Ok("/".to_owned()) };
    if !prefix.starts_with('/') || prefix.len() > PATH_CHARS_MAX {
        return Err(Error::ValidationError(
            "The specified value for pathPrefix is invalid. It must begin with /.".to_owned(),
        ));
    }
    Ok(prefix.to_owned())
}

/// Names are cut where messages quote them.
fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(256)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_takes_only_its_alphabet() {
        for (name, sound) in [
            ("bob", true),
            ("a+=,.@_-1", true),
            ("", false),
            ("a b", false),
            ("a/b", false),
            // A Cyrillic letter that looks like a Latin one.
            ("b\u{43e}b", false),
            ("a\0", false),
        ] {
            assert_eq!(check("userName", name, 64).is_ok(), sound, "{name:?}");
        }
        assert!(check("userName", &"x".repeat(65), 64).is_err());
    }

    #[test]
    fn a_path_stands_between_slashes() {
        for (given, sound) in [("/", true), ("/a/b/", true), ("a/", false), ("/a", false), ("", false), ("//", false)] {
            assert_eq!(path(Some(given)).is_ok(), sound, "{given:?}");
        }
    }
}
