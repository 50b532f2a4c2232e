//! GetUsage: what a plan's keys have used, day by day.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsage.html>

use base::limits::USAGE_DAYS_MAX;
use base::{Day, Scope};
use http::Method as Verb;
use model::Record;
use model::apigateway::UsagePlanKey;
use operation::{Call, Failure, Operation, Spec};

use super::{UsageView, days};
use crate::error::{Error, declared};
use crate::page::{Page, position};
use crate::usage_plan::audited;
use crate::{arn, find};

/// The operation.
pub(crate) struct GetUsage;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetUsageRequest")]
pub(crate) struct Input {
    #[shape(uri = "usageplanId")]
    usage_plan_id: String,
    #[shape(query = "keyId")]
    key_id: Option<String>,
    #[shape(query = "startDate")]
    start_date: String,
    #[shape(query = "endDate")]
    end_date: String,
    #[shape(query = "position")]
    position: Option<String>,
    #[shape(query = "limit")]
    limit: Option<i32>,
}

impl Operation for GetUsage {
    const SPEC: Spec = Spec::read("GetUsage", "apigateway:GET")
        .http(Verb::GET, "/usageplans/{usageplanId}/usage", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = UsageView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/usageplans/{}/usage", input.usage_plan_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.usage_plan_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<UsageView, Failure> {
        let range = range(&input.start_date, &input.end_date)?;
        let page = Page::read(input.position.as_deref(), input.limit)?;
        let plan = find::usage_plan(call, &input.usage_plan_id).await?;
        let (keys, next) = if let Some(id) = input.key_id.as_deref().filter(|id| !id.is_empty()) {
            let key = find::api_key(call, id).await?;
            let keys: Vec<String> =
                key.usage_plans.contains(&plan.id).then(|| key.id.to_string()).into_iter().collect();
            (keys, None)
        } else {
            let prefix = UsagePlanKey::prefix(&plan.id);
            let found = call.tx.page::<UsagePlanKey>(&call.scope, &prefix, page.after.as_deref(), page.limit).await?;
            let next = found.items.last().filter(|_| found.next.is_some()).map(Record::id);
            (found.items.iter().map(|one| one.key.to_string()).collect(), next)
        };
        Ok(UsageView {
            usage_plan_id: Some(plan.id.to_string()),
            start_date: Some(range.0.to_string()),
            end_date: Some(range.1.to_string()),
            position: next.as_deref().map(position),
            items: Some(days::read(&plan, &keys, range, (&call.scope, call.ports)).await?),
        })
    }
}

fn range(start: &str, end: &str) -> Result<(Day, Day), Error> {
    let day = |text: &str| {
        let shown: String = text.chars().take(32).collect();
        Day::parse(text)
            .ok_or_else(|| Error::bad_request(format!("Invalid date specified: {shown}. It must be YYYY-MM-DD")))
    };
    let (from, to) = (day(start)?, day(end)?);
    if to < from {
        return Err(Error::bad_request("Usage start date must not be after its end date"));
    }
    if i64::from(to.0) - i64::from(from.0) >= USAGE_DAYS_MAX {
        return Err(Error::bad_request(format!("Usage can be read for at most {USAGE_DAYS_MAX} days at once")));
    }
    Ok((from, to))
}

#[cfg(test)]
mod tests {
    use base::Day;
    use serde_json::json;

    use super::range;
    use crate::testing::{World, patch, text, with};

    #[test]
    fn a_range_is_made_of_days_in_their_order() {
        assert_eq!(range("1970-01-02", "1970-01-03"), Ok((Day(1), Day(2))));
        for (start, end) in [("1970-01-03", "1970-01-02"), ("1970-01-01", "1970-04-01"), ("x", "1970-01-01"), ("", "")]
        {
            assert!(range(start, end).is_err(), "{start} {end}");
        }
        assert!(range("1970-01-01", "1970-03-31").is_ok(), "ninety days");
    }

    #[tokio::test]
    async fn usage_is_told_for_each_key_and_extended() {
        let world = World::new().await;
        let quota = json!({"limit": 10, "period": "DAY"});
        let plan = text(&world.ok("CreateUsagePlan", json!({"name": "gold", "quota": quota})).await, "id");
        let key = text(&world.ok("CreateApiKey", json!({})).await, "id");
        world.ok("CreateUsagePlanKey", json!({"usagePlanId": plan, "keyId": key, "keyType": "API_KEY"})).await;
        world.uses(&plan, &key, 4).await;
        let days = json!({"usagePlanId": plan, "startDate": "2026-01-01", "endDate": "2026-01-02"});
        let usage = with(&days, json!({"items": {&key: [[0, 10], [4, 6]]}}));
        assert_eq!(world.ok("GetUsage", days.clone()).await, usage);
        assert_eq!(world.ok("GetUsage", with(&days, json!({"keyId": key}))).await, usage);
        let place = json!({"usagePlanId": plan, "keyId": key});
        let extended = world.ok("UpdateUsage", with(&place, patch("replace", "/remaining", "20"))).await;
        let today = json!({"usagePlanId": plan, "startDate": "2026-01-02", "endDate": "2026-01-02", "items": {&key: [[4, 20]]}});
        assert_eq!(extended, today);
        world.uses(&plan, &key, 5).await;
        let usage = world.ok("GetUsage", with(&days, json!({"keyId": key}))).await;
        assert_eq!(usage["items"][&key], json!([[0, 10], [9, 15]]));
    }

    #[tokio::test]
    async fn usage_that_is_none_is_refused() {
        let world = World::new().await;
        let plan = text(&world.ok("CreateUsagePlan", json!({"name": "gold"})).await, "id");
        let key = text(&world.ok("CreateApiKey", json!({})).await, "id");
        let place = json!({"usagePlanId": plan, "keyId": key});
        let remaining = |value| with(&place, patch("replace", "/remaining", value));
        assert_eq!(world.refused("UpdateUsage", remaining("5")).await.0, "NotFoundException", "it is not in the plan");
        world.ok("CreateUsagePlanKey", with(&place, json!({"keyType": "API_KEY"}))).await;
        assert_eq!(world.refused("UpdateUsage", remaining("5")).await.0, "BadRequestException", "there is no quota");
        let quota = json!({"patchOperations": [
            {"op": "add", "path": "/quota/limit", "value": "1"}, {"op": "add", "path": "/quota/period", "value": "DAY"},
        ]});
        world.ok("UpdateUsagePlan", with(&json!({"usagePlanId": plan}), quota)).await;
        for value in ["-1", "x", "", "1.5", "99999999999999999999"] {
            assert_eq!(world.refused("UpdateUsage", remaining(value)).await.0, "BadRequestException", "{value}");
        }
        let days = json!({"usagePlanId": plan, "startDate": "2026-01-02", "endDate": "2026-01-01"});
        assert_eq!(world.refused("GetUsage", days).await.0, "BadRequestException");
    }
}
