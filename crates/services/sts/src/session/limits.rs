//! What callers give a session: policies that limit it, and tags.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>

use std::collections::{BTreeMap, BTreeSet};

use model::iam::{ManagedPolicy, Role, Session, aws_managed};
use operation::{Call, Failure};
use policy::{Kind, Policy};

use crate::error::Error;
use crate::rules;

/// AWS's bound on the plain text of a session's policies.
const POLICY_CHARS_MAX: usize = 2_048;
const POLICY_ARNS_MAX: usize = 10;
/// What policies and tags may take in a token. AWS does not tell its own bound.
const PACKED_BYTES_MAX: usize = 3_072;

/// A managed policy by its ARN, as it travels.
#[derive(Debug, Clone, PartialEq, Eq, wire::Shape)]
#[shape(name = "PolicyDescriptorType")]
pub(crate) struct PolicyDescriptor {
    arn: Option<String>,
}

/// Checked.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    pub(crate) policy: Option<String>,
    pub(crate) policy_arns: BTreeSet<String>,
    pub(crate) tags: BTreeMap<String, String>,
    pub(crate) transitive: BTreeSet<String>,
}

impl Limits {
    /// Checks the policies. Managed ones are AWS's or of the role's account.
    pub(crate) async fn policies(
        call: &mut Call<'_>,
        role: &Role,
        policy: Option<&str>,
        arns: Option<&[PolicyDescriptor]>,
    ) -> Result<Self, Failure> {
        let arns: BTreeSet<_> = arns.unwrap_or_default().iter().filter_map(|given| given.arn.clone()).collect();
        if arns.len() > POLICY_ARNS_MAX {
            let bound = format!("Member must have length less than or equal to {POLICY_ARNS_MAX}");
            return Err(Error::constraint("policyArns", &bound).into());
        }
        let chars = policy.map_or(0, |text| text.chars().count()) + arns.iter().map(String::len).sum::<usize>();
        if chars > POLICY_CHARS_MAX {
            let bound = format!("Member must have length less than or equal to {POLICY_CHARS_MAX}");
            return Err(Error::constraint("policy", &bound).into());
        }
        if let Some(document) = policy {
            inline(document)?;
        }
        for arn in &arns {
            if !exists(call, role, arn).await? {
                let message = format!("Policy {} does not exist or is not attachable.", rules::cut(arn));
                return Err(Error::Validation(message).into());
            }
        }
        Ok(Self { policy: policy.map(str::to_owned), policy_arns: arns, ..Self::default() })
    }

    /// Adds tags: those that the caller's own session hands on, and those that the call sets.
    pub(crate) fn with_tags(
        self,
        own: Option<&Session>,
        set: BTreeMap<String, String>,
        transitive: &[String],
    ) -> Result<Self, Error> {
        let mut keys = BTreeSet::new();
        for key in transitive {
            let known = rules::find(set.keys(), key).ok_or_else(|| {
                let message = "The specified transitive tag key must be included in the requested tags.";
                Error::Validation(message.to_owned())
            })?;
            keys.insert(known.clone());
        }
        let mut tags = BTreeMap::new();
        if let Some(own) = own {
            for key in &own.transitive {
                if rules::find(set.keys(), key).is_some() {
                    let message = "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.";
                    return Err(Error::Validation(message.to_owned()));
                }
                tags.extend(own.tags.get_key_value(key).map(|(key, value)| (key.clone(), value.clone())));
                keys.insert(key.clone());
            }
        }
        tags.extend(set);
        Ok(Self { tags, transitive: keys, ..self })
    }

    /// How much of the room in a token they take, in percent.
    pub(crate) fn packed_percent(&self) -> Result<Option<i32>, Error> {
        if self.policy.is_none() && self.policy_arns.is_empty() && self.tags.is_empty() {
            return Ok(None);
        }
        let bytes = Session::packed_bytes(self.policy.as_deref(), &self.policy_arns, &self.tags);
        let percent = (bytes * 100).div_ceil(PACKED_BYTES_MAX);
        if percent > 100 { Err(Error::PackedPolicyTooLarge { percent }) } else { Ok(Some(percent as i32)) }
    }
}

fn inline(document: &str) -> Result<(), Error> {
    let parsed = Policy::parse(document, Kind::Identity);
    let parsed = parsed.map_err(|fault| Error::MalformedPolicyDocument(fault.to_string()))?;
    match identity::silently_open(&parsed) {
        Some(key) => Err(Error::Validation(format!(
            "The condition key {} is not enforced by this version of Portcullis, so it is refused",
            rules::cut(key)
        ))),
        None => Ok(()),
    }
}

async fn exists(call: &mut Call<'_>, role: &Role, arn: &str) -> Result<bool, Failure> {
    if aws_managed::find(arn).is_some() {
        return Ok(true);
    }
    match ManagedPolicy::of_arn(arn) {
        Some((account, id)) if account == role.account => {
            let scope = base::Scope { account, ..call.scope.clone() };
            Ok(call.tx.get::<ManagedPolicy>(&scope, id).await?.is_some())
        }
        Some(_) | None => Ok(false),
    }
}
