//! CreatePolicyVersion: a new document for a policy, in force at once or later.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicyVersion.html>

use base::Scope;
use model::iam::PolicyVersion;
use operation::{Call, Failure, Operation, Spec};

use super::view::VersionView;
use super::{VERSIONS_MAX, audited, find, missing, own};
use crate::error::{Error, declared};
use crate::rules::document;
use crate::time::whole_second;

/// The operation.
pub(crate) struct CreatePolicyVersion;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "CreatePolicyVersionRequest", upper)]
pub(crate) struct Input {
    policy_arn: String,
    policy_document: String,
    set_as_default: Option<bool>,
}

/// The version, without its document.
#[derive(Debug, wire::Shape)]
#[shape(name = "CreatePolicyVersionResponse", upper)]
pub(crate) struct Output {
    policy_version: Option<VersionView>,
}

impl Operation for CreatePolicyVersion {
    const SPEC: Spec = Spec::write("CreatePolicyVersion", "iam:CreatePolicyVersion").errors(&[
        declared::NO_ENTITY,
        declared::MALFORMED_POLICY,
        declared::INVALID,
        declared::LIMIT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, _: &Scope) -> String {
        input.policy_arn.clone()
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.policy_arn)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let found = find(call, &input.policy_arn).await?;
        let mut policy = own(found, call, "iam:CreatePolicyVersion", missing(&input.policy_arn))?;
        document::managed(&input.policy_document)?;
        if policy.versions.len() >= VERSIONS_MAX {
            return Err(Error::Exceeded(format!(
                "A managed policy can have up to {VERSIONS_MAX} versions. Before you create a new version, you must delete an existing version."
            ))
            .into());
        }
        let number = policy.newest_version + 1;
        let version = PolicyVersion { document: input.policy_document.clone(), created: whole_second(call.now) };
        policy.versions.insert(number, version.clone());
        policy.newest_version = number;
        policy.updated = version.created;
        if input.set_as_default.unwrap_or_default() {
            policy.default_version = number;
        }
        call.tx.put(&call.scope, &policy)?;
        Ok(Output { policy_version: Some(VersionView::listed(&policy, number, &version)) })
    }
}
