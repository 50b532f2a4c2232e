//! A second opinion: rules evaluated straight from the document, everything made anew for every statement, nothing
//! screened, nothing remembered.

use std::net::IpAddr;
use std::sync::Arc;

use super::{Sent, World};
use crate::document::{
    Behaviour, ByteMatch, DefaultAction, Inspected, PositionalConstraint, Rule, RuleAction, Statement, WebAcl,
};
use crate::field::{Extent, Extracted, Field, InvalidFallbackBehavior, OversizeHandling};
use crate::judge::truth::Truth;
use crate::{Facts, References, Request, Token, injection};

/// What `told` says of the judgement.
pub(super) fn told(acl: &WebAcl, sent: &Sent, world: &World) -> String {
    sent.seen(|request| {
        let mut labels: Vec<String> = Vec::new();
        let mut others = Vec::new();
        let own = acl.label_namespace.as_deref().unwrap_or("");
        let ended = walk(&acl.rules, own, request, world, &mut labels, &mut others, None);
        let ended = ended.unwrap_or_else(|| match &acl.default_action {
            DefaultAction::Allow(_) => "allow by default".to_owned(),
            DefaultAction::Block(_) => "block by default".to_owned(),
        });
        let labels = labels.iter().map(|label| format!("+{}", label.strip_prefix(super::OWN).unwrap_or(label)));
        [ended].into_iter().chain(others).chain(labels).collect::<Vec<_>>().join("; ")
    })
}

fn walk(
    rules: &[Rule],
    own: &str,
    request: &Request<'_>,
    world: &World,
    labels: &mut Vec<String>,
    others: &mut Vec<String>,
    group: Option<&str>,
) -> Option<String> {
    for rule in rules {
        if let Statement::RuleGroup(it) = &rule.statement {
            let inner = world.rule_group(&it.arn).unwrap();
            let namespace = inner.label_namespace.as_deref().unwrap();
            let mut silent = Vec::new();
            let ended = walk(&inner.rules, namespace, request, world, labels, &mut silent, Some(&rule.name));
            match (ended, &rule.behaviour) {
                (Some(_), Behaviour::Count) => others.push(format!("{} COUNT", rule.name)),
                (Some(ended), _) => return Some(ended),
                (None, _) => {}
            }
            continue;
        }
        if truth(&rule.statement, own, request, world, labels) != Truth::YES {
            continue;
        }
        for label in &rule.labels {
            let label = format!("{own}{label}");
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        let Behaviour::Act(action) = &rule.behaviour else { panic!("no group") };
        let by = group.unwrap_or(&rule.name);
        match action {
            RuleAction::Allow(_) => return Some(format!("allow by {by}")),
            RuleAction::Block(_) => return Some(format!("block by {by}")),
            RuleAction::Captcha(_) | RuleAction::Challenge(_) if !matches!(world.token, Token::Valid { .. }) => {
                let name = if matches!(action, RuleAction::Captcha(_)) { "captcha" } else { "challenge" };
                return Some(format!("{name} {:?} by {by}", world.token));
            }
            RuleAction::Count(_) | RuleAction::Captcha(_) | RuleAction::Challenge(_) => {
                others.push(format!("{} {}", rule.name, action.name()));
            }
        }
    }
    None
}

fn truth(statement: &Statement, own: &str, request: &Request<'_>, world: &World, labels: &mut Vec<String>) -> Truth {
    match statement {
        Statement::ByteMatch(it) => of_values(&it.inspected, request, &|value| holds(it, value)),
        Statement::RegexMatch(it) => {
            of_values(&it.inspected, request, &|value| it.pattern.regex.is_match_unbounded(value))
        }
        Statement::RegexPatternSet(it) => {
            let set = world.regex_patterns(&it.arn).unwrap();
            of_values(&it.inspected, request, &|value| {
                set.patterns.iter().any(|pattern| pattern.regex.is_match_unbounded(value))
            })
        }
        Statement::Size(it) => {
            of_values(&it.inspected, request, &|value| it.comparison.holds(value.len() as u64, it.size))
        }
        Statement::Sqli(it) => {
            of_values(&it.inspected, request, &|value| injection::sqli(value, it.sensitivity).is_some())
        }
        Statement::Xss(it) => of_values(&it.inspected, request, &|value| injection::xss(value).is_some()),
        Statement::IpSet(it) => {
            let set = world.ip_set(&it.arn).unwrap();
            match &it.forwarded {
                None => Truth::of(set.contains(request.client)),
                Some(forwarded) => match first_address(request, &forwarded.header.name) {
                    None => Truth::ABSENT,
                    Some(Err(())) => Truth::of(forwarded.header.fallback_matches),
                    Some(Ok(address)) => Truth::of(set.contains(address)),
                },
            }
        }
        Statement::Geo(it) => {
            let found = world.country(request.client);
            let code = found.map_or("XX".to_owned(), |found| String::from_utf8_lossy(&found.code).into_owned());
            let region = found.map_or("XX".to_owned(), |found| String::from_utf8_lossy(&found.region).into_owned());
            let mut add = |label: String| {
                if !labels.contains(&label) {
                    labels.push(label);
                }
            };
            add(format!("awswaf:clientip:geo:country:{code}"));
            if !region.starts_with('\0') {
                add(format!("awswaf:clientip:geo:region:{code}-{}", region.trim_end_matches('\0')));
            }
            Truth::of(found.is_some_and(|found| it.countries.contains(&found.code)))
        }
        Statement::Label(it) => Truth::of(labels.iter().any(|label| it.holds(label, own))),
        Statement::And(several) => several.iter().fold(Truth::YES, |sum, one| {
            if sum == Truth::NO { sum } else { sum.and(truth(one, own, request, world, labels)) }
        }),
        Statement::Or(several) => several.iter().fold(Truth::NO, |sum, one| {
            if sum == Truth::YES { sum } else { sum.or(truth(one, own, request, world, labels)) }
        }),
        Statement::Not(one) => !truth(one, own, request, world, labels),
        Statement::Words(it) => of_values(&it.inspected, request, &|value| it.words.is_match_naively(value)),
        Statement::Asn(_) | Statement::RateBased(_) | Statement::RuleGroup(_) | Statement::Managed(_) => {
            panic!("not among the generated ones")
        }
    }
}

fn of_values(inspected: &Inspected, request: &Request<'_>, holds: &dyn Fn(&[u8]) -> bool) -> Truth {
    let mut extracted = Extracted::default();
    inspected.field.field.extract(request, &mut extracted);
    if extracted.extent() == Extent::Oversize {
        match inspected.field.oversize {
            OversizeHandling::Continue => {}
            OversizeHandling::Match => return Truth::YES,
            OversizeHandling::NoMatch => return Truth::NO,
        }
    }
    if extracted.broken().is_some() {
        match inspected.field.invalid {
            None => {}
            Some(InvalidFallbackBehavior::Match) => return Truth::YES,
            Some(InvalidFallbackBehavior::NoMatch) => return Truth::NO,
            Some(InvalidFallbackBehavior::EvaluateAsString) => Field::Body.extract(request, &mut extracted),
        }
    }
    let transformed = |value: &[u8]| {
        inspected.chain.steps().iter().fold(value.to_vec(), |value, step| step.apply(&value).into_owned())
    };
    Truth::of(extracted.values(request).any(|value| holds(&transformed(value.bytes))))
}

fn holds(it: &ByteMatch, value: &[u8]) -> bool {
    let text: &Arc<[u8]> = &it.search;
    let mut places = (0..=value.len()).filter(|at| value[*at..].starts_with(text));
    let word = |at: Option<usize>| {
        at.and_then(|at| value.get(at)).is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
    };
    match it.constraint {
        PositionalConstraint::Exactly => value == &**text,
        PositionalConstraint::StartsWith => places.any(|at| at == 0),
        PositionalConstraint::EndsWith => places.any(|at| at + text.len() == value.len()),
        PositionalConstraint::Contains => places.next().is_some(),
        PositionalConstraint::ContainsWord => places.any(|at| !word(at.checked_sub(1)) && !word(Some(at + text.len()))),
    }
}

/// `None` without the header; an error where it holds no address.
fn first_address(request: &Request<'_>, name: &str) -> Option<Result<IpAddr, ()>> {
    let header = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name.as_bytes()))?;
    let first = header.value.split(|byte| *byte == b',').next()?;
    Some(std::str::from_utf8(first.trim_ascii()).ok().and_then(|text| text.parse().ok()).ok_or(()))
}
