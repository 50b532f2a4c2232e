//! Rule: docs/threats.md names files and tests that exist, and every threat has a test.

use std::collections::HashSet;

use super::{Finding, Workspace};

const PAPER: &str = "docs/threats.md";

/// Checks every table row.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let Some(paper) = workspace.tree.get(PAPER) else { return Vec::new() };
    let tests = tests(workspace);
    let mut findings = Vec::new();
    for (line, text) in paper.lines().filter(|(_, text)| text.starts_with("| ") && !text.starts_with("|---")) {
        let Some((_, named)) = text.trim_end_matches([' ', '|']).rsplit_once('|') else { continue };
        // The heading of a table.
        if named.trim() == "tests" {
            continue;
        }
        let named: Vec<&str> = quoted(named).collect();
        if named.is_empty() {
            findings.push(Finding::new(PAPER, line, "this threat has no test"));
        }
        let missing = named.into_iter().filter(|name| !tests.contains(name));
        findings.extend(missing.map(|name| Finding::new(PAPER, line, format!("there is no test `{name}`"))));
        let files = quoted(text).filter(|word| word.starts_with("crates/"));
        let missing = files.filter(|path| workspace.tree.get(path).is_none());
        findings.extend(missing.map(|path| Finding::new(PAPER, line, format!("there is no file `{path}`"))));
    }
    findings
}

/// The names of all functions that are written down as tests, in Rust and in Python.
fn tests(workspace: &Workspace) -> HashSet<&str> {
    let mut found = HashSet::new();
    for file in workspace.tree.all() {
        let mut marked = false;
        for (_, line) in file.lines() {
            let line = line.trim();
            if line == "#[test]" || line.starts_with("#[tokio::test") {
                marked = true;
            } else if let Some(name) = line.strip_prefix("def ").or_else(|| function(line).filter(|_| marked)) {
                found.insert(name.split(['(', '<']).next().unwrap_or_default());
                marked = false;
            }
        }
    }
    found
}

fn function(line: &str) -> Option<&str> {
    line.strip_prefix("async ").unwrap_or(line).strip_prefix("fn ")
}

fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_threat_without_a_test_or_with_one_that_is_not_there_is_found() {
        let source = ("crates/a/src/a.rs", "#[test]\nfn it_holds() {}\nfn helper() {}\n");
        let python = ("tests/test_a.py", "def test_it_holds(node):\n");
        let head = "| attack | how it is met | tests |\n|---|---|---|\n";
        for (row, good) in [
            ("| a | `crates/a/src/a.rs` | `it_holds`, `test_it_holds` |", true),
            ("| a | b | `helper` |", false),
            ("| a | b | `it_held` |", false),
            ("| a | `crates/a/src/b.rs` | `it_holds` |", false),
            ("| a | b | |", false),
        ] {
            let paper = format!("{head}{row}\n");
            let found = check(&Workspace::of_files(&[source, python, (PAPER, &paper)]));
            assert_eq!(found.is_empty(), good, "{row}: {found:?}");
        }
    }
}
