//! `cargo xtask setup`: installs what the tests need, and nothing else.

use crate::{Outcome, console, lambda_client, postgres::Postgres, python, tools};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Install what the tests need: curl, openssl, h2load, wrk, Chromium, PostgreSQL from the system packages (as root), and a
Python environment under target/venv with the packages that tests/requirements.txt pins, and AWS's Lambda client for Node
with what it is built with (Node.js, CMake, autotools). `cargo xtask test` does it too.

Usage: cargo xtask setup

Examples:
  cargo xtask setup          # once, on a fresh machine";

/// Runs the task.
pub(crate) fn main(_arguments: &[String]) -> Outcome {
    tools::require(&[tools::CURL, tools::OPENSSL, tools::H2LOAD, tools::WRK, tools::CHROMIUM])?;
    let python = python::environment()?;
    console::say(&format!("    python: {}", python.display()));
    let client = lambda_client::for_node()?;
    console::say(&format!("    Lambda client for Node: {}", client.display()));
    let server = Postgres::start()?;
    console::say(&format!("    PostgreSQL starts (tried at {})", server.url()));
    Ok(())
}
