//! DeleteRuleGroup: only what nothing uses. <https://docs.aws.amazon.com/waf/latest/APIReference/API_DeleteRuleGroup.html>

use base::Scope as Place;
use model::wafv2::RuleGroup;
use operation::{Call, Failure, Operation, Spec};

use crate::error::{Error, declared};
use crate::shapes::{Nothing, Scope};
use crate::{arn, find, rules};

/// The operation.
pub(crate) struct DeleteRuleGroup;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteRuleGroupRequest", upper)]
pub(crate) struct Input {
    name: String,
    scope: Scope,
    id: String,
    lock_token: String,
}

impl Operation for DeleteRuleGroup {
    const SPEC: Spec = Spec::write("DeleteRuleGroup", "wafv2:DeleteRuleGroup").errors(declared::DELETE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, place: &Place) -> String {
        arn::of::<RuleGroup>(place, &input.name, &input.id)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited::<RuleGroup>(&input.name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        rules::regional(input.scope)?;
        let found = find::locked::<RuleGroup>(call, &input.name, &input.id, &input.lock_token).await?;
        if let Some(acl) = find::web_acls_with(call, &found).await?.first() {
            return Err(Error::Associated { user: find::told_to(&call.scope, acl) }.into());
        }
        find::remove(call, &found);
        Ok(Nothing)
    }
}
