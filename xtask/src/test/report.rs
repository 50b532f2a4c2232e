//! What `cargo xtask test` says at its end: each step with its time, then the client tests counted.

use std::path::PathBuf;
use std::time::Duration;

use crate::{Failure, Outcome, console, workspace};

/// The outcomes so far.
pub(super) struct Report {
    rows: Vec<(&'static str, Outcome, Duration)>,
}

/// How many tests of a kind there were.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Count {
    passed: u64,
    failed: u64,
    skipped: u64,
}

/// Where pytest leaves its counts for a step.
pub(super) fn junit(step: &str) -> PathBuf {
    workspace::target().join("xtask").join(format!("{step}.xml"))
}

impl Report {
    /// An empty report; counts of an earlier run are forgotten.
    pub(super) fn new() -> Report {
        for step in super::STEPS {
            // Most steps have none.
            let _ = std::fs::remove_file(junit(step.name));
        }
        Report { rows: Vec::new() }
    }

    /// Adds a step.
    pub(super) fn add(&mut self, name: &'static str, outcome: Outcome, took: Duration) {
        self.rows.push((name, outcome, took));
    }

    /// Prints the summary.
    pub(super) fn print(&self) {
        console::say("\nSummary");
        for (name, outcome, took) in &self.rows {
            let verdict = if outcome.is_ok() { "ok" } else { "FAILED" };
            console::say(&format!("  {name:<12} {verdict:<7} {}", console::seconds(*took)));
        }
        let failed = self.rows.iter().filter(|(_, outcome, _)| outcome.is_err()).count();
        console::say(&format!("steps: {} passed, {failed} failed", self.rows.len() - failed));
        let reports = super::STEPS.iter().filter_map(|step| std::fs::read_to_string(junit(step.name)).ok());
        if let Some(count) = reports.map(|xml| count(&xml)).reduce(Count::plus) {
            console::say(&format!(
                "clients: {} passed, {} failed, {} skipped",
                count.passed, count.failed, count.skipped
            ));
        }
    }

    /// Fails when a step did.
    pub(super) fn verdict(&self) -> Outcome {
        let failed: Vec<&str> =
            self.rows.iter().filter(|(_, outcome, _)| outcome.is_err()).map(|(name, _, _)| *name).collect();
        if failed.is_empty() { Ok(()) } else { Err(Failure::new(format!("failed: {}", failed.join(", ")))) }
    }
}

impl Count {
    fn plus(self, other: Count) -> Count {
        Count {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            skipped: self.skipped + other.skipped,
        }
    }
}

/// Reads the totals of pytest's one `<testsuite …>` element.
fn count(xml: &str) -> Count {
    let suite = xml.split("<testsuite ").nth(1).and_then(|rest| rest.split('>').next()).unwrap_or_default();
    let number = |name: &str| -> u64 {
        let value = suite.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next());
        value.and_then(|digits| digits.parse().ok()).unwrap_or_default()
    };
    let (failed, skipped) = (number("failures") + number("errors"), number("skipped"));
    Count { passed: number("tests").saturating_sub(failed + skipped), failed, skipped }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pytest_counts_are_read_from_its_report() {
        let xml = r#"<testsuites name="pytest tests"><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10" time="0.5"><testcase/>"#;
        assert_eq!(count(xml), Count { passed: 4, failed: 3, skipped: 3 });
        assert_eq!(count("nonsense"), Count::default());
    }
}
