//! ListRuleGroups. <https://docs.aws.amazon.com/waf/latest/APIReference/API_ListRuleGroups.html>

use base::Scope as Place;
use model::wafv2::RuleGroup;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::shapes::{Scope, Summary};
use crate::{arn, page, rules};

/// The operation.
pub(crate) struct ListRuleGroups;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListRuleGroupsRequest", upper)]
pub(crate) struct Input {
    scope: Scope,
    next_marker: Option<String>,
    limit: Option<i32>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListRuleGroupsResponse", upper)]
pub(crate) struct Output {
    next_marker: Option<String>,
    #[shape(rename = "RuleGroups")]
    items: Vec<Summary>,
}

const NAME: &str = "wafv2:ListRuleGroups";

impl Operation for ListRuleGroups {
    const SPEC: Spec = Spec::read("ListRuleGroups", NAME).errors(declared::LIST);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        arn::anything(input, place)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        rules::regional(input.scope)?;
        let (items, next_marker) =
            page::summaries::<RuleGroup>(call, NAME, input.next_marker.as_deref(), input.limit).await?;
        Ok(Output { next_marker, items })
    }
}
