//! Rule: the feature `testing` adds a module and changes nothing, so that the binary under test is the one that ships.

use super::{Finding, Workspace};

/// Spelt in two halves, so that this file does not find itself.
const NAMED: &str = concat!("feature = ", "\"testing\"");
const ADDED: &str = "pub mod testing;";

/// Checks every Rust file: the feature stands in a plain `#[cfg]` above the module, and nowhere else.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let plain = [format!("#[cfg({NAMED})]"), format!("#[cfg(any(test, {NAMED}))]")];
    let mut findings = Vec::new();
    for file in workspace.tree.rust() {
        let mut lines = file.lines().peekable();
        while let Some((number, line)) = lines.next() {
            let adds = plain.iter().any(|form| line == form) && lines.peek().is_some_and(|(_, next)| *next == ADDED);
            if line.contains(NAMED) && !adds {
                let message =
                    format!("`testing` may only add `{ADDED}`: the binary under test has it, what ships has not");
                findings.push(Finding::new(&file.path, number, message));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<usize> {
        let text = text.replace("NAMED", NAMED);
        let findings = check(&Workspace::of_files(&[("crates/base/src/lib.rs", &text)]));
        findings.iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_module_may_be_added() {
        assert_eq!(found("#[cfg(NAMED)]\npub mod testing;\n#[cfg(any(test, NAMED))]\npub mod testing;\n"), [0; 0]);
    }

    #[test]
    fn nothing_else_may_depend_on_it() {
        assert_eq!(found("#[cfg(not(NAMED))]\npub mod testing;\n"), [1]);
        assert_eq!(found("fn open() -> bool {\n    cfg!(NAMED)\n}\n"), [2]);
        assert_eq!(found("#[cfg(NAMED)]\nfn check() {}\n#[cfg(NAMED)]"), [1, 3]);
    }
}
