//! Rule: a Rust file has at most 400 lines and says on its first line what it is.

use super::tree::File;
use super::{Finding, Workspace};

/// STYLE.md, "Files".
const LINES_MAX: usize = 400;

/// Checks every Rust file.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    workspace.tree.rust().flat_map(check_file).collect()
}

fn check_file(file: &File) -> Vec<Finding> {
    let mut findings = Vec::new();
    let lines = file.text.lines().count();
    if lines > LINES_MAX {
        let message =
            format!("{lines} lines are too many for one file ({LINES_MAX} at most); it holds several concepts");
        findings.push(Finding::new(&file.path, lines, message));
    }
    let first = file.text.lines().next().unwrap_or_default();
    if first.strip_prefix("//! ").is_none_or(|sentence| sentence.trim().is_empty()) {
        findings.push(Finding::new(
            &file.path,
            1,
            "the first line must be a `//!` sentence that says what the file is",
        ));
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> usize {
        super::check(&Workspace::of_files(&[("crates/base/src/a.rs", text)])).len()
    }

    #[test]
    fn a_short_file_with_a_first_line_passes() {
        assert_eq!(check("//! What it is.\n"), 0);
        assert_eq!(check(&format!("//! What it is.\n{}", "\n".repeat(399))), 0);
    }

    #[test]
    fn long_and_silent_files_are_found() {
        assert_eq!(check(&format!("//! What it is.\n{}", "\n".repeat(400))), 1);
        assert_eq!(check("use std::fmt;\n"), 1);
        assert_eq!(check("//!\n"), 1);
        assert_eq!(check(""), 1);
    }
}
