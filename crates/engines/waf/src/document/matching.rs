//! Statements that look into a part of the request.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Pattern, arn, invalid, number};
use crate::field::FieldToMatch;
use crate::injection::Sensitivity;
use crate::invalid::Invalid;
use crate::strict::{Members, choice};
use crate::transform::Chain;
use crate::words::Words;

const SEARCH_BYTES_MAX: usize = 200;

/// What is inspected, and what is done to it before.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Inspected {
    /// The part of the request, and what holds where it is too long.
    pub field: FieldToMatch,
    /// What is done to each value of it.
    pub chain: Chain,
}

/// The members that every statement of this kind has.
const INSPECTED: [&str; 3] = ["FieldToMatch", "TextTransformations", "PreParseTextTransformations"];

impl Inspected {
    fn parse(members: &Members<'_>) -> Result<Inspected, Invalid> {
        let before = members.get("PreParseTextTransformations");
        Ok(Inspected {
            field: FieldToMatch::parse(members.required("FieldToMatch")?, before)?,
            chain: Chain::parse(members.required("TextTransformations")?)?,
        })
    }
}

fn read<'a, const N: usize>(
    value: &'a Value,
    field: &'static str,
    parameter: &'static str,
    own: [&'static str; N],
) -> Result<(Members<'a>, Inspected), Invalid> {
    let known: Vec<&str> = INSPECTED.into_iter().chain(own).collect();
    let members = Members::read(value, field, parameter, &known)?;
    let inspected = Inspected::parse(&members)?;
    Ok((members, inspected))
}

/// A text stands in it. <https://docs.aws.amazon.com/waf/latest/APIReference/API_ByteMatchStatement.html>
#[derive(Debug, Clone)]
pub struct ByteMatch {
    /// Where.
    pub inspected: Inspected,
    /// 1 to 200 bytes, compared as they are.
    pub search: Arc<[u8]>,
    /// In which place.
    pub constraint: PositionalConstraint,
}

/// In which place of a value a text must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PositionalConstraint {
    /// It is the value.
    Exactly,
    /// The value begins with it.
    StartsWith,
    /// The value ends with it.
    EndsWith,
    /// It is in the value.
    Contains,
    /// It is in the value, and neither a letter, a digit nor `_` stands beside it.
    ContainsWord,
}

impl ByteMatch {
    pub(super) fn parse(value: &Value) -> Result<ByteMatch, Invalid> {
        const FIELD: &str = "BYTE_MATCH_STATEMENT";
        const CONSTRAINTS: [(&str, PositionalConstraint); 5] = [
            ("EXACTLY", PositionalConstraint::Exactly),
            ("STARTS_WITH", PositionalConstraint::StartsWith),
            ("ENDS_WITH", PositionalConstraint::EndsWith),
            ("CONTAINS", PositionalConstraint::Contains),
            ("CONTAINS_WORD", PositionalConstraint::ContainsWord),
        ];
        let own = ["SearchString", "PositionalConstraint"];
        let (members, inspected) = read(value, FIELD, "ByteMatchStatement", own)?;
        let encoded = members.required("SearchString")?.as_str();
        let search = encoded.and_then(|encoded| STANDARD.decode(encoded).ok());
        let search = search.ok_or_else(|| invalid(FIELD, "SearchString", "SearchString is base64"))?;
        if search.is_empty() || search.len() > SEARCH_BYTES_MAX {
            return Err(invalid(FIELD, "SearchString", "SearchString has 1 to 200 bytes"));
        }
        let constraint = choice(members.required("PositionalConstraint")?, FIELD, &CONSTRAINTS)?;
        if constraint == PositionalConstraint::ContainsWord && !search.iter().copied().all(is_word) {
            return Err(invalid(FIELD, "SearchString", "a word consists of letters, digits and _"));
        }
        Ok(ByteMatch { inspected, search: search.into(), constraint })
    }
}

/// What words are made of.
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// A regular expression matches it.
/// <https://docs.aws.amazon.com/waf/latest/APIReference/API_RegexMatchStatement.html>
#[derive(Debug, Clone)]
pub struct RegexMatch {
    /// Where.
    pub inspected: Inspected,
    /// The expression.
    pub pattern: Pattern,
}

impl RegexMatch {
    pub(super) fn parse(value: &Value) -> Result<RegexMatch, Invalid> {
        let (members, inspected) = read(value, "STATEMENT", "RegexMatchStatement", ["RegexString"])?;
        Ok(RegexMatch { inspected, pattern: Pattern::parse(members.required("RegexString")?)? })
    }
}

/// A regular expression of a set matches it.
/// <https://docs.aws.amazon.com/waf/latest/APIReference/API_RegexPatternSetReferenceStatement.html>
#[derive(Debug, Clone)]
pub struct RegexPatternSetMatch {
    /// Where.
    pub inspected: Inspected,
    /// The set.
    pub arn: Arc<str>,
}

impl RegexPatternSetMatch {
    pub(super) fn parse(value: &Value) -> Result<RegexPatternSetMatch, Invalid> {
        const FIELD: &str = "REGEX_PATTERN_REFERENCE_STATEMENT";
        let (members, inspected) = read(value, FIELD, "RegexPatternSetReferenceStatement", ["ARN"])?;
        Ok(RegexPatternSetMatch { inspected, arn: arn(members.required("ARN")?, FIELD)? })
    }
}

/// It begins with one of many words, and behind that word with what must follow.
#[derive(Debug, Clone)]
pub struct WordsMatch {
    /// Where.
    pub inspected: Inspected,
    /// The words.
    pub(crate) words: Arc<Words>,
}

/// It is as long. <https://docs.aws.amazon.com/waf/latest/APIReference/API_SizeConstraintStatement.html>
#[derive(Debug, Clone)]
pub struct SizeConstraint {
    /// Of what.
    pub inspected: Inspected,
    /// How the value's bytes compare with `size`.
    pub comparison: ComparisonOperator,
    /// In bytes.
    pub size: u64,
}

/// How a size compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ComparisonOperator {
    /// Equal.
    Eq,
    /// Not equal.
    Ne,
    /// Less or equal.
    Le,
    /// Less.
    Lt,
    /// Greater or equal.
    Ge,
    /// Greater.
    Gt,
}

impl ComparisonOperator {
    /// `left OPERATOR right`.
    pub fn holds(self, left: u64, right: u64) -> bool {
        match self {
            ComparisonOperator::Eq => left == right,
            ComparisonOperator::Ne => left != right,
            ComparisonOperator::Le => left <= right,
            ComparisonOperator::Lt => left < right,
            ComparisonOperator::Ge => left >= right,
            ComparisonOperator::Gt => left > right,
        }
    }
}

impl SizeConstraint {
    pub(super) fn parse(value: &Value) -> Result<SizeConstraint, Invalid> {
        const FIELD: &str = "SIZE_CONSTRAINT_STATEMENT";
        const SIZE_MAX: u64 = 21_474_836_480;
        const COMPARISONS: [(&str, ComparisonOperator); 6] = [
            ("EQ", ComparisonOperator::Eq),
            ("NE", ComparisonOperator::Ne),
            ("LE", ComparisonOperator::Le),
            ("LT", ComparisonOperator::Lt),
            ("GE", ComparisonOperator::Ge),
            ("GT", ComparisonOperator::Gt),
        ];
        let (members, inspected) = read(value, FIELD, "SizeConstraintStatement", ["ComparisonOperator", "Size"])?;
        Ok(SizeConstraint {
            inspected,
            comparison: choice(members.required("ComparisonOperator")?, FIELD, &COMPARISONS)?,
            size: number(members.required("Size")?, FIELD, "Size", 0..=SIZE_MAX)?,
        })
    }
}

/// It injects SQL. <https://docs.aws.amazon.com/waf/latest/APIReference/API_SqliMatchStatement.html>
#[derive(Debug, Clone)]
pub struct SqliMatch {
    /// Where.
    pub inspected: Inspected,
    /// How much is suspected.
    pub sensitivity: Sensitivity,
}

impl SqliMatch {
    pub(super) fn parse(value: &Value) -> Result<SqliMatch, Invalid> {
        const FIELD: &str = "SQLI_MATCH_STATEMENT";
        const LEVELS: [(&str, Sensitivity); 2] = [("LOW", Sensitivity::Low), ("HIGH", Sensitivity::High)];
        let (members, inspected) = read(value, FIELD, "SqliMatchStatement", ["SensitivityLevel"])?;
        let level = members.get("SensitivityLevel");
        let sensitivity = level.map_or(Ok(Sensitivity::Low), |level| choice(level, FIELD, &LEVELS))?;
        Ok(SqliMatch { inspected, sensitivity })
    }
}

/// It injects a script. <https://docs.aws.amazon.com/waf/latest/APIReference/API_XssMatchStatement.html>
#[derive(Debug, Clone)]
pub struct XssMatch {
    /// Where.
    pub inspected: Inspected,
}

impl XssMatch {
    pub(super) fn parse(value: &Value) -> Result<XssMatch, Invalid> {
        let (_, inspected) = read(value, "XSS_MATCH_STATEMENT", "XssMatchStatement", [])?;
        Ok(XssMatch { inspected })
    }
}
