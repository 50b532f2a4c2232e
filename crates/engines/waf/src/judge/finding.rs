//! Findings: what matched and where, for the owner's records. Made only for rules that match.

use super::Judge;
use super::condition::{Inspected, place_of};
use super::contents::mask;
use super::truth::Truth;
use crate::compile::{Look, Test, place};
use crate::injection::Sensitivity;
use crate::judgement::Finding;

/// A record is no place for a whole body.
const MATCHED_BYTES_MAX: usize = 100;
/// More findings explain nothing more.
const FINDINGS_MAX: usize = 20;

impl<'a> Judge<'a> {
    /// What made a rule match. Only what was looked at is shown; what is negated holds by finding nothing.
    pub(super) fn findings(&mut self, test: &'a Test) -> Vec<Finding> {
        let mut findings = Vec::new();
        self.collect(test, &mut findings);
        findings
    }

    fn collect(&mut self, test: &'a Test, findings: &mut Vec<Finding>) {
        if findings.len() >= FINDINGS_MAX {
            return;
        }
        match test {
            Test::Always | Test::Not(_) => {}
            Test::And(several) | Test::Or(several) => several.iter().for_each(|one| self.collect(one, findings)),
            Test::Condition(condition) => {
                let known = self.truths[place(*condition)];
                if known == Some(Truth::YES) {
                    findings.extend(self.finding(place(*condition)));
                }
            }
            Test::IpSet(set, forwarded) => {
                if self.ip_set(set, forwarded.as_ref()) == Truth::YES {
                    findings.push(self.of_origin("IP", forwarded.as_ref().map(|it| &*it.header.name)));
                }
            }
            Test::List(list, forwarded) => {
                if self.list(list, forwarded.as_ref()).holds() {
                    findings.push(self.of_origin("IP", forwarded.as_ref().map(|it| &*it.header.name)));
                }
            }
            Test::Geo(countries, forwarded) => {
                if self.is_in(countries, forwarded.as_ref()) == Truth::YES {
                    findings.push(self.of_origin("GEO", forwarded.as_ref().map(|it| &*it.name)));
                }
            }
            Test::Asn(numbers, forwarded) => {
                if self.asn(numbers, forwarded.as_ref()) == Truth::YES {
                    findings.push(self.of_origin("ASN", forwarded.as_ref().map(|it| &*it.name)));
                }
            }
            Test::Label(wanted, own) => {
                let label = self.labels.iter().find(|label| wanted.holds(label, own));
                findings.extend(label.map(|label| Finding { matched: (&**label).into(), ..plain("LABEL", "UNKNOWN") }));
            }
            Test::Rate(rate) => {
                findings.push(plain("RATE", "UNKNOWN"));
                rate.scope.iter().for_each(|scope| self.collect(scope, findings));
            }
        }
    }

    fn of_origin(&self, condition: &'static str, header: Option<&str>) -> Finding {
        match header {
            None => Finding { matched: self.request.client.to_string().into(), ..plain(condition, "CLIENT_IP") },
            Some(name) => {
                let lines = self.request.headers.iter();
                let line =
                    lines.filter(|header| header.name.eq_ignore_ascii_case(name.as_bytes())).map(|line| line.value);
                let line = line.collect::<Vec<_>>().join(&b", "[..]);
                Finding { matched: shown(&line), name: Some(name.into()), ..plain(condition, "HEADER") }
            }
        }
    }

    /// Where a condition that holds was found.
    fn finding(&mut self, condition: usize) -> Option<Finding> {
        let compiled = &self.program.conditions[condition];
        let Inspected::Input(input) = self.inspected(condition).ok()? else {
            let part = &self.program.parts[self.program.inputs[compiled.input].part];
            return Some(plain(kind(&compiled.look), part.field.location()));
        };
        let possible = self.possible_in(condition);
        for value in (0..self.contents.count(&self.program.inputs[input])).filter(|value| possible & mask(*value) != 0)
        {
            let Some((start, end)) = self.found(condition, input, value) else { continue };
            let made = &self.program.inputs[input];
            let bytes = self.contents.value(self.program, input, value);
            let part = self.contents.received(made)?;
            return Some(Finding {
                name: part.name(self.request, value).map(|name| shown(name.as_bytes())),
                sensitivity: match compiled.look {
                    Look::Sqli(Sensitivity::Low) => Some("LOW"),
                    Look::Sqli(Sensitivity::High) => Some("HIGH"),
                    Look::Bytes { .. } | Look::Regex(_) | Look::Words(_) | Look::Size(_, _) | Look::Xss => None,
                },
                transformations: made.transformations.clone(),
                matched: shown(&bytes[start..end]),
                offset: u32::try_from(start).unwrap_or(u32::MAX),
                ..plain(kind(&compiled.look), self.program.parts[made.part].field.location())
            });
        }
        None
    }

    /// Begin and end of what was found in a value.
    fn found(&mut self, condition: usize, input: usize, place: usize) -> Option<(usize, usize)> {
        let value = self.contents.value(self.program, input, place);
        match &self.program.conditions[condition].look {
            Look::Bytes { finder, constraint } => {
                let at = place_of(finder, *constraint, value)?;
                Some((at, at + finder.needle().len()))
            }
            Look::Regex(regex) => regex.find(value, &mut self.budget),
            Look::Words(words) => {
                words.is_match(value, &mut self.budget).is_ok_and(|found| found).then_some((0, value.len()))
            }
            Look::Size(comparison, size) => {
                comparison.holds(u64::try_from(value.len()).ok()?, *size).then_some((0, value.len()))
            }
            Look::Sqli(_) | Look::Xss => {
                let mut spotted = self.spotted.iter();
                let spotted = spotted.find(|spotted| spotted.condition == condition && spotted.place == place)?;
                Some((spotted.offset, value.len()))
            }
        }
    }
}

fn plain(condition: &'static str, location: &'static str) -> Finding {
    Finding {
        condition,
        location,
        name: None,
        sensitivity: None,
        transformations: Box::default(),
        matched: "".into(),
        offset: 0,
    }
}

fn kind(look: &Look) -> &'static str {
    match look {
        Look::Bytes { .. } => "BYTE_MATCH",
        Look::Regex(_) | Look::Words(_) => "REGEX",
        Look::Size(_, _) => "SIZE",
        Look::Sqli(_) => "SQL_INJECTION",
        Look::Xss => "XSS",
    }
}

/// What matched, as records show it.
pub(super) fn shown(bytes: &[u8]) -> Box<str> {
    String::from_utf8_lossy(&bytes[..bytes.len().min(MATCHED_BYTES_MAX)]).into()
}
