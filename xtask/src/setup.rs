//! `cargo xtask setup`: installs what the tests need, and nothing else.

use crate::{Outcome, console, postgres::Postgres, python, tools};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Install what the tests need: curl, openssl, h2load, PostgreSQL from the system packages (as root), and a Python
environment under target/venv with the packages that tests/requirements.txt pins. `cargo xtask test` does it too.

Usage: cargo xtask setup

Examples:
  cargo xtask setup          # once, on a fresh machine";

/// Runs the task.
pub(crate) fn main(_arguments: &[String]) -> Outcome {
    tools::require(&[tools::CURL, tools::OPENSSL, tools::H2LOAD])?;
    let python = python::environment()?;
    console::say(&format!("    python: {}", python.display()));
    let server = Postgres::start()?;
    console::say(&format!("    PostgreSQL starts (tried at {})", server.url()));
    Ok(())
}
