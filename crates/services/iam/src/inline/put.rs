//! PutUserPolicy, PutGroupPolicy, PutRolePolicy: adds an inline policy, or replaces the one of that name.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutGroupPolicy.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html>

use model::iam::{Group, Role, User};
use operation::{Call, Failure, Spec};

use super::check_name;
use crate::error::declared;
use crate::holder::{self, Holder, on_holder};
use crate::nothing::Nothing;
use crate::rules::document;

on_holder! {
    /// The operation for users.
    PutUserPolicy takes PutUserPolicyRequest { user_name, policy_name, policy_document },
    runs put::<User>;
    const SPEC: Spec = Spec::write("PutUserPolicy", "iam:PutUserPolicy").errors(&[
        declared::LIMIT,
        declared::MALFORMED_POLICY,
        declared::NO_ENTITY,
        declared::FAILURE,
    ]);
}

on_holder! {
    /// The operation for groups.
    PutGroupPolicy takes PutGroupPolicyRequest { group_name, policy_name, policy_document },
    runs put::<Group>;
    const SPEC: Spec = Spec::write("PutGroupPolicy", "iam:PutGroupPolicy").errors(&[
        declared::LIMIT,
        declared::MALFORMED_POLICY,
        declared::NO_ENTITY,
        declared::FAILURE,
    ]);
}

on_holder! {
    /// The operation for roles.
    PutRolePolicy takes PutRolePolicyRequest { role_name, policy_name, policy_document },
    runs put::<Role>;
    const SPEC: Spec = Spec::write("PutRolePolicy", "iam:PutRolePolicy").errors(&[
        declared::LIMIT,
        declared::MALFORMED_POLICY,
        declared::NO_ENTITY,
        declared::UNMODIFIABLE,
        declared::FAILURE,
    ]);
}

async fn put<H: Holder>(call: &mut Call<'_>, name: &str, policy: &str, document: &str) -> Result<Nothing, Failure> {
    check_name(policy)?;
    let mut holder = holder::find::<H>(call, name).await?;
    let others = holder.inline().iter().filter(|(known, _)| *known != policy).map(|(_, document)| document);
    document::inline::<H>(name, document, others)?;
    holder.inline().insert(policy.to_owned(), document.to_owned());
    call.tx.put(&call.scope, &holder)?;
    Ok(Nothing)
}
