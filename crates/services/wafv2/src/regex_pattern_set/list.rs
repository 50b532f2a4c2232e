//! ListRegexPatternSets. <https://docs.aws.amazon.com/waf/latest/APIReference/API_ListRegexPatternSets.html>

use base::Scope as Place;
use model::wafv2::RegexPatternSet;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::shapes::{Scope, Summary};
use crate::{arn, page, rules};

/// The operation.
pub(crate) struct ListRegexPatternSets;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListRegexPatternSetsRequest", upper)]
pub(crate) struct Input {
    scope: Scope,
    next_marker: Option<String>,
    limit: Option<i32>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListRegexPatternSetsResponse", upper)]
pub(crate) struct Output {
    next_marker: Option<String>,
    #[shape(rename = "RegexPatternSets")]
    items: Vec<Summary>,
}

const NAME: &str = "wafv2:ListRegexPatternSets";

impl Operation for ListRegexPatternSets {
    const SPEC: Spec = Spec::read("ListRegexPatternSets", NAME).errors(declared::LIST);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, place: &Place) -> String {
        arn::anything(input, place)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        rules::regional(input.scope)?;
        let (items, next_marker) =
            page::summaries::<RegexPatternSet>(call, NAME, input.next_marker.as_deref(), input.limit).await?;
        Ok(Output { next_marker, items })
    }
}
