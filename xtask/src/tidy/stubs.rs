//! Rule: nothing pretends to be there: no stub macros, no ignored tests.

use super::{Finding, Workspace};

/// Spelt in two halves, so that this file does not find itself.
const STUBS: &[(&str, &str)] = &[
    (concat!("to", "do!("), "say what it does, or leave it out"),
    (concat!("unimpl", "emented!("), "say what it does, or leave it out"),
    (concat!("#[ig", "nore"), "a test that never runs proves nothing"),
    (concat!("dbg", "!("), "log an event instead"),
];

/// Checks every Rust file.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in workspace.tree.rust() {
        for (number, line) in file.lines() {
            for (stub, advice) in STUBS.iter().filter(|(stub, _)| line.contains(stub)) {
                let name = stub.trim_end_matches('(');
                findings.push(Finding::new(&file.path, number, format!("`{name}`: {advice}")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stub_is_found_where_it_stands() {
        let text = format!("//! A file.\nfn later() {{ {}) }}\n", STUBS[0].0);
        let findings = check(&Workspace::of_files(&[("crates/base/src/a.rs", &text)]));
        assert_eq!((findings.len(), findings[0].line), (1, 2));
    }

    #[test]
    fn finished_code_passes() {
        assert_eq!(check(&Workspace::of_files(&[("crates/base/src/a.rs", "//! A file.\nfn now() {}\n")])), []);
    }
}
