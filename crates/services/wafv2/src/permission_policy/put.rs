//! PutPermissionPolicy: replaces the policy of a rule group. <https://docs.aws.amazon.com/waf/latest/APIReference/API_PutPermissionPolicy.html>

use base::Scope as Place;
use model::wafv2::{Owned, PermissionPolicy, RuleGroup};
use operation::named_principals;
use operation::{Call, Failure, Operation, Spec};

use super::document;
use crate::error::{Error, declared};
use crate::find;
use crate::rules;
use crate::shapes::Nothing;

/// The operation.
pub(crate) struct PutPermissionPolicy;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "PutPermissionPolicyRequest", upper)]
pub(crate) struct Input {
    resource_arn: String,
    policy: String,
}

impl Operation for PutPermissionPolicy {
    const SPEC: Spec = Spec::write("PutPermissionPolicy", "wafv2:PutPermissionPolicy").errors(declared::POLICY);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, place: &Place) -> String {
        super::resource(&input.resource_arn, place)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        rules::policy(&input.policy)?;
        let mut group = find::by_arn::<RuleGroup>(call, &input.resource_arn).await?;
        let ids = named_principals::ids(&mut call.tx, call.scope.account, &input.policy).await?;
        let ids = ids.map_err(|nobody| Error::PermissionPolicy(nobody.to_string()))?;
        let policy = PermissionPolicy { document: input.policy.clone(), ids };
        document::check(&policy, &group.arn(&call.scope))?;
        group.permission_policy = Some(policy);
        call.tx.put(&call.scope, &group)?;
        Ok(Nothing)
    }
}
