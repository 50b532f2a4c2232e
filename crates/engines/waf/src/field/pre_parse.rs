//! What is done to the query as a whole before it is split into arguments.

use serde_json::Value;

use crate::invalid::Invalid;
use crate::transform::by_priority;

const FIELD: &str = "PRE_PARSE_TEXT_TRANSFORMATION";

/// AWS's `PreParseTextTransformations`, by ascending priority and without `NONE`.
/// <https://docs.aws.amazon.com/waf/latest/APIReference/API_PreParseTextTransformation.html>
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct PreParse(Box<[Step]>);

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    /// `NONE`.
    None,
    /// `URL_DECODE`.
    UrlDecode,
    /// `URL_DECODE_UNI`.
    UrlDecodeUni,
    /// `COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA`.
    CombineDuplicates,
    /// `REPLACE_SEMICOLONS_WITH_AMPERSANDS`.
    ReplaceSemicolons,
}

/// AWS's names.
const NAMES: [(&str, Step); 5] = [
    ("NONE", Step::None),
    ("URL_DECODE", Step::UrlDecode),
    ("URL_DECODE_UNI", Step::UrlDecodeUni),
    ("COMBINE_DUPLICATE_QUERY_ARGS_BY_COMMA", Step::CombineDuplicates),
    ("REPLACE_SEMICOLONS_WITH_AMPERSANDS", Step::ReplaceSemicolons),
];

impl PreParse {
    /// Reads AWS's list; an empty one does nothing.
    pub(crate) fn parse(value: &Value) -> Result<PreParse, Invalid> {
        let steps = by_priority(value, FIELD, "PreParseTextTransformations", &NAMES)?;
        Ok(PreParse(steps.into_iter().filter(|step| *step != Step::None).collect()))
    }

    /// The refusal of a statement that has them for a field that is not split into arguments.
    pub(crate) fn misplaced() -> Invalid {
        Invalid {
            field: FIELD,
            parameter: "PreParseTextTransformations".to_owned(),
            reason: "only SingleQueryArgument and AllQueryArguments take pre-parse text transformations".to_owned(),
        }
    }

    /// What is done, in order; without `NONE`.
    pub(crate) fn steps(&self) -> &[Step] {
        &self.0
    }

    /// How many there are, without `NONE`. AWS publishes no cost of them.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Nothing is done.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
