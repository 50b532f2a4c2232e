//! ARNs of policies, as callers give them. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetPolicy.html>

use crate::error::Error;

const CHARS_MIN: usize = 20;
const CHARS_MAX: usize = 2048;

/// Checks an ARN's form; `member` is the input's own member, such as `policyArn`.
pub(crate) fn check(member: &'static str, arn: &str) -> Result<(), Error> {
    let bound = match arn.chars().count() {
        0..CHARS_MIN => format!("greater than or equal to {CHARS_MIN}"),
        CHARS_MIN..=CHARS_MAX => return form(arn),
        _ => format!("less than or equal to {CHARS_MAX}"),
    };
    Err(Error::ValidationError(format!(
        "1 validation error detected: Value at '{member}' failed to satisfy constraint: Member must have length {bound}"
    )))
}

fn form(arn: &str) -> Result<(), Error> {
    let parts: Vec<_> = arn.splitn(6, ':').collect();
    match parts[..] {
        ["arn", partition, service, _, _, resource]
            if !partition.is_empty() && !service.is_empty() && !resource.is_empty() =>
        {
            Ok(())
        }
        _ => Err(Error::InvalidInput(format!("ARN {} is not valid.", &arn[..arn.floor_char_boundary(256)]))),
    }
}

/// A policy's name in its ARN.
pub(crate) fn policy_name(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

/// A policy's path in its ARN, `/` or `/division/team/`.
pub(crate) fn policy_path(arn: &str) -> &str {
    let resource = arn.find('/').map_or("", |at| &arn[at..]);
    resource.rfind('/').map_or("/", |at| &resource[..=at])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_text_is_judged_without_a_panic(text in "\\PC{0,80}|arn(:[a-z*/\u{e9}]{0,9}){3,7}") {
            let told = check("policyArn", &text).err().map(|error| error.to_string()).unwrap_or_default();
            prop_assert!(told.len() < 1_100);
            prop_assert!(text.ends_with(policy_name(&text)));
            prop_assert!(policy_path(&text).starts_with('/') && policy_path(&text).ends_with('/'));
        }
    }

    #[test]
    fn what_is_no_arn_is_told_so() {
        for (given, told) in [
            ("arn:aws:iam::aws:policy/ReadOnlyAccess", None),
            ("arn:aws:iam::*:policy/any", None),
            ("arn:aws:iam::aws", Some("length greater than or equal to 20")),
            ("a-name-that-is-no-arn-at-all", Some("ARN a-name-that-is-no-arn-at-all is not valid.")),
            ("arn:aws:iam::123456789012:", Some("is not valid.")),
            ("arn::iam::123456789012:policy/x", Some("is not valid.")),
        ] {
            match (check("policyArn", given), told) {
                (Ok(()), None) => {}
                (Err(error), Some(told)) => assert!(error.to_string().contains(told), "{error}"),
                other => panic!("{given}: {other:?}"),
            }
        }
        assert!(check("policyArn", &format!("arn:aws:iam::1:policy/{}", "x".repeat(2048))).is_err());
    }

    #[test]
    fn an_arn_holds_name_and_path() {
        for (arn, path, name) in [
            ("arn:aws:iam::1:policy/x", "/", "x"),
            ("arn:aws:iam::1:policy/a/b/x", "/a/b/", "x"),
            ("nothing", "/", "nothing"),
        ] {
            assert_eq!((policy_path(arn), policy_name(arn)), (path, name));
        }
    }
}
