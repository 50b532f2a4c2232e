//! UpdateUsage: grants a key more of its period's quota, or less.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_UpdateUsage.html>

use base::{Day, Scope};
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};
use store_records::counters::{Counter, Take};

use super::{UsageView, days};
use crate::error::{Error, declared};
use crate::patch::{PatchOperation, REPLACE, Rule, Table, Tone};
use crate::usage_plan::audited;
use crate::{arn, find};

/// The operation.
pub(crate) struct UpdateUsage;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateUsageRequest")]
pub(crate) struct Input {
    #[shape(uri = "usageplanId")]
    usage_plan_id: String,
    #[shape(uri = "keyId")]
    key_id: String,
    #[shape(default)]
    patch_operations: Vec<PatchOperation>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Property {
    Remaining,
}

const TABLE: Table<Property> =
    Table { tone: Tone::Terse, rules: &[Rule::new("/remaining", REPLACE, Property::Remaining)] };

impl Operation for UpdateUsage {
    const SPEC: Spec = Spec::write("UpdateUsage", "apigateway:PATCH")
        .http(Verb::PATCH, "/usageplans/{usageplanId}/keys/{keyId}/usage", 200)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = UsageView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/usageplans/{}/keys/{}/usage", input.usage_plan_id, input.key_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.usage_plan_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<UsageView, Failure> {
        let plan = find::usage_plan(call, &input.usage_plan_id).await?;
        let key = find::api_key(call, &input.key_id).await?;
        if !key.usage_plans.contains(&plan.id) {
            let missing = format!("Usage Plan Key {} not found in Usage Plan {}", key.id, plan.id);
            return Err(Error::not_found(missing).into());
        }
        let quota = plan.quota.ok_or_else(|| Error::bad_request("The Usage Plan has no quota"))?;
        let today = Day::of(call.now);
        for change in TABLE.read(&input.patch_operations)? {
            let Property::Remaining = change.property;
            let wrong = || Error::bad_request("Remaining usage must be a whole number that is not negative");
            let left: i64 = change.value.as_deref().and_then(|text| text.parse().ok()).ok_or_else(wrong)?;
            let wanted = u64::try_from(left).map_err(|_| wrong())?;
            // Otherwise what this node has taken ahead would come on top.
            call.ports.data_plane.settle(&plan.id, Some(&key.id)).await;
            let (group, member) = (plan.id.to_string(), key.id.to_string());
            let counter = Counter { scope: call.scope.clone(), group, member };
            let window = quota.window(today);
            let wish = Take { counter, day: today, first: window.first, limit: window.limit, wanted };
            call.ports.counters.set_left(&wish).await?;
            call.ports.data_plane.settle(&plan.id, Some(&key.id)).await;
        }
        let items = days::read(&plan, &[key.id.to_string()], (today, today), (&call.scope, call.ports)).await?;
        Ok(UsageView {
            usage_plan_id: Some(plan.id.to_string()),
            start_date: Some(today.to_string()),
            end_date: Some(today.to_string()),
            position: None,
            items: Some(items),
        })
    }
}

#[cfg(test)]
impl crate::patch::Patches for UpdateUsage {
    fn rows() -> Vec<(&'static str, &'static [crate::patch::Edit])> {
        TABLE.rows()
    }
}
