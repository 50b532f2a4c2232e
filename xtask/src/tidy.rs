//! `cargo xtask tidy`: the house rules that compilers cannot see, one rule a file.

mod storeys;
mod closed_gateway;
mod bans;
mod dependencies;
mod files;
mod stubs;
mod test_features;
mod machine_paths;
mod journey;
mod operations;
mod papers;
mod threats;
mod metadata;
mod tree;

use std::fmt;
use std::path::Path;

use crate::{Failure, Outcome, console, workspace};
use metadata::Metadata;
use tree::Tree;

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Check what compilers cannot see: which crate may use which, banned dependencies, file sizes and first lines, comments
above dependencies, stubs, what features for tests add, paths of somebody's machine, the journey's order, operation cards,
the papers every project needs, and the tests that docs/threats.md names. One line per finding, with its place.

Usage: cargo xtask tidy

Examples:
  cargo xtask tidy";

/// A place that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    message: String,
}

impl Finding {
    fn new(path: impl Into<String>, line: usize, message: impl Into<String>) -> Self {
        Finding { path: path.into(), line, message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}", self.path, self.line, self.message)
    }
}

/// What the rules look at: the files and cargo's view of the crates.
struct Workspace {
    tree: Tree,
    metadata: Metadata,
}

type Rule = fn(&Workspace) -> Vec<Finding>;

const RULES: &[(&str, Rule)] = &[
    ("a crate uses lower storeys only", storeys::check),
    ("the data plane cannot read configuration", closed_gateway::check),
    ("no banned dependency", bans::check),
    ("every dependency says what it is for", dependencies::check),
    ("files are short and introduce themselves", files::check),
    ("nothing is a stub", stubs::check),
    ("what tests add to a crate changes nothing in it", test_features::check),
    ("no path of somebody's machine", machine_paths::check),
    ("the journey has one order", journey::check),
    ("an operation's card links to AWS", operations::check),
    ("the papers are there", papers::check),
    ("every threat has its test", threats::check),
];

/// Runs the task.
pub(crate) fn main(_arguments: &[String]) -> Outcome {
    let workspace = Workspace::read(&workspace::root())?;
    let mut total = 0;
    for (name, rule) in RULES {
        let mut findings = rule(&workspace);
        findings.sort();
        for finding in &findings {
            console::say(&finding.to_string());
        }
        total += findings.len();
        if !findings.is_empty() {
            console::say(&format!("    {} against the rule: {name}", findings.len()));
        }
    }
    if total == 0 { Ok(()) } else { Err(Failure::new(format!("{total} findings"))) }
}

impl Workspace {
    fn read(root: &Path) -> Outcome<Workspace> {
        Ok(Workspace { tree: Tree::read(root)?, metadata: Metadata::read(root)? })
    }
}

#[cfg(test)]
impl Workspace {
    /// A workspace made of these files and nothing else.
    fn of_files(files: &[(&str, &str)]) -> Workspace {
        Workspace { tree: Tree::of(files), metadata: Metadata::default() }
    }

    /// A workspace made of these packages: name and dependencies (`dev:` before a dev-dependency).
    fn of_packages(packages: &[(&str, &[&str])]) -> Workspace {
        Workspace { tree: Tree::of(&[]), metadata: Metadata::of(packages) }
    }
}
