//! GetRegexPatternSet. <https://docs.aws.amazon.com/waf/latest/APIReference/API_GetRegexPatternSet.html>

use base::Scope as Place;
use model::wafv2 as stored;
use operation::{Call, Failure, Operation, Spec};

use super::RegexPatternSet;
use crate::error::declared;
use crate::shapes::Scope;
use crate::{arn, find, rules};

/// The operation.
pub(crate) struct GetRegexPatternSet;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetRegexPatternSetRequest", upper)]
pub(crate) struct Input {
    name: String,
    scope: Scope,
    id: String,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetRegexPatternSetResponse", upper)]
pub(crate) struct Output {
    #[shape(rename = "RegexPatternSet")]
    set: Option<RegexPatternSet>,
    lock_token: Option<String>,
}

impl Operation for GetRegexPatternSet {
    const SPEC: Spec = Spec::read("GetRegexPatternSet", "wafv2:GetRegexPatternSet").errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        arn::of::<stored::RegexPatternSet>(place, &input.name, &input.id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        rules::regional(input.scope)?;
        let set = find::named::<stored::RegexPatternSet>(call, &input.name, &input.id).await?;
        Ok(Output { set: Some(RegexPatternSet::of(&set, &call.scope)), lock_token: Some(set.entity.lock_token) })
    }
}
