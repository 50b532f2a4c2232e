//! GetUsagePlans: all plans, or those of a key.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_GetUsagePlans.html>

use base::Scope;
use http::Method as Verb;
use model::Record;
use model::apigateway::UsagePlan;
use operation::{Call, Failure, Operation, Spec};

use super::UsagePlanView;
use crate::error::declared;
use crate::page::{Page, position};
use crate::{arn, find};

/// The operation.
pub(crate) struct GetUsagePlans;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetUsagePlansRequest")]
pub(crate) struct Input {
    #[shape(query = "position")]
    position: Option<String>,
    #[shape(query = "keyId")]
    key_id: Option<String>,
    #[shape(query = "limit")]
    limit: Option<i32>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UsagePlans")]
pub(crate) struct Output {
    position: Option<String>,
    #[shape(wire = "item")]
    items: Vec<UsagePlanView>,
}

impl Operation for GetUsagePlans {
    const SPEC: Spec =
        Spec::read("GetUsagePlans", "apigateway:GET").http(Verb::GET, "/usageplans", 200).errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, scope: &Scope) -> String {
        arn::of(scope, "/usageplans")
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let page = Page::read(input.position.as_deref(), input.limit)?;
        let (plans, next) = match input.key_id.as_deref().filter(|id| !id.is_empty()) {
            None => {
                let found = call.tx.page::<UsagePlan>(&call.scope, "", page.after.as_deref(), page.limit).await?;
                (found.items, found.next.as_deref().map(position))
            }
            Some(id) => {
                let key = find::api_key(call, id).await?;
                let mut plans = Vec::new();
                for plan in &key.usage_plans {
                    plans.extend(call.tx.get::<UsagePlan>(&call.scope, plan.as_str()).await?);
                }
                plans.sort_by_key(Record::id);
                page.of(plans, |plan| plan.id.as_str())
            }
        };
        Ok(Output { position: next, items: plans.iter().map(UsagePlanView::of).collect() })
    }
}
