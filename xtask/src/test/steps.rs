//! The steps of `cargo xtask test`, in the order in which they run.

use std::path::Path;
use std::process::Command;

use super::Workshop;
use crate::{Outcome, process, python, tidy, tools, workspace};

/// A check that passes or fails as a whole.
pub(super) struct Step {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    /// Whether `--quick` runs it too.
    pub(super) quick: bool,
    pub(super) run: fn(&Workshop) -> Outcome,
    /// Fetches what the step needs: called while earlier steps run, and not at all where the step is not chosen.
    pub(super) furnish: fn(&Workshop) -> Outcome,
}

const fn quick(name: &'static str, about: &'static str, run: fn(&Workshop) -> Outcome) -> Step {
    Step { name, about, quick: true, run, furnish: |_| Ok(()) }
}

const fn slow(name: &'static str, about: &'static str, run: fn(&Workshop) -> Outcome) -> Step {
    Step { quick: false, ..quick(name, about, run) }
}

impl Step {
    const fn furnished(self, furnish: fn(&Workshop) -> Outcome) -> Step {
        Step { furnish, ..self }
    }
}

/// Cheap checks first; the real clients last.
pub(super) const STEPS: &[Step] = &[
    quick("format", "cargo fmt --check", |workshop| cargo(workshop, &["fmt", "--all", "--check"])),
    quick("lint", "clippy on every target, warnings refused; the program as it ships", |workshop| {
        cargo(workshop, &["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
        // Everything else is built with the features of the whole workspace; the program must not lean on them.
        cargo(workshop, &["check", "--package", "portcullis"])
    }),
    quick("tidy", "the rules that compilers cannot see", |_| tidy::main(&[])),
    slow("build", "every test, and the binary that clients and black-box tests start", |workshop| {
        cargo(workshop, &["build", "--workspace", "--bin", "portcullis", "--tests", "--examples"])
    }),
    quick("unit", "unit, property, contract and journey tests of every crate", |workshop| {
        let lambda_client = workshop.lambda_client()?;
        rust_tests(workshop, &OF_THE_CRATES, &[("PORTCULLIS_AWS_LAMBDA_RIC", &lambda_client)])
    })
    .furnished(|workshop| workshop.lambda_client().map(drop)),
    slow("docs", "examples in the documentation", |workshop| cargo(workshop, &["test", "--doc", "--workspace"])),
    slow("blackbox", "attacks, drain and TLS against the running binary", |workshop| {
        tools::require(&[tools::CURL, tools::OPENSSL])?;
        rust_tests(workshop, &OF_THE_BINARY, &[])
    })
    .furnished(|_| tools::require(&[tools::CURL, tools::OPENSSL])),
    slow(
        "conformance",
        "shapes against botocore's model, policies and injections against others' evaluators",
        |workshop| {
            cargo(workshop, &["build", "--workspace", "--example", "injections"])?;
            let shapes = clients(workshop, "conformance", &["conformance"]);
            oracles(workshop).and(shapes)
        },
    )
    .furnished(|workshop| workshop.python().map(drop)),
    slow("security", "every operation unsigned, wrongly signed and expired", |workshop| {
        clients(workshop, "security", &["security"])
    })
    .furnished(|workshop| workshop.python().map(drop)),
    slow("clients", "boto3, the AWS CLI, Terraform, curl, openssl, h2load and Chromium; the examples", |workshop| {
        tools::require(&[tools::CHROMIUM])?;
        clients(workshop, "clients", &["clients", "../examples"])
    })
    .furnished(|workshop| workshop.python().and_then(|_| tools::require(&[tools::CHROMIUM]))),
];

/// In how many processes client tests run: clients and nodes take turns, and many of them wait.
const SIDE_BY_SIDE: &str = "4";

fn cargo(workshop: &Workshop, arguments: &[&str]) -> Outcome {
    process::run(workshop.cargo().args(arguments))
}

/// Which tests a step runs: cargo-nextest picks among those of the whole workspace, so that nothing is compiled for it.
struct Selection {
    nextest: &'static str,
    /// Plain cargo picks packages, and compiles them with the features that they alone choose.
    cargo: &'static [&'static str],
}

const OF_THE_CRATES: Selection =
    Selection { nextest: "not package(tests)", cargo: &["--workspace", "--exclude", "tests"] };
const OF_THE_BINARY: Selection = Selection { nextest: "package(tests)", cargo: &["--package", "tests"] };

fn rust_tests(workshop: &Workshop, selection: &Selection, told: &[(&str, &Path)]) -> Outcome {
    let url = workshop.postgres()?;
    let mut command = workshop.cargo();
    // cargo-nextest runs tests in parallel processes; plain cargo is enough where it is absent.
    match tools::find("cargo-nextest") {
        Some(_) => command.args(["nextest", "run", "--no-fail-fast", "--workspace", "-E", selection.nextest]),
        None => command.args(["test", "--no-fail-fast", "--lib", "--bins", "--tests"]).args(selection.cargo),
    };
    command.env("PORTCULLIS_TEST_POSTGRES", url).env("PORTCULLIS_BIN", workspace::binary("debug"));
    command.envs(told.iter().copied());
    process::run(&mut command)
}

fn clients(workshop: &Workshop, name: &str, folders: &[&str]) -> Outcome {
    let url = workshop.postgres()?;
    let python = workshop.python()?;
    let mut command: Command = python::pytest(&python, folders);
    // Which tests must follow each other in one process, `tests/conftest.py` says.
    command.args(["--numprocesses", SIDE_BY_SIDE, "--dist", "loadscope", "--no-loadscope-reorder"]);
    command.arg("--junitxml").arg(super::report::junit(name)).env("PORTCULLIS_TEST_POSTGRES", url);
    process::run(&mut command)
}

/// The policy engine beside evaluators that are written in Python.
fn oracles(workshop: &Workshop) -> Outcome {
    let python = workshop.python()?;
    let mut command = workshop.cargo();
    // Named of the whole workspace it is built already.
    command.args(["test", "--workspace", "--test", "oracles"]).env("PORTCULLIS_PYTHON", python);
    process::run(&mut command)
}
