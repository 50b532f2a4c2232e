//! `cargo xtask test`: every check in order, each told with its time, all failures reported at the end.

mod steps;
mod report;

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;
use std::thread;

use crate::postgres::Postgres;
use crate::{Failure, Outcome, console, lambda_client, process, python, tools, workspace};
use report::Report;
use steps::{STEPS, Step};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Check everything the build server checks: format, lint, tidy, unit and contract tests, documentation tests, the
black-box tests, and the real clients against the real binary on SQLite and PostgreSQL. What is missing is installed
(see `cargo xtask setup --help`); a PostgreSQL of its own runs in a temporary directory unless
PORTCULLIS_TEST_POSTGRES names one. A failed step does not stop the later ones.

Usage: cargo xtask test [--quick] [--only STEP]… [--skip STEP]…

  --quick        only format, lint, tidy and unit
  --only STEP    only this step (may be repeated)
  --skip STEP    all but this step (may be repeated)

Steps: format lint tidy build unit docs blackbox conformance security clients

Examples:
  cargo xtask test
  cargo xtask test --quick
  cargo xtask test --only clients
  cargo xtask test --skip lint --skip docs";

/// What the steps share: made at first use, once, and gone at the end.
#[derive(Default)]
struct Workshop {
    whole: bool,
    postgres: OnceLock<Outcome<Postgres>>,
    python: OnceLock<Outcome<PathBuf>>,
    lambda_client: OnceLock<Outcome<PathBuf>>,
}

impl Workshop {
    /// The cargo of this run. A whole run compiles once and changes nothing afterwards: what makes the next compilation
    /// quick costs it a tenth more. Whoever runs parts of it while working is served by that, and keeps it.
    fn cargo(&self) -> Command {
        let mut command = workspace::cargo();
        if self.whole && std::env::var_os("CARGO_INCREMENTAL").is_none() {
            command.env("CARGO_INCREMENTAL", "0");
        }
        command
    }

    /// The address of a PostgreSQL for tests. Only steps ask: a server ends with the thread that started it.
    fn postgres(&self) -> Outcome<String> {
        if let Ok(url) = std::env::var("PORTCULLIS_TEST_POSTGRES") {
            return Ok(url);
        }
        let server = self.postgres.get_or_init(Postgres::start);
        server.as_ref().map(|server| server.url().to_owned()).map_err(Failure::clone)
    }

    /// The interpreter with the client libraries, once the programs that clients need are there too.
    fn python(&self) -> Outcome<PathBuf> {
        let make = || {
            tools::require(&[tools::CURL, tools::OPENSSL, tools::H2LOAD, tools::WRK])?;
            python::environment()
        };
        self.python.get_or_init(make).clone()
    }

    /// The folder with AWS's Lambda client for Node.
    fn lambda_client(&self) -> Outcome<PathBuf> {
        self.lambda_client.get_or_init(lambda_client::for_node).clone()
    }
}

/// Runs the task.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    let chosen = choose(arguments)?;
    let workshop = Workshop { whole: chosen.len() == STEPS.len(), ..Workshop::default() };
    let mut report = Report::new();
    thread::scope(|scope| {
        // Downloads wait for others more than they compute: they need not wait for compilers.
        scope.spawn(|| furnish(&chosen, &workshop));
        for step in &chosen {
            if process::interrupted() {
                break;
            }
            let (outcome, took) = console::step(step.name, step.about, || (step.run)(&workshop));
            report.add(step.name, outcome, took);
        }
    });
    drop(workshop);
    report.print();
    if process::interrupted() {
        return Err(Failure::new("interrupted"));
    }
    report.verdict()
}

fn furnish(chosen: &[&Step], workshop: &Workshop) {
    for step in chosen {
        if process::interrupted() {
            break;
        }
        // A step whose things are missing finds that out, and says so.
        let _ = (step.furnish)(workshop);
    }
}

fn choose(arguments: &[String]) -> Outcome<Vec<&'static Step>> {
    let (mut only, mut skip, mut quick) = (Vec::new(), Vec::new(), false);
    let mut words = arguments.iter();
    while let Some(word) = words.next() {
        let list = match word.as_str() {
            "--quick" => {
                quick = true;
                continue;
            }
            "--only" => &mut only,
            "--skip" => &mut skip,
            _ => return Err(Failure::new(format!("unknown option `{word}`; see `cargo xtask test --help`"))),
        };
        let name = words.next().ok_or_else(|| Failure::new(format!("`{word}` needs the name of a step")))?;
        if !STEPS.iter().any(|step| step.name == name) {
            return Err(Failure::new(format!("no step named `{name}`; see `cargo xtask test --help`")));
        }
        list.push(name.as_str());
    }
    let wanted = |step: &&Step| {
        (only.is_empty() || only.contains(&step.name)) && !skip.contains(&step.name) && (!quick || step.quick)
    };
    Ok(STEPS.iter().filter(wanted).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(arguments: &[&str]) -> Vec<&'static str> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        choose(&arguments).unwrap().iter().map(|step| step.name).collect()
    }

    #[test]
    fn options_choose_the_steps() {
        assert_eq!(names(&[]).len(), STEPS.len());
        assert_eq!(names(&["--quick"]), ["format", "lint", "tidy", "unit"]);
        assert_eq!(names(&["--only", "tidy", "--only", "docs"]), ["tidy", "docs"]);
        assert!(!names(&["--skip", "clients"]).contains(&"clients"));
    }

    #[test]
    fn a_misspelt_step_is_refused_rather_than_skipped() {
        assert!(choose(&["--only".to_owned(), "client".to_owned()]).is_err());
        assert!(choose(&["--only".to_owned()]).is_err());
        assert!(choose(&["--fast".to_owned()]).is_err());
    }

    #[test]
    fn the_help_names_every_step() {
        let line = HELP.lines().find(|line| line.starts_with("Steps:")).unwrap();
        let named: Vec<&str> = line.split(' ').skip(1).collect();
        let steps: Vec<&str> = STEPS.iter().map(|step| step.name).collect();
        assert_eq!(named, steps);
    }
}
