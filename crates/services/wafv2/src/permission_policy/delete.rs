//! DeletePermissionPolicy: web ACLs that name the group keep it until they are changed.
//! <https://docs.aws.amazon.com/waf/latest/APIReference/API_DeletePermissionPolicy.html>

use base::Scope as Place;
use model::wafv2::RuleGroup;
use operation::{Call, Failure, Operation, Spec};

use crate::error::{Error, declared};
use crate::find;
use crate::shapes::Nothing;

/// The operation.
pub(crate) struct DeletePermissionPolicy;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeletePermissionPolicyRequest", upper)]
pub(crate) struct Input {
    resource_arn: String,
}

impl Operation for DeletePermissionPolicy {
    const SPEC: Spec = Spec::write("DeletePermissionPolicy", "wafv2:DeletePermissionPolicy").errors(declared::NARROW);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, place: &Place) -> String {
        super::resource(&input.resource_arn, place)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let mut group = find::by_arn::<RuleGroup>(call, &input.resource_arn).await?;
        group.permission_policy.take().ok_or(Error::Nonexistent)?;
        call.tx.put(&call.scope, &group)?;
        Ok(Nothing)
    }
}
