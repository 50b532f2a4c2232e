//! UpdateRuleGroup: its rules are replaced as a whole, within its capacity. <https://docs.aws.amazon.com/waf/latest/APIReference/API_UpdateRuleGroup.html>

use base::Scope as Place;
use model::wafv2::RuleGroup;
use operation::{Call, Failure, Operation, Spec};
use wire::shape::Json;

use super::settings::{Settings, settings};
use crate::error::declared;
use crate::shapes::{Changed, Scope, VisibilityConfig};
use crate::{arn, engine, find, rules};

/// The operation.
pub(crate) struct UpdateRuleGroup;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateRuleGroupRequest", upper)]
pub(crate) struct Input {
    name: String,
    scope: Scope,
    id: String,
    description: Option<String>,
    rules: Option<Json>,
    visibility_config: VisibilityConfig,
    lock_token: String,
    custom_response_bodies: Option<Json>,
    monetization_config: Option<Json>,
}

const ACTION: &str = "wafv2:UpdateRuleGroup";

impl Operation for UpdateRuleGroup {
    const SPEC: Spec = Spec::write("UpdateRuleGroup", ACTION).errors(declared::UPDATE_RULES);
    type Input = Input;
    type Output = Changed;

    fn resource(input: &Input, place: &Place) -> String {
        arn::of::<RuleGroup>(place, &input.name, &input.id)
    }

    fn further(input: &Input, place: &Place) -> Vec<(&'static str, String)> {
        engine::named_by(input.rules.as_ref(), place, ACTION)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited::<RuleGroup>(&input.name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Changed, Failure> {
        rules::regional(input.scope)?;
        let mut group = find::locked::<RuleGroup>(call, &input.name, &input.id, &input.lock_token).await?;
        group.entity.description = rules::description(input.description.as_deref())?;
        let judged = settings!(input).judge(&input.name, group.capacity, call).await?;
        group.document = judged.document;
        group.visibility = judged.visibility;
        group.references = judged.rules.references;
        call.tx.put(&call.scope, &group)?;
        for acl in find::web_acls_with(call, &group).await? {
            engine::still_stands(call, &acl).await?;
        }
        Ok(Changed { next_lock_token: Some(group.entity.lock_token) })
    }
}
