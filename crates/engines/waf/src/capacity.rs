//! Capacity: what rules cost in AWS's web ACL capacity units (WCU).
//!
//! The costs are AWS's published ones. A transformation of a part of the request costs once, however many statements ask
//! for it. <https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html>

use std::collections::HashSet;

use crate::document::{
    Aggregation, ForwardedIpPosition, Inspected, IpSetMatch, PositionalConstraint, Rule, RuleGroup, Statement, invalid,
};
use crate::field::Field;
use crate::injection::Sensitivity;
use crate::invalid::Invalid;
use crate::managed;
use crate::references::References;
use crate::transform::TextTransformation;

/// What a web ACL may cost at most.
pub const WEB_ACL_MAX: u32 = 5_000;
/// What a rule group may cost at most.
pub const RULE_GROUP_MAX: u32 = 5_000;

const TRANSFORMATION: u32 = 10;
const ALL_ARGUMENTS: u32 = 10;

/// What rules cost together, in WCU. Rule groups cost what they cost, in a web ACL of their own.
pub fn weigh(rules: &[Rule], references: &dyn References) -> Result<u32, Invalid> {
    let mut scale = Scale { references, transformed: HashSet::new(), sum: 0 };
    for rule in rules {
        scale.weigh(&rule.statement)?;
    }
    Ok(scale.sum)
}

struct Scale<'a> {
    references: &'a dyn References,
    transformed: HashSet<(&'a Field, TextTransformation)>,
    sum: u32,
}

impl<'a> Scale<'a> {
    fn weigh(&mut self, statement: &'a Statement) -> Result<(), Invalid> {
        match statement {
            Statement::ByteMatch(it) => {
                let base = match it.constraint {
                    PositionalConstraint::Exactly
                    | PositionalConstraint::StartsWith
                    | PositionalConstraint::EndsWith => 2,
                    PositionalConstraint::Contains | PositionalConstraint::ContainsWord => 10,
                };
                self.inspect(&it.inspected, base);
            }
            Statement::RegexMatch(it) => self.inspect(&it.inspected, 3),
            Statement::Words(it) => self.inspect(&it.inspected, 3),
            Statement::RegexPatternSet(it) => self.inspect(&it.inspected, 25),
            Statement::Size(it) => self.inspect(&it.inspected, 1),
            Statement::Sqli(it) => self.inspect(
                &it.inspected,
                match it.sensitivity {
                    Sensitivity::Low => 20,
                    Sensitivity::High => 30,
                },
            ),
            Statement::Xss(it) => self.inspect(&it.inspected, 40),
            Statement::IpSet(it) => self.add(addresses(it)),
            Statement::Geo(_) | Statement::Asn(_) | Statement::Label(_) => self.add(1),
            Statement::RateBased(it) => {
                self.add(2);
                if let Aggregation::CustomKeys(keys) = &it.aggregation {
                    self.add(30 * u32::try_from(keys.len()).unwrap_or(u32::MAX));
                }
                it.scope_down.as_ref().map_or(Ok(()), |scope| self.weigh(scope))?;
            }
            Statement::RuleGroup(it) => {
                let group = self.references.rule_group(&it.arn);
                let group = group
                    .ok_or_else(|| invalid("RULE_GROUP_REFERENCE_STATEMENT", &*it.arn, "no rule group has this ARN"))?;
                self.add(self.of_group(&group)?);
            }
            Statement::Managed(it) => {
                let group = managed::find(&it.vendor, &it.name, it.version.as_deref());
                let group = group.ok_or_else(|| {
                    invalid(
                        "MANAGED_RULE_SET_STATEMENT",
                        &*it.name,
                        "there is no such managed rule group, or version of it",
                    )
                })?;
                self.add(group.capacity);
                it.scope_down.as_ref().map_or(Ok(()), |scope| self.weigh(scope))?;
            }
            Statement::And(several) | Statement::Or(several) => {
                several.iter().try_for_each(|one| self.weigh(one))?;
            }
            Statement::Not(one) => self.weigh(one)?,
        }
        Ok(())
    }

    fn of_group(&self, group: &RuleGroup) -> Result<u32, Invalid> {
        match group.capacity {
            Some(capacity) => Ok(capacity),
            None => weigh(&group.rules, self.references),
        }
    }

    fn inspect(&mut self, inspected: &'a Inspected, base: u32) {
        let field = &inspected.field.field;
        self.add(match field {
            Field::JsonBody { .. } => base * 2,
            Field::AllQueryArguments { .. } => base + ALL_ARGUMENTS,
            Field::Method
            | Field::UriPath
            | Field::QueryString
            | Field::SingleQueryArgument { .. }
            | Field::SingleHeader(_)
            | Field::Headers { .. }
            | Field::Cookies { .. }
            | Field::HeaderOrder
            | Field::ArgumentNames
            | Field::BodyValues
            | Field::Body => base,
        });
        for step in inspected.chain.steps() {
            if self.transformed.insert((field, *step)) {
                self.add(TRANSFORMATION);
            }
        }
    }

    fn add(&mut self, units: u32) {
        self.sum = self.sum.saturating_add(units);
    }
}

/// Ten addresses of a header cost more than one.
fn addresses(it: &IpSetMatch) -> u32 {
    match it.forwarded.as_ref().map(|forwarded| forwarded.position) {
        Some(ForwardedIpPosition::Any) => 5,
        None | Some(ForwardedIpPosition::First | ForwardedIpPosition::Last) => 1,
    }
}

#[cfg(test)]
mod tests;
