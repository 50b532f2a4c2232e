//! Regular expressions: read in AWS's dialect, kept compiled, and shared by all who use the document.

use std::sync::Arc;

use serde_json::Value;

use super::{dialect, invalid};
use crate::invalid::Invalid;
use crate::regex::Regex;
use crate::strict::{shortened, written};

const CHARACTERS_MAX: usize = 512;
const PATTERNS_MAX: usize = 10;

/// A regular expression.
#[derive(Debug, Clone)]
pub struct Pattern {
    /// As it was written.
    pub source: Arc<str>,
    /// Compiled once, whoever else asks for the same.
    pub(crate) regex: Arc<Regex>,
}

impl Pattern {
    pub(super) fn parse(value: &Value) -> Result<Pattern, Invalid> {
        const FIELD: &str = "STATEMENT";
        let source = value.as_str().ok_or_else(|| invalid(FIELD, written(value), "RegexString is a string"))?;
        Pattern::read(source, FIELD)
    }

    /// An expression of a managed group's file.
    pub(crate) fn of_managed_group(source: &str) -> Result<Pattern, Invalid> {
        Pattern::read(source, "MANAGED_RULE_SET")
    }

    fn read(source: &str, field: &'static str) -> Result<Pattern, Invalid> {
        let characters = source.chars().count();
        if characters == 0 || characters > CHARACTERS_MAX {
            return Err(invalid(field, shortened(source), "a regular expression has 1 to 512 characters"));
        }
        let regex = dialect::translated(source).and_then(|ours| Regex::shared(&ours));
        match regex {
            Ok(regex) => Ok(Pattern { source: source.into(), regex }),
            Err(reason) => {
                let reason = format!("the regular expression isn't valid or uses what is not supported: {reason}");
                Err(invalid(field, shortened(source), reason))
            }
        }
    }
}

/// A set of regular expressions.
/// <https://docs.aws.amazon.com/waf/latest/APIReference/API_RegexPatternSet.html>
#[derive(Debug, Clone)]
pub struct RegexPatterns {
    /// At most ten.
    pub patterns: Vec<Pattern>,
}

impl RegexPatterns {
    /// Reads the texts of AWS's `RegularExpressionList`. What cannot be matched in linear time is refused.
    pub fn parse(sources: &[String]) -> Result<RegexPatterns, Invalid> {
        const FIELD: &str = "REGEX_PATTERN_SET";
        if sources.len() > PATTERNS_MAX {
            return Err(invalid(FIELD, sources.len().to_string(), "a set holds at most 10 regular expressions"));
        }
        let patterns = sources.iter().map(|source| Pattern::read(source, FIELD)).collect::<Result<_, _>>()?;
        Ok(RegexPatterns { patterns })
    }
}
