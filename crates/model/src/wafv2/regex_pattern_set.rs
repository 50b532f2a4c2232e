//! A regex pattern set: regular expressions that rules refer to.
//! <https://docs.aws.amazon.com/waf/latest/APIReference/API_RegexPatternSet.html>

use serde::{Deserialize, Serialize};

use super::{Entity, Owned};
use crate::Record;

/// A regex pattern set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegexPatternSet {
    /// Name, id, lock and tags.
    pub entity: Entity,
    /// The patterns, in the owner's own writing and order.
    pub patterns: Vec<String>,
}

impl Record for RegexPatternSet {
    const TABLE: &'static str = "wafv2.regex_pattern_set";

    fn id(&self) -> String {
        self.entity.name.clone()
    }
}

impl Owned for RegexPatternSet {
    const KIND: &'static str = "regexpatternset";
    const TYPE: &'static str = "AWS::WAFv2::RegexPatternSet";

    fn entity(&self) -> &Entity {
        &self.entity
    }

    fn entity_mut(&mut self) -> &mut Entity {
        &mut self.entity
    }
}
