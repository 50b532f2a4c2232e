//! CreateRuleGroup. <https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateRuleGroup.html>

use base::Scope as Place;
use base::limits::{RULE_GROUPS_MAX, WEB_ACL_CAPACITY_MAX};
use model::wafv2::RuleGroup;
use operation::{Call, Failure, Keys, Operation, Spec};
use wire::shape::Json;

use super::settings::{Settings, settings};
use crate::error::{Error, declared};
use crate::shapes::{Created, Scope, Summary, Tag, VisibilityConfig};
use crate::{arn, engine, find, rules, tags};

/// The operation.
pub(crate) struct CreateRuleGroup;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "CreateRuleGroupRequest", upper)]
pub(crate) struct Input {
    name: String,
    scope: Scope,
    capacity: i64,
    description: Option<String>,
    rules: Option<Json>,
    visibility_config: VisibilityConfig,
    #[shape(default)]
    tags: Vec<Tag>,
    custom_response_bodies: Option<Json>,
    monetization_config: Option<Json>,
}

const ACTION: &str = "wafv2:CreateRuleGroup";

impl Operation for CreateRuleGroup {
    const SPEC: Spec = Spec::write("CreateRuleGroup", ACTION).errors(declared::CREATE_RULES);
    type Input = Input;
    type Output = Created;

    fn resource(input: &Input, place: &Place) -> String {
        arn::new::<RuleGroup>(place, &input.name)
    }

    fn further(input: &Input, place: &Place) -> Vec<(&'static str, String)> {
        let mut further = engine::named_by(input.rules.as_ref(), place, ACTION);
        further.extend(tags::further(&input.tags, Self::resource(input, place)));
        further
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        rules::tag_keys(keys, &input.tags)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited::<RuleGroup>(&input.name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Created, Failure> {
        rules::regional(input.scope)?;
        let capacity = capacity(input.capacity)?;
        let common = (input.name.as_str(), input.description.as_deref(), &input.tags[..]);
        let entity = find::room_for::<RuleGroup>(call, common, RULE_GROUPS_MAX).await?;
        let judged = settings!(input).judge(&input.name, capacity, call).await?;
        let made = RuleGroup {
            entity,
            capacity,
            document: judged.document,
            visibility: judged.visibility,
            references: judged.rules.references,
            permission_policy: None,
        };
        call.tx.put(&call.scope, &made)?;
        Ok(Created { summary: Some(Summary::of(&made, &call.scope)) })
    }
}

/// Reads what a rule group may weigh: at most what a web ACL may.
fn capacity(given: i64) -> Result<u32, Error> {
    match u32::try_from(given) {
        Ok(capacity @ 1..=WEB_ACL_CAPACITY_MAX) => Ok(capacity),
        Ok(0) | Err(_) => {
            Err(Error::form("capacity", given.to_string(), "Member must have value greater than or equal to 1"))
        }
        Ok(_) => Err(Error::Limits { what: format!("{WEB_ACL_CAPACITY_MAX} WCU in a rule group") }),
    }
}
