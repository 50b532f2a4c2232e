//! Rule: the papers that every project needs are there and not empty.

use super::{Finding, Workspace};

const PAPERS: &[&str] = &[
    "README.md",
    "ARCHITECTURE.md",
    "STYLE.md",
    "SECURITY.md",
    "LICENSE",
    "deny.toml",
    "docs/threats.md",
    ".ci/run",
    "examples/pets/openapi.yaml",
];

/// Checks that each is there.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let missing = PAPERS
        .iter()
        .filter(|path| workspace.tree.get(path).is_none_or(|file| file.text.trim().is_empty()))
        .map(|path| Finding::new(*path, 1, "is missing or empty"));
    missing.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_or_empty_paper_is_found() {
        let mut files: Vec<(&str, &str)> = PAPERS.iter().map(|path| (*path, "text")).collect();
        assert_eq!(check(&Workspace::of_files(&files)), []);
        files[0].1 = "\n";
        files.pop();
        assert_eq!(check(&Workspace::of_files(&files)).len(), 2);
    }
}
