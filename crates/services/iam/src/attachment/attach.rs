//! AttachUserPolicy, AttachGroupPolicy, AttachRolePolicy: gives somebody a managed policy.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachUserPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachGroupPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AttachRolePolicy.html>

use model::iam::{Group, Purpose, Role, User};
use operation::{Call, Failure, Spec};

use super::{ATTACHED_MAX, missing, record};
use crate::error::{Error, declared};
use crate::find;
use crate::holder::{self, Holder, on_holder};
use crate::nothing::Nothing;
use crate::rules::arn;

on_holder! {
    /// The operation for users.
    AttachUserPolicy takes AttachUserPolicyRequest { user_name, policy_arn },
    runs attach::<User>, tells "iam:PolicyARN" as policy_arn;
    const SPEC: Spec = Spec::write("AttachUserPolicy", "iam:AttachUserPolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::INVALID,
        declared::NOT_ATTACHABLE,
        declared::FAILURE,
    ]);
}

on_holder! {
    /// The operation for groups.
    AttachGroupPolicy takes AttachGroupPolicyRequest { group_name, policy_arn },
    runs attach::<Group>, tells "iam:PolicyARN" as policy_arn;
    const SPEC: Spec = Spec::write("AttachGroupPolicy", "iam:AttachGroupPolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::INVALID,
        declared::NOT_ATTACHABLE,
        declared::FAILURE,
    ]);
}

on_holder! {
    /// The operation for roles.
    AttachRolePolicy takes AttachRolePolicyRequest { role_name, policy_arn },
    runs attach::<Role>, tells "iam:PolicyARN" as policy_arn;
    const SPEC: Spec = Spec::write("AttachRolePolicy", "iam:AttachRolePolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::INVALID,
        declared::UNMODIFIABLE,
        declared::NOT_ATTACHABLE,
        declared::FAILURE,
    ]);
}

async fn attach<H: Holder>(call: &mut Call<'_>, name: &str, policy: &str) -> Result<Nothing, Failure> {
    arn::check("policyArn", policy)?;
    let mut holder = holder::find::<H>(call, name).await?;
    let found = find::managed(call, policy).await?.ok_or_else(|| missing(policy))?;
    if found.is_of_a_service() {
        let kind = H::TITLE;
        return Err(
            Error::PolicyNotAttachable(format!("Cannot attach a Service Role Policy to a Customer {kind}.")).into()
        );
    }
    if !holder.attached().insert(policy.to_owned()) {
        return Ok(Nothing);
    }
    if holder.attached().len() > ATTACHED_MAX {
        return Err(Error::LimitExceeded { quota: H::ATTACHED_QUOTA, max: ATTACHED_MAX }.into());
    }
    call.tx.put(&call.scope, &holder)?;
    call.tx.put(&call.scope, &record::<H>(policy, name, Purpose::Permissions))?;
    Ok(Nothing)
}
