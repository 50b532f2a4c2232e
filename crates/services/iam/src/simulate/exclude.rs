//! PolicyExclusionList: attached policies that shall not count, to see what would be if they were detached.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyIdentifier.html>

use base::Arn;
use wire::Choice as _;

use super::gather::{Holder, Origin, Policies};
use crate::error::Error;
use crate::rules::{arn, name};

/// Policies that shall not count: exactly one member says which.
#[derive(Debug, wire::Shape)]
#[shape(name = "PolicyIdentifier", upper)]
pub(crate) struct Excluded {
    policy_type: Option<PolicyType>,
    policy_arn: Option<String>,
    inline_policy_identifier: Option<InlinePolicy>,
}

/// Every policy of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, wire::Shape)]
pub(crate) enum PolicyType {
    #[shape("inline")]
    Inline,
    #[shape("aws-managed")]
    AwsManaged,
    #[shape("user-managed")]
    UserManaged,
    #[shape("permission-boundary")]
    PermissionBoundary,
    #[shape("scp")]
    Scp,
    #[shape("rcp")]
    Rcp,
}

/// An inline policy by its name and its holder's, which may have wildcards.
#[derive(Debug, wire::Shape)]
#[shape(name = "InlinePolicyIdentifierType", upper)]
pub(crate) struct InlinePolicy {
    policy_name: String,
    attachment_type: Holder,
    attachment_name: String,
}

/// <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>
const EXCLUSIONS_MAX: usize = 256;
const NAME_CHARS_MAX: usize = 128;

/// Takes what is excluded out of a principal's policies. As in AWS, what is not attached is ignored, and so are policies of
/// organizations, since none is attached here.
pub(super) fn apply(excluded: &[Excluded], policies: &mut Policies) -> Result<(), Error> {
    if excluded.len() > EXCLUSIONS_MAX {
        return Err(Error::ValidationError(format!(
            "1 validation error detected: Value at 'policyExclusionList' failed to satisfy constraint: Member must have length less than or equal to {EXCLUSIONS_MAX}"
        )));
    }
    for excluded in excluded {
        match (excluded.policy_type, &excluded.policy_arn, &excluded.inline_policy_identifier) {
            (Some(PolicyType::PermissionBoundary), None, None) => policies.boundary = None,
            (Some(of), None, None) => policies.identity.retain(|given| !of.includes(&given.origin)),
            (None, Some(pattern), None) => {
                check_arn(pattern)?;
                policies
                    .identity
                    .retain(|given| !matches!(&given.origin, Origin::Managed { arn, .. } if fits(pattern, arn)));
            }
            (None, None, Some(wanted)) => {
                check_inline(wanted)?;
                policies.identity.retain(|given| !wanted.is(&given.origin));
            }
            (None, None, None) | (Some(_), Some(_), _) | (Some(_), _, Some(_)) | (_, Some(_), Some(_)) => {
                return Err(Error::InvalidInput(
                    "An entry of PolicyExclusionList must have exactly one of PolicyType, PolicyArn and InlinePolicyIdentifier"
                        .to_owned(),
                ));
            }
        }
    }
    Ok(())
}

impl PolicyType {
    fn includes(self, origin: &Origin) -> bool {
        match (self, origin) {
            (Self::Inline, Origin::Inline { .. })
            | (Self::AwsManaged, Origin::Managed { by_aws: true, .. })
            | (Self::UserManaged, Origin::Managed { by_aws: false, .. }) => true,
            (
                Self::Inline | Self::AwsManaged | Self::UserManaged | Self::PermissionBoundary | Self::Scp | Self::Rcp,
                Origin::Inline { .. } | Origin::Managed { .. } | Origin::Input | Origin::Resource,
            ) => false,
        }
    }
}

impl InlinePolicy {
    fn is(&self, origin: &Origin) -> bool {
        match origin {
            Origin::Inline { of, holder, name } => {
                *of == self.attachment_type && *name == self.policy_name && fits(&self.attachment_name, holder)
            }
            Origin::Managed { .. } | Origin::Input | Origin::Resource => false,
        }
    }
}

/// The ARN of a managed policy; only its path and name may have wildcards.
fn check_arn(pattern: &str) -> Result<(), Error> {
    arn::check("policyArn", pattern)?;
    let wrong = || Error::InvalidInput(format!("ARN {} is not valid.", &pattern[..pattern.floor_char_boundary(256)]));
    let read = Arn::parse(pattern).map_err(|_| wrong())?;
    let is_account = read.account == "aws" || base::AccountId::parse(&read.account).is_ok();
    let before = [&*read.partition, &*read.service, &*read.region].join(":");
    let name = read.resource.strip_prefix("policy/").unwrap_or_default();
    if before == "aws:iam:" && is_account && !name.is_empty() && stars(name) <= 1 { Ok(()) } else { Err(wrong()) }
}

fn check_inline(wanted: &InlinePolicy) -> Result<(), Error> {
    name::check("policyName", &wanted.policy_name, NAME_CHARS_MAX).map_err(|fault| as_input(&fault))?;
    if stars(&wanted.attachment_name) > 1 {
        let of = wanted.attachment_type.as_text();
        return Err(Error::InvalidInput(format!("The name of the {of} in PolicyExclusionList has more than one *")));
    }
    let plain = wanted.attachment_name.replace(['*', '?'], "x");
    name::check("attachmentName", &plain, NAME_CHARS_MAX).map_err(|fault| as_input(&fault))
}

/// AWS tells all faults of identifiers so.
fn as_input(error: &Error) -> Error {
    Error::InvalidInput(error.to_string())
}

fn stars(pattern: &str) -> usize {
    pattern.matches('*').count()
}

/// Compares a whole text with a pattern that has one `*` at most, and `?` for any one character.
fn fits(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    let same = |pattern: &str, text: &[char]| {
        pattern.chars().count() == text.len()
            && pattern.chars().zip(text).all(|(wanted, char)| wanted == '?' || wanted == *char)
    };
    match pattern.split_once('*') {
        None => same(pattern, &text),
        Some((front, back)) => {
            let (first, last) = (front.chars().count(), back.chars().count());
            text.len() >= first + last && same(front, &text[..first]) && same(back, &text[text.len() - last..])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_run_and_a_question_mark_one_character() {
        for (pattern, text, expected) in [
            ("bob", "bob", true),
            ("bob", "bobby", false),
            ("*", "", true),
            ("b*b", "bob", true),
            ("b*b", "bb", true),
            ("b*b", "b", false),
            ("b?b", "béb", true),
            ("b?b", "bb", false),
            ("?*?", "ab", true),
            ("?*?", "a", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }
}
