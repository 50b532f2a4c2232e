//! Rule: every workspace dependency stands under a sentence that says what it is for.

use super::{Finding, Workspace};

/// Checks the root manifest. One sentence may stand above several lines that belong together.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let Some(manifest) = workspace.tree.get("Cargo.toml") else { return Vec::new() };
    let mut inside = false;
    let mut explained = false;
    let mut findings = Vec::new();
    for (number, line) in manifest.lines() {
        let line = line.trim();
        if line.starts_with('[') {
            inside = line == "[workspace.dependencies]";
            explained = false;
        } else if line.is_empty() {
            explained = false;
        } else if let Some(comment) = line.strip_prefix('#') {
            explained = is_sentence(comment.trim());
        } else if inside && !explained && line.contains('=') {
            let name = line.split('=').next().unwrap_or_default().trim();
            findings.push(Finding::new("Cargo.toml", number, format!("`{name}` needs a sentence above it")));
        }
    }
    findings
}

fn is_sentence(comment: &str) -> bool {
    comment.ends_with('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(manifest: &str) -> Vec<usize> {
        super::check(&Workspace::of_files(&[("Cargo.toml", manifest)])).iter().map(|finding| finding.line).collect()
    }

    #[test]
    fn a_sentence_explains_the_lines_below_it() {
        assert_eq!(check("[workspace.dependencies]\n# Reads JSON.\na = \"1\"\nb = \"1\"\n\nc = \"1\"\n"), [6]);
    }

    #[test]
    fn a_note_without_a_full_stop_is_no_sentence() {
        assert_eq!(check("[workspace.dependencies]\n# json\na = \"1\"\n"), [3]);
    }

    #[test]
    fn other_tables_need_none() {
        assert_eq!(check("[profile.dev]\ndebug = false\n"), [0; 0]);
    }
}
