//! GetRuleGroup, by name and id or by its ARN. <https://docs.aws.amazon.com/waf/latest/APIReference/API_GetRuleGroup.html>

use base::Scope as Place;
use model::wafv2 as stored;
use operation::{Call, Failure, Operation, Spec};

use super::RuleGroup;
use crate::error::{Error, declared};
use crate::shapes::Scope;
use crate::{arn, find, rules};

/// The operation.
pub(crate) struct GetRuleGroup;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetRuleGroupRequest", upper)]
pub(crate) struct Input {
    name: Option<String>,
    scope: Option<Scope>,
    id: Option<String>,
    #[shape(rename = "ARN")]
    arn: Option<String>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetRuleGroupResponse", upper)]
pub(crate) struct Output {
    rule_group: Option<RuleGroup>,
    lock_token: Option<String>,
}

impl Operation for GetRuleGroup {
    const SPEC: Spec = Spec::read("GetRuleGroup", "wafv2:GetRuleGroup").errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        match input {
            Input { arn: Some(arn), .. } => arn::given_anywhere::<stored::RuleGroup>(place, arn),
            Input { name, id, arn: None, .. } => arn::of::<stored::RuleGroup>(
                place,
                name.as_deref().unwrap_or_default(),
                id.as_deref().unwrap_or_default(),
            ),
        }
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        input.scope.map_or(Ok(()), rules::regional)?;
        let (place, group) = match input {
            Input { arn: Some(arn), name: None, id: None, .. } => find::shared_group(call, arn).await?,
            Input { arn: None, name: Some(name), id: Some(id), scope: Some(_) } => {
                (call.scope.clone(), find::named::<stored::RuleGroup>(call, name, id).await?)
            }
            Input { .. } => return Err(Error::one_way_to_name("RULE_GROUP").into()),
        };
        Ok(Output { rule_group: Some(RuleGroup::of(&group, &place)), lock_token: Some(group.entity.lock_token) })
    }
}
