//! GetPermissionPolicy. <https://docs.aws.amazon.com/waf/latest/APIReference/API_GetPermissionPolicy.html>

use base::Scope as Place;
use model::wafv2::RuleGroup;
use operation::named_principals;
use operation::{Call, Failure, Operation, Spec};

use crate::error::{Error, declared};
use crate::find;

/// The operation.
pub(crate) struct GetPermissionPolicy;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetPermissionPolicyRequest", upper)]
pub(crate) struct Input {
    resource_arn: String,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetPermissionPolicyResponse", upper)]
pub(crate) struct Output {
    policy: Option<String>,
}

impl Operation for GetPermissionPolicy {
    const SPEC: Spec = Spec::read("GetPermissionPolicy", "wafv2:GetPermissionPolicy").errors(declared::NARROW);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        super::resource(&input.resource_arn, place)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let group = find::by_arn::<RuleGroup>(call, &input.resource_arn).await?;
        let policy = group.permission_policy.ok_or(Error::Nonexistent)?;
        let shown = named_principals::shown(&mut call.tx, call.scope.account, &policy.document, &policy.ids).await?;
        Ok(Output { policy: Some(shown) })
    }
}
