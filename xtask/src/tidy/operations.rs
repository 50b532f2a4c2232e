//! Rule: a file that declares an AWS operation begins with a card that links to AWS's documentation.

use super::{Finding, Workspace};

const LINK: &str = "https://docs.aws.amazon.com/";
/// Our own service has no page at AWS.
const OWN: &str = "crates/services/installation/";

/// Checks every file of the services that declares a `SPEC`.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let services = workspace.tree.rust().filter(|file| {
        file.path.starts_with("crates/services/") && file.path.contains("/src/") && !file.path.starts_with(OWN)
    });
    services
        .filter(|file| file.text.lines().any(declares_operation))
        .filter(|file| !file.text.lines().take_while(|line| line.starts_with("//!")).any(|line| line.contains(LINK)))
        .map(|file| Finding::new(&file.path, 1, format!("the operation's `//!` card must link to {LINK}…")))
        .collect()
}

fn declares_operation(line: &str) -> bool {
    line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ").starts_with("const SPEC: Spec")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, card: &str) -> usize {
        let text = format!("{card}\n\nimpl Operation for A {{\n    const SPEC: Spec = Spec::write(\"A\");\n}}\n");
        super::check(&Workspace::of_files(&[(path, &text)])).len()
    }

    #[test]
    fn a_card_without_a_link_is_found() {
        assert_eq!(check("crates/services/sts/src/a.rs", "//! Says who calls."), 1);
        let card = "//! Says who calls.\n//! <https://docs.aws.amazon.com/STS/latest/APIReference/A.html>";
        assert_eq!(check("crates/services/sts/src/a.rs", card), 0);
    }

    #[test]
    fn our_own_service_needs_none() {
        assert_eq!(check("crates/services/installation/src/a.rs", "//! Flushes."), 0);
    }
}
