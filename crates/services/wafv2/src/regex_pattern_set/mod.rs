//! Regex pattern sets. <https://docs.aws.amazon.com/waf/latest/developerguide/waf-regex-pattern-set-managing.html>

mod create;
mod get;
mod update;
mod delete;
mod list;
#[cfg(test)]
mod tests;

use base::Scope as Place;
use base::limits::REGEX_PATTERNS_MAX;
use model::wafv2 as stored;
use model::wafv2::Owned;
use operation::Registered;

use crate::engine;
use crate::error::Error;

pub(super) fn operations() -> Vec<Registered> {
    vec![
        Registered::of::<create::CreateRegexPatternSet>(),
        Registered::of::<get::GetRegexPatternSet>(),
        Registered::of::<update::UpdateRegexPatternSet>(),
        Registered::of::<delete::DeleteRegexPatternSet>(),
        Registered::of::<list::ListRegexPatternSets>(),
    ]
}

/// A pattern on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct Regex {
    regex_string: Option<String>,
}

/// A regex pattern set on the wire.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(upper)]
pub(crate) struct RegexPatternSet {
    name: Option<String>,
    id: Option<String>,
    #[shape(rename = "ARN")]
    arn: Option<String>,
    description: Option<String>,
    regular_expression_list: Option<Vec<Regex>>,
}

impl RegexPatternSet {
    fn of(set: &stored::RegexPatternSet, place: &Place) -> Self {
        let pattern = |pattern: &String| Regex { regex_string: Some(pattern.clone()) };
        Self {
            name: Some(set.entity.name.clone()),
            id: Some(set.entity.id.clone()),
            arn: Some(set.arn(place)),
            description: Some(set.entity.description.clone()),
            regular_expression_list: Some(set.patterns.iter().map(pattern).collect()),
        }
    }
}

/// Reads patterns that can be searched for in linear time.
fn patterns(list: &[Regex]) -> Result<Vec<String>, Error> {
    if list.len() > REGEX_PATTERNS_MAX {
        return Err(Error::Limits { what: format!("{REGEX_PATTERNS_MAX} patterns in a regex pattern set") });
    }
    let missing = || Error::parameter("REGEX_PATTERN_SET", "", "A pattern needs a RegexString");
    let text = |regex: &Regex| regex.regex_string.clone().ok_or_else(missing);
    let patterns = list.iter().map(text).collect::<Result<Vec<_>, _>>()?;
    engine::regex_patterns(&patterns)?;
    Ok(patterns)
}
