//! The steps of `cargo xtask test`, in the order in which they run.

use std::path::Path;
use std::process::Command;

use super::Workshop;
use crate::{Outcome, lambda_client, process, python, tidy, tools, workspace};

/// A check that passes or fails as a whole.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// Whether `--quick` runs it too.
    pub(super) quick: bool,
    pub(super) run: fn(&Workshop) -> Outcome,
}

const fn quick(name: &'static str, about: &'static str, run: fn(&Workshop) -> Outcome) -> Step {
    Step { name, about, quick: true, run }
}

const fn slow(name: &'static str, about: &'static str, run: fn(&Workshop) -> Outcome) -> Step {
    Step { name, about, quick: false, run }
}

/// Cheap checks first; the real clients last.
pub(super) const STEPS: &[Step] = &[
    quick("format", "cargo fmt --check", |_| cargo(&["fmt", "--all", "--check"])),
    quick("lint", "clippy on every target, warnings refused", |_| {
        cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])
    }),
    quick("tidy", "the rules that compilers cannot see", |_| tidy::main(&[])),
    slow("build", "the binary that the black-box tests start", |_| cargo(&["build", "--package", "portcullis"])),
    quick("unit", "unit, property, contract and journey tests of every crate", |workshop| {
        let lambda_client = lambda_client::for_node()?;
        rust_tests(workshop, &["--workspace", "--exclude", "tests"], &[("PORTCULLIS_AWS_LAMBDA_RIC", &lambda_client)])
    }),
    slow("docs", "examples in the documentation", |_| cargo(&["test", "--doc", "--workspace"])),
    slow("blackbox", "attacks, drain and TLS against the running binary", |workshop| {
        tools::require(&[tools::CURL, tools::OPENSSL])?;
        rust_tests(workshop, &["--package", "tests"], &[])
    }),
    slow(
        "conformance",
        "shapes against botocore's model, policies and injections against others' evaluators",
        |workshop| {
            let shapes = clients(workshop, "conformance", &["conformance"], IN_TURN);
            oracles(workshop).and(shapes)
        },
    ),
    slow("security", "every operation unsigned, wrongly signed and expired", |workshop| {
        clients(workshop, "security", &["security"], IN_TURN)
    }),
    slow("clients", "boto3, the AWS CLI, Terraform, curl, openssl, h2load and Chromium; the examples", |workshop| {
        tools::require(&[tools::CHROMIUM])?;
        clients(workshop, "clients", &["clients", "../examples"], SIDE_BY_SIDE)
    }),
];

fn cargo(arguments: &[&str]) -> Outcome {
    process::run(workspace::cargo().args(arguments))
}

fn rust_tests(workshop: &Workshop, selection: &[&str], told: &[(&str, &Path)]) -> Outcome {
    let url = workshop.postgres()?;
    let mut command = workspace::cargo();
    // cargo-nextest runs tests in parallel processes; plain cargo is enough where it is absent.
    match tools::find("cargo-nextest") {
        Some(_) => command.args(["nextest", "run", "--no-fail-fast"]).args(selection),
        None => command.args(["test", "--no-fail-fast", "--lib", "--bins", "--tests"]).args(selection),
    };
    command.env("PORTCULLIS_TEST_POSTGRES", url).env("PORTCULLIS_BIN", workspace::binary("debug"));
    command.envs(told.iter().copied());
    process::run(&mut command)
}

/// In how many processes tests run: each has nodes of its own, and most clients wait half of their time.
const SIDE_BY_SIDE: &str = "2";
const IN_TURN: &str = "0";

fn clients(workshop: &Workshop, name: &str, folders: &[&str], processes: &str) -> Outcome {
    let url = workshop.postgres()?;
    let python = workshop.python()?;
    let mut command: Command = python::pytest(&python, folders);
    command.args(["--numprocesses", processes]);
    command.arg("--junitxml").arg(super::report::junit(name)).env("PORTCULLIS_TEST_POSTGRES", url);
    process::run(&mut command)
}

/// The policy engine beside evaluators that are written in Python.
fn oracles(workshop: &Workshop) -> Outcome {
    let python = workshop.python()?;
    let mut command = workspace::cargo();
    command.args(["test", "--package", "policy", "--test", "oracles"]).env("PORTCULLIS_PYTHON", python);
    process::run(&mut command)
}
