//! How often managed policies are used, counted from their attachments.

use std::collections::BTreeMap;

use model::iam::{Attachment, Purpose};
use operation::{Call, Failure};

/// How many users, groups and roles a policy is attached to, and how many it bounds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) permissions: i32,
    pub(crate) boundaries: i32,
}

/// The usage of one policy.
pub(crate) async fn of(call: &mut Call<'_>, arn: &str) -> Result<Usage, Failure> {
    let prefix = |purpose| prefix(arn, purpose);
    let permissions = call.tx.count::<Attachment>(&call.scope, &prefix(Purpose::Permissions)).await?;
    let boundaries = call.tx.count::<Attachment>(&call.scope, &prefix(Purpose::Boundary)).await?;
    let count = |count| i32::try_from(count).unwrap_or(i32::MAX);
    Ok(Usage { permissions: count(permissions), boundaries: count(boundaries) })
}

/// The usage of every policy that is used at all.
pub(crate) async fn of_all(call: &mut Call<'_>) -> Result<BTreeMap<String, Usage>, Failure> {
    let mut usage: BTreeMap<String, Usage> = BTreeMap::new();
    for attachment in call.tx.all::<Attachment>(&call.scope, "").await? {
        let of = usage.entry(attachment.policy).or_default();
        match attachment.purpose {
            Purpose::Permissions => of.permissions += 1,
            Purpose::Boundary => of.boundaries += 1,
        }
    }
    Ok(usage)
}

/// Where a policy's attachments of one purpose stand.
pub(crate) fn prefix(arn: &str, purpose: Purpose) -> String {
    let word = match purpose {
        Purpose::Permissions => "permissions",
        Purpose::Boundary => "boundary",
    };
    format!("{}{word}|", Attachment::prefix(arn))
}

#[cfg(test)]
mod tests {
    use model::Record;

    use super::*;

    #[test]
    fn an_attachment_stands_behind_its_prefix() {
        for purpose in [Purpose::Permissions, Purpose::Boundary] {
            let (kind, name) = ("user".to_owned(), "bob".to_owned());
            let attachment = Attachment { policy: "arn".to_owned(), kind, name, purpose };
            assert!(attachment.id().starts_with(&prefix("arn", purpose)), "{purpose:?}");
        }
    }
}
