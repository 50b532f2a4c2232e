//! CreatePolicy: a policy with a name of its own, and its first version.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html>

use std::collections::BTreeMap;

use base::Scope;
use model::iam::{ManagedPolicy, PolicyVersion};
use operation::{Call, Failure, Operation, Spec};
use policy::Keys;
use wire::Value;

use super::audited;
use super::view::PolicyView;
use crate::error::{Error, declared};
use crate::find;
use crate::ids::{Prefix, unique};
use crate::rules::tags::{self, Tag};
use crate::rules::{document, name};
use crate::time::whole_second;

const NAME_CHARS_MAX: usize = 128;
const DESCRIPTION_CHARS_MAX: usize = 1000;
/// Customers' policies in one account.
const POLICIES_MAX: u16 = 1500;

/// The operation.
pub(crate) struct CreatePolicy;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "CreatePolicyRequest", upper)]
pub(crate) struct Input {
    policy_name: String,
    path: Option<String>,
    policy_document: String,
    description: Option<String>,
    tags: Option<Vec<Tag>>,
}

/// The policy.
#[derive(Debug, wire::Shape)]
#[shape(name = "CreatePolicyResponse", upper)]
pub(crate) struct Output {
    policy: Option<PolicyView>,
}

impl Operation for CreatePolicy {
    const SPEC: Spec = Spec::write("CreatePolicy", "iam:CreatePolicy").errors(&[
        declared::INVALID,
        declared::LIMIT,
        declared::EXISTS,
        declared::MALFORMED_POLICY,
        declared::CONCURRENT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        format!("arn:aws:iam::{}:policy{}{}", scope.account, input.path.as_deref().unwrap_or("/"), input.policy_name)
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        tags::keys(input.tags.as_deref().unwrap_or_default(), keys)
    }

    fn made(output: &Value) -> Vec<(String, String)> {
        let arn = output.get("Policy").and_then(|policy| policy.get("Arn")).and_then(Value::as_text);
        arn.map(audited).unwrap_or_default()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        name::check("policyName", &input.policy_name, NAME_CHARS_MAX)?;
        let path = name::path(input.path.as_deref())?;
        let description = description(input.description.as_deref())?;
        let mut all_tags = BTreeMap::new();
        tags::add_cased(&mut all_tags, input.tags.as_deref().unwrap_or_default())?;
        document::managed(&input.policy_document)?;
        if !find::is_free::<ManagedPolicy>(call, "iam.managed_policy.folded", &input.policy_name).await? {
            return Err(Error::EntityAlreadyExists(format!(
                "A policy called {} already exists. Duplicate names are not allowed.",
                input.policy_name
            ))
            .into());
        }
        if !call.tx.has_room::<ManagedPolicy>(&call.scope, "", 1, POLICIES_MAX.into()).await? {
            return Err(Error::LimitExceeded { quota: "PoliciesPerAccount", max: POLICIES_MAX.into() }.into());
        }
        let now = whole_second(call.now);
        let first = PolicyVersion { document: input.policy_document.clone(), created: now };
        let policy = ManagedPolicy {
            account: call.scope.account,
            name: input.policy_name.clone(),
            path,
            id: unique(Prefix::ManagedPolicy),
            description,
            created: now,
            updated: now,
            versions: BTreeMap::from([(1, first)]),
            default_version: 1,
            newest_version: 1,
            tags: all_tags,
        };
        call.tx.put(&call.scope, &policy)?;
        Ok(Output { policy: Some(PolicyView::made(&policy)) })
    }
}

fn description(given: Option<&str>) -> Result<Option<String>, Error> {
    let text = given.unwrap_or_default();
    if text.chars().count() > DESCRIPTION_CHARS_MAX {
        return Err(Error::ValidationError(format!(
            "1 validation error detected: Value at 'description' failed to satisfy constraint: Member must have length less than or equal to {DESCRIPTION_CHARS_MAX}"
        )));
    }
    Ok(Some(text.to_owned()).filter(|text| !text.is_empty()))
}
