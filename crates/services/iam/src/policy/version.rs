//! Ids of versions: `v1`, `v2`, … <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicyVersion.html>

use model::iam::{ManagedPolicy, PolicyVersion};
use operation::Failure;

use crate::error::Error;

/// Reads an id; `None` is well formed and never a version's.
pub(super) fn number(id: &str) -> Result<Option<u32>, Error> {
    let parts = id.strip_prefix('v').map(|rest| rest.split_once('.').unwrap_or((rest, "")));
    let (number, suffix) = parts.unwrap_or_default();
    let sound = number.starts_with(|char: char| ('1'..='9').contains(&char))
        && number.chars().all(|char| char.is_ascii_digit())
        && suffix.chars().all(|char| char.is_ascii_alphanumeric() || char == '-');
    if !sound {
        return Err(Error::ValidationError(
            r"1 validation error detected: Value at 'versionId' failed to satisfy constraint: Member must satisfy regular expression pattern: v[1-9][0-9]*(\.[A-Za-z0-9-]*)?"
                .to_owned(),
        ));
    }
    Ok(number.parse().ok().filter(|_| !id.contains('.')))
}

/// A version of a policy and its number, or AWS's words for its absence.
pub(super) fn of<'a>(policy: &'a ManagedPolicy, id: &str) -> Result<(u32, &'a PolicyVersion), Failure> {
    let found = number(id)?.and_then(|number| Some((number, policy.versions.get(&number)?)));
    found.ok_or_else(|| missing(&policy.arn(), id).into())
}

/// There is no such version, or no such policy.
pub(super) fn missing(arn: &str, id: &str) -> Error {
    Error::NoSuchEntity(format!("Policy {arn} version {id} does not exist or is not attachable."))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in "\\PC{0,20}|v[0-9]{1,12}(\\.[a-z0-9-]{0,4})?") {
            if let Ok(Some(number)) = number(&text) {
                prop_assert_eq!(format!("v{number}"), text);
            }
        }
    }

    #[test]
    fn an_id_is_a_v_and_a_number() {
        for (id, expected) in [
            ("v1", Ok(Some(1))),
            ("v12", Ok(Some(12))),
            ("v1.abc-2", Ok(None)),
            ("v99999999999", Ok(None)),
            ("v0", Err(())),
            ("1", Err(())),
            ("v", Err(())),
            ("v1x", Err(())),
            ("v1.x.y", Err(())),
            ("V1", Err(())),
            ("", Err(())),
            ("v\u{661}", Err(())),
        ] {
            assert_eq!(number(id).map_err(drop), expected, "{id:?}");
        }
    }
}
