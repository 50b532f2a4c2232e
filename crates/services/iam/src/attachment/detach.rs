//! DetachUserPolicy, DetachGroupPolicy, DetachRolePolicy: takes a managed policy from somebody.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachUserPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachGroupPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachRolePolicy.html>

use model::Record;
use model::iam::{Attachment, Group, Purpose, Role, User};
use operation::{Call, Failure, Spec};

use super::record;
use crate::error::{Error, declared};
use crate::holder::{self, Holder, on_holder};
use crate::nothing::Nothing;
use crate::rules::arn;

on_holder! {
    /// The operation for users.
    DetachUserPolicy takes DetachUserPolicyRequest { user_name, policy_arn },
    runs detach::<User>, tells "iam:PolicyARN" as policy_arn;
    const SPEC: Spec = Spec::write("DetachUserPolicy", "iam:DetachUserPolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::INVALID,
        declared::FAILURE,
    ]);
}

on_holder! {
    /// The operation for groups.
    DetachGroupPolicy takes DetachGroupPolicyRequest { group_name, policy_arn },
    runs detach::<Group>, tells "iam:PolicyARN" as policy_arn;
    const SPEC: Spec = Spec::write("DetachGroupPolicy", "iam:DetachGroupPolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::INVALID,
        declared::FAILURE,
    ]);
}

on_holder! {
    /// The operation for roles.
    DetachRolePolicy takes DetachRolePolicyRequest { role_name, policy_arn },
    runs detach::<Role>, tells "iam:PolicyARN" as policy_arn;
    const SPEC: Spec = Spec::write("DetachRolePolicy", "iam:DetachRolePolicy").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
        declared::INVALID,
        declared::UNMODIFIABLE,
        declared::FAILURE,
    ]);
}

async fn detach<H: Holder>(call: &mut Call<'_>, name: &str, policy: &str) -> Result<Nothing, Failure> {
    arn::check("policyArn", policy)?;
    let mut holder = holder::find::<H>(call, name).await?;
    if !holder.attached().remove(policy) {
        return Err(Error::NoSuchEntity(format!("Policy {policy} was not found.")).into());
    }
    call.tx.put(&call.scope, &holder)?;
    call.tx.delete::<Attachment>(&call.scope, &record::<H>(policy, name, Purpose::Permissions).id());
    Ok(Nothing)
}
