//! DeleteRegexPatternSet: only what nothing uses. <https://docs.aws.amazon.com/waf/latest/APIReference/API_DeleteRegexPatternSet.html>

use base::Scope as Place;
use model::wafv2::RegexPatternSet;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::shapes::{Nothing, Scope};
use crate::{arn, find, rules};

/// The operation.
pub(crate) struct DeleteRegexPatternSet;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteRegexPatternSetRequest", upper)]
pub(crate) struct Input {
    name: String,
    scope: Scope,
    id: String,
    lock_token: String,
}

impl Operation for DeleteRegexPatternSet {
    const SPEC: Spec = Spec::write("DeleteRegexPatternSet", "wafv2:DeleteRegexPatternSet").errors(declared::DELETE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, place: &Place) -> String {
        arn::of::<RegexPatternSet>(place, &input.name, &input.id)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited::<RegexPatternSet>(&input.name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        rules::regional(input.scope)?;
        let found = find::locked::<RegexPatternSet>(call, &input.name, &input.id, &input.lock_token).await?;
        find::unused(call, &found).await?;
        find::remove(call, &found);
        Ok(Nothing)
    }
}
