//! Rule: nothing in the repository points at a path that exists on one person's machine only.

use super::{Finding, Workspace};

/// Where people and build servers keep checkouts; in halves, so that this file does not find itself.
const HOMES: &[&str] = &[concat!("/ro", "ot/"), concat!("/ho", "me/"), concat!("/wo", "rk/"), concat!("/Us", "ers/")];

/// Checks every text file.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in workspace.tree.all() {
        for (number, line) in file.lines() {
            if let Some(home) = HOMES.iter().find(|home| begins_path(line, home)) {
                let message = format!("a path under `{home}` exists on somebody's machine only");
                findings.push(Finding::new(&file.path, number, message));
            }
        }
    }
    findings
}

/// Whether an absolute path begins with `home` in this line; `…/home/` inside a longer path does not count.
fn begins_path(line: &str, home: &str) -> bool {
    line.match_indices(home).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|character| character.is_whitespace() || "\"'`=(<[,;:".contains(character))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str) -> usize {
        super::check(&Workspace::of_files(&[("docs/a.md", text)])).len()
    }

    #[test]
    fn absolute_paths_of_a_machine_are_found() {
        assert_eq!(check(&format!("see `{}ada/checkout`", HOMES[1])), 1);
        assert_eq!(check(&format!("PATH={}bin", HOMES[0])), 1);
    }

    #[test]
    fn longer_paths_that_contain_the_word_pass() {
        assert_eq!(check(&format!("crates{}a.rs", HOMES[1])), 0);
    }
}
