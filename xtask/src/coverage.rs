//! `cargo xtask coverage`: writes docs/coverage/ from the binary's tables and botocore's model.

use std::process::Command;

use crate::{Outcome, process, python, workspace};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Write docs/coverage/: every operation of each AWS service as done or refused, from what the binary says of itself
(`portcullis shapes`) and the operations that botocore's model lists. The conformance tests compare the files.

Usage: cargo xtask coverage

Examples:
  cargo xtask coverage       # after adding an operation";

/// Runs the task.
pub(crate) fn main(_arguments: &[String]) -> Outcome {
    let python = python::environment()?;
    process::run(workspace::cargo().args(["build", "--package", "portcullis"]))?;
    let mut write = Command::new(python);
    write.current_dir(workspace::root().join("tests")).args(["-m", "conformance.coverage", "--write"]);
    process::run(write.env("PORTCULLIS_BIN", workspace::binary("debug")))
}
