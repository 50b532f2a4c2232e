//! Statements: what a rule looks for, and how statements are combined.

use std::sync::Arc;

use serde_json::Value;

use super::{
    AsnMatch, ByteMatch, GeoMatch, Inspected, IpSetMatch, ManagedReference, Overrides, RateBased, RegexMatch,
    RegexPatternSetMatch, RuleGroupReference, SizeConstraint, SqliMatch, WordsMatch, XssMatch, invalid, list,
};
use crate::invalid::Invalid;
use crate::label::LabelMatch;
use crate::strict::Members;

const FIELD: &str = "STATEMENT";
/// Deeper than anybody nests, and shallow enough for every walk of the tree.
const DEPTH_MAX: usize = 16;
/// More than 5,000 WCU could hold.
const STATEMENTS_MAX: usize = 5_000;
const NAMES: [&str; 16] = [
    "ByteMatchStatement",
    "RegexMatchStatement",
    "RegexPatternSetReferenceStatement",
    "SizeConstraintStatement",
    "SqliMatchStatement",
    "XssMatchStatement",
    "IPSetReferenceStatement",
    "GeoMatchStatement",
    "AsnMatchStatement",
    "LabelMatchStatement",
    "RateBasedStatement",
    "RuleGroupReferenceStatement",
    "ManagedRuleGroupStatement",
    "AndStatement",
    "OrStatement",
    "NotStatement",
];

/// A statement. <https://docs.aws.amazon.com/waf/latest/APIReference/API_Statement.html>
#[derive(Debug, Clone)]
pub enum Statement {
    /// A text stands in it.
    ByteMatch(ByteMatch),
    /// A regular expression matches it.
    RegexMatch(RegexMatch),
    /// A regular expression of a set matches it.
    RegexPatternSet(RegexPatternSetMatch),
    /// It begins with one of many words. AWS has no such statement; managed groups alone make it.
    Words(WordsMatch),
    /// It is as long.
    Size(SizeConstraint),
    /// It injects SQL.
    Sqli(SqliMatch),
    /// It injects a script.
    Xss(XssMatch),
    /// It comes from these addresses.
    IpSet(IpSetMatch),
    /// It comes from these countries.
    Geo(GeoMatch),
    /// It comes from these networks.
    Asn(AsnMatch),
    /// An earlier rule labelled it.
    Label(LabelMatch),
    /// There are too many of its kind.
    RateBased(Box<RateBased>),
    /// The rules of a group.
    RuleGroup(RuleGroupReference),
    /// The rules of a managed group.
    Managed(Box<ManagedReference>),
    /// All of these.
    And(Vec<Statement>),
    /// One of these.
    Or(Vec<Statement>),
    /// Not this.
    Not(Box<Statement>),
}

/// Where a statement stands: not every kind may stand everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// A web ACL's rule.
    WebAclRule,
    /// A rule group's rule.
    GroupRule,
    /// Inside another statement.
    Nested,
}

/// How far a walk has come; both ways a document could grow are bounded.
#[derive(Debug, Default)]
pub(super) struct Depth {
    level: usize,
    statements: usize,
}

impl Statement {
    pub(super) fn parse(value: &Value, place: Place, depth: &mut Depth) -> Result<Statement, Invalid> {
        depth.statements += 1;
        if depth.level >= DEPTH_MAX || depth.statements > STATEMENTS_MAX {
            return Err(invalid(FIELD, "Statement", "statements are nested too deep, or there are too many of them"));
        }
        depth.level += 1;
        let (name, value) = Members::read(value, FIELD, "Statement", &NAMES)?.only()?;
        let statement = match name {
            "ByteMatchStatement" => Statement::ByteMatch(ByteMatch::parse(value)?),
            "RegexMatchStatement" => Statement::RegexMatch(RegexMatch::parse(value)?),
            "RegexPatternSetReferenceStatement" => Statement::RegexPatternSet(RegexPatternSetMatch::parse(value)?),
            "SizeConstraintStatement" => Statement::Size(SizeConstraint::parse(value)?),
            "SqliMatchStatement" => Statement::Sqli(SqliMatch::parse(value)?),
            "XssMatchStatement" => Statement::Xss(XssMatch::parse(value)?),
            "IPSetReferenceStatement" => Statement::IpSet(IpSetMatch::parse(value)?),
            "GeoMatchStatement" => Statement::Geo(GeoMatch::parse(value)?),
            "AsnMatchStatement" => Statement::Asn(AsnMatch::parse(value)?),
            "LabelMatchStatement" => Statement::Label(LabelMatch::parse(value)?),
            "AndStatement" => Statement::And(several(value, "AND_STATEMENT", "AndStatement", depth)?),
            "OrStatement" => Statement::Or(several(value, "OR_STATEMENT", "OrStatement", depth)?),
            "NotStatement" => {
                let members = Members::read(value, "NOT_STATEMENT", "NotStatement", &["Statement"])?;
                Statement::Not(Box::new(Statement::parse(members.required("Statement")?, Place::Nested, depth)?))
            }
            "RateBasedStatement" if place != Place::Nested => {
                Statement::RateBased(Box::new(RateBased::parse(value, depth)?))
            }
            "RuleGroupReferenceStatement" if place == Place::WebAclRule => {
                Statement::RuleGroup(RuleGroupReference::parse(value)?)
            }
            "ManagedRuleGroupStatement" if place == Place::WebAclRule => {
                Statement::Managed(Box::new(ManagedReference::parse(value, depth)?))
            }
            misplaced => return Err(invalid(FIELD, misplaced, "a statement of this kind can't stand here")),
        };
        depth.level -= 1;
        Ok(statement)
    }

    /// A scope-down statement: any that may be nested.
    pub(super) fn scope_down(members: &Members<'_>, depth: &mut Depth) -> Result<Option<Statement>, Invalid> {
        let statement = members.get("ScopeDownStatement");
        statement.map(|statement| Statement::parse(statement, Place::Nested, depth)).transpose()
    }

    /// It stands for the rules of a group.
    pub fn refers_to_a_group(&self) -> bool {
        matches!(self, Statement::RuleGroup(_) | Statement::Managed(_))
    }

    /// What the rules of a group do otherwise.
    pub(super) fn overrides(&self) -> Option<&Overrides> {
        match self {
            Statement::RuleGroup(it) => Some(&it.overrides),
            Statement::Managed(it) => Some(&it.overrides),
            Statement::ByteMatch(_)
            | Statement::RegexMatch(_)
            | Statement::RegexPatternSet(_)
            | Statement::Words(_)
            | Statement::Size(_)
            | Statement::Sqli(_)
            | Statement::Xss(_)
            | Statement::IpSet(_)
            | Statement::Geo(_)
            | Statement::Asn(_)
            | Statement::Label(_)
            | Statement::RateBased(_)
            | Statement::And(_)
            | Statement::Or(_)
            | Statement::Not(_) => None,
        }
    }

    /// The ARN it names itself.
    pub(super) fn reference(&self) -> Option<&str> {
        let arn: &Arc<str> = match self {
            Statement::IpSet(it) => &it.arn,
            Statement::RegexPatternSet(it) => &it.arn,
            Statement::RuleGroup(it) => &it.arn,
            Statement::ByteMatch(_)
            | Statement::RegexMatch(_)
            | Statement::Words(_)
            | Statement::Size(_)
            | Statement::Sqli(_)
            | Statement::Xss(_)
            | Statement::Geo(_)
            | Statement::Asn(_)
            | Statement::Label(_)
            | Statement::RateBased(_)
            | Statement::Managed(_)
            | Statement::And(_)
            | Statement::Or(_)
            | Statement::Not(_) => return None,
        };
        Some(arn)
    }

    /// This statement after all that stand within it and itself were replaced.
    pub(crate) fn replaced(self, with: &dyn Fn(Statement) -> Result<Statement, Invalid>) -> Result<Statement, Invalid> {
        let all = |several: Vec<Statement>| -> Result<Vec<Statement>, Invalid> {
            several.into_iter().map(|one| one.replaced(with)).collect()
        };
        match self {
            Statement::And(several) => Ok(Statement::And(all(several)?)),
            Statement::Or(several) => Ok(Statement::Or(all(several)?)),
            Statement::Not(one) => Ok(Statement::Not(Box::new(one.replaced(with)?))),
            Statement::RateBased(mut it) => {
                it.scope_down = it.scope_down.map(|scope| scope.replaced(with)).transpose()?;
                Ok(Statement::RateBased(it))
            }
            Statement::Managed(mut it) => {
                it.scope_down = it.scope_down.map(|scope| scope.replaced(with)).transpose()?;
                Ok(Statement::Managed(it))
            }
            leaf @ (Statement::ByteMatch(_)
            | Statement::RegexMatch(_)
            | Statement::RegexPatternSet(_)
            | Statement::Words(_)
            | Statement::Size(_)
            | Statement::Sqli(_)
            | Statement::Xss(_)
            | Statement::IpSet(_)
            | Statement::Geo(_)
            | Statement::Asn(_)
            | Statement::Label(_)
            | Statement::RuleGroup(_)) => with(leaf),
        }
    }

    /// What it inspects, if it looks into a part of the request.
    pub(crate) fn inspected_mut(&mut self) -> Option<&mut Inspected> {
        match self {
            Statement::ByteMatch(it) => Some(&mut it.inspected),
            Statement::RegexMatch(it) => Some(&mut it.inspected),
            Statement::RegexPatternSet(it) => Some(&mut it.inspected),
            Statement::Words(it) => Some(&mut it.inspected),
            Statement::Size(it) => Some(&mut it.inspected),
            Statement::Sqli(it) => Some(&mut it.inspected),
            Statement::Xss(it) => Some(&mut it.inspected),
            Statement::IpSet(_)
            | Statement::Geo(_)
            | Statement::Asn(_)
            | Statement::Label(_)
            | Statement::RateBased(_)
            | Statement::RuleGroup(_)
            | Statement::Managed(_)
            | Statement::And(_)
            | Statement::Or(_)
            | Statement::Not(_) => None,
        }
    }

    /// Shows this statement and all within it, from the outside in.
    pub fn visit<'a>(&'a self, see: &mut dyn FnMut(&'a Statement)) {
        see(self);
        match self {
            Statement::And(several) | Statement::Or(several) => several.iter().for_each(|one| one.visit(see)),
            Statement::Not(one) => one.visit(see),
            Statement::RateBased(it) => it.scope_down.iter().for_each(|one| one.visit(see)),
            Statement::Managed(it) => it.scope_down.iter().for_each(|one| one.visit(see)),
            Statement::ByteMatch(_)
            | Statement::RegexMatch(_)
            | Statement::RegexPatternSet(_)
            | Statement::Words(_)
            | Statement::Size(_)
            | Statement::Sqli(_)
            | Statement::Xss(_)
            | Statement::IpSet(_)
            | Statement::Geo(_)
            | Statement::Asn(_)
            | Statement::Label(_)
            | Statement::RuleGroup(_) => {}
        }
    }
}

fn several(
    value: &Value,
    field: &'static str,
    parameter: &'static str,
    depth: &mut Depth,
) -> Result<Vec<Statement>, Invalid> {
    let members = Members::read(value, field, parameter, &["Statements"])?;
    let statements = list(members.required("Statements")?, field, "Statements")?;
    if statements.len() < 2 {
        return Err(invalid(
            field,
            statements.len().to_string(),
            format!("{parameter} combines two statements or more"),
        ));
    }
    statements.iter().map(|statement| Statement::parse(statement, Place::Nested, depth)).collect()
}
