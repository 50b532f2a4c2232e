//! UpdateRegexPatternSet: its members are replaced as a whole. <https://docs.aws.amazon.com/waf/latest/APIReference/API_UpdateRegexPatternSet.html>

use base::Scope as Place;
use model::wafv2::RegexPatternSet;
use operation::{Call, Failure, Operation, Spec};

use super::Regex;
use crate::error::declared;
use crate::shapes::{Changed, Scope};
use crate::{arn, find, rules};

/// The operation.
pub(crate) struct UpdateRegexPatternSet;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateRegexPatternSetRequest", upper)]
pub(crate) struct Input {
    name: String,
    scope: Scope,
    id: String,
    description: Option<String>,
    regular_expression_list: Vec<Regex>,
    lock_token: String,
}

impl Operation for UpdateRegexPatternSet {
    const SPEC: Spec = Spec::write("UpdateRegexPatternSet", "wafv2:UpdateRegexPatternSet").errors(declared::UPDATE_SET);
    type Input = Input;
    type Output = Changed;

    fn resource(input: &Input, place: &Place) -> String {
        arn::of::<RegexPatternSet>(place, &input.name, &input.id)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited::<RegexPatternSet>(&input.name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Changed, Failure> {
        rules::regional(input.scope)?;
        let mut set = find::locked::<RegexPatternSet>(call, &input.name, &input.id, &input.lock_token).await?;
        set.entity.description = rules::description(input.description.as_deref())?;
        set.patterns = super::patterns(&input.regular_expression_list)?;
        call.tx.put(&call.scope, &set)?;
        Ok(Changed { next_lock_token: Some(set.entity.lock_token) })
    }
}
