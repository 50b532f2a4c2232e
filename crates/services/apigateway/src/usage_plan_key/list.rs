//! GetUsagePlanKeys. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsagePlanKeys.html>

use base::Scope;
use http::Method as Verb;
use model::Record;
use model::apigateway::{ApiKey, UsagePlanKey};
use operation::{Call, Failure, Operation, Spec};

use super::view::UsagePlanKeyView;
use crate::error::declared;
use crate::page::{Page, position};
use crate::usage_plan::audited;
use crate::{arn, find};

/// The operation.
pub(crate) struct GetUsagePlanKeys;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetUsagePlanKeysRequest")]
pub(crate) struct Input {
    #[shape(uri = "usageplanId")]
    usage_plan_id: String,
    #[shape(query = "position")]
    position: Option<String>,
    #[shape(query = "limit")]
    limit: Option<i32>,
    #[shape(query = "name")]
    name_query: Option<String>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UsagePlanKeys")]
pub(crate) struct Output {
    position: Option<String>,
    #[shape(wire = "item")]
    items: Vec<UsagePlanKeyView>,
}

/// Keys that one call looks at: a search among more goes on behind the position.
const LOOKED_AT_MAX: u32 = 5_000;

impl Operation for GetUsagePlanKeys {
    const SPEC: Spec = Spec::read("GetUsagePlanKeys", "apigateway:GET")
        .http(Verb::GET, "/usageplans/{usageplanId}/keys", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/usageplans/{}/keys", input.usage_plan_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.usage_plan_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let page = Page::read(input.position.as_deref(), input.limit)?;
        let plan = find::usage_plan(call, &input.usage_plan_id).await?;
        let wanted = input.name_query.as_deref().filter(|name| !name.is_empty());
        // Without a name every key fits, and one page is enough.
        let looked_at = if wanted.is_some() { LOOKED_AT_MAX } else { page.limit };
        let prefix = UsagePlanKey::prefix(&plan.id);
        let found = call.tx.page::<UsagePlanKey>(&call.scope, &prefix, page.after.as_deref(), looked_at).await?;
        let (mut items, mut after, mut full) = (Vec::new(), None, false);
        for one in &found.items {
            if items.len() == page.limit as usize {
                full = true;
                break;
            }
            after = Some(one.id());
            let Some(key) = call.tx.get::<ApiKey>(&call.scope, one.key.as_str()).await? else { continue };
            let named = wanted.is_none_or(|name| key.name.as_deref().is_some_and(|own| own.starts_with(name)));
            if named {
                items.push(UsagePlanKeyView::of(&key, call)?);
            }
        }
        let next = after.filter(|_| full || found.next.is_some());
        Ok(Output { position: next.as_deref().map(position), items })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::testing::{World, text};

    #[tokio::test]
    async fn a_plans_keys_are_found_by_name_page_by_page() {
        let world = World::new().await;
        let plan = text(&world.ok("CreateUsagePlan", json!({"name": "gold"})).await, "id");
        for number in 0..5 {
            let key = world.ok("CreateApiKey", json!({"name": format!("key{number}")})).await;
            let join = json!({"usagePlanId": plan, "keyId": key["id"], "keyType": "API_KEY"});
            world.ok("CreateUsagePlanKey", join).await;
        }
        for (name, count) in [("", 5), ("key", 5), ("key3", 1), ("nope", 0)] {
            let (mut seen, mut position) = (0, json!(null));
            loop {
                let asked = json!({"usagePlanId": plan, "limit": 2, "nameQuery": name, "position": position});
                let page = world.ok("GetUsagePlanKeys", asked).await;
                seen += page["items"].as_array().expect("a list").len();
                position = page["position"].clone();
                if position.is_null() {
                    break;
                }
            }
            assert_eq!(seen, count, "{name}");
        }
    }
}
