//! CreateRegexPatternSet. <https://docs.aws.amazon.com/waf/latest/APIReference/API_CreateRegexPatternSet.html>

use base::Scope as Place;
use base::limits::REGEX_SETS_MAX;
use model::wafv2::RegexPatternSet;
use operation::{Call, Failure, Keys, Operation, Spec};

use super::Regex;
use crate::error::declared;
use crate::shapes::{Created, Scope, Summary, Tag};
use crate::{arn, find, rules, tags};

/// The operation.
pub(crate) struct CreateRegexPatternSet;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "CreateRegexPatternSetRequest", upper)]
pub(crate) struct Input {
    name: String,
    scope: Scope,
    description: Option<String>,
    regular_expression_list: Vec<Regex>,
    #[shape(default)]
    tags: Vec<Tag>,
}

impl Operation for CreateRegexPatternSet {
    const SPEC: Spec = Spec::write("CreateRegexPatternSet", "wafv2:CreateRegexPatternSet").errors(declared::CREATE_SET);
    type Input = Input;
    type Output = Created;

    fn resource(input: &Input, place: &Place) -> String {
        arn::new::<RegexPatternSet>(place, &input.name)
    }

    fn further(input: &Input, place: &Place) -> Vec<(&'static str, String)> {
        tags::further(&input.tags, Self::resource(input, place))
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        rules::tag_keys(keys, &input.tags)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited::<RegexPatternSet>(&input.name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Created, Failure> {
        rules::regional(input.scope)?;
        let patterns = super::patterns(&input.regular_expression_list)?;
        let common = (input.name.as_str(), input.description.as_deref(), &input.tags[..]);
        let entity = find::room_for::<RegexPatternSet>(call, common, REGEX_SETS_MAX).await?;
        let made = RegexPatternSet { entity, patterns };
        call.tx.put(&call.scope, &made)?;
        Ok(Created { summary: Some(Summary::of(&made, &call.scope)) })
    }
}
