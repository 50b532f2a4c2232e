//! `cargo xtask`: the developer's commands, each of which installs what it needs.
//!
//! It must not know: any crate of ours. It is compiled first on a fresh machine, so it stays small.
//! Begin with [`test`], whose list of steps is what the build server runs.

mod run;
mod upstream;
mod test;
mod bench;
mod release;
mod profile;
mod tidy;
mod coverage;
mod setup;
mod postgres;
mod python;
mod lambda_client;
mod tools;
mod process;
mod console;
mod workspace;

use std::process::ExitCode;

/// Why a command failed, in one line for a person.
#[derive(Debug, Clone)]
pub(crate) struct Failure(pub(crate) String);

/// What a command answers.
pub(crate) type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// A failure with this explanation.
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Failure(message.into())
    }
}

/// A subcommand: its name, one line about it, its help, and what it does with its arguments.
struct Task {
    name: &'static str,
    about: &'static str,
    help: &'static str,
    run: fn(&[String]) -> Outcome,
}

const TASKS: &[Task] = &[
    Task { name: "run", about: "build the gateway and serve the pets example", help: run::HELP, run: run::main },
    Task { name: "test", about: "everything the build server checks", help: test::HELP, run: test::main },
    Task { name: "bench", about: "engine benchmarks and side-by-side load", help: bench::HELP, run: bench::main },
    Task {
        name: "profile",
        about: "make the profile that release builds are made by",
        help: profile::HELP,
        run: profile::main,
    },
    Task { name: "tidy", about: "the rules that compilers cannot see", help: tidy::HELP, run: tidy::main },
    Task { name: "coverage", about: "write docs/coverage/", help: coverage::HELP, run: coverage::main },
    Task { name: "setup", about: "install what the tests need", help: setup::HELP, run: setup::main },
    Task { name: "upstream", about: "the pets example's upstream alone", help: upstream::HELP, run: upstream::main },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure(message)) => {
            eprintln!("xtask: {message}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[String]) -> Outcome {
    let Some((name, rest)) = arguments.split_first() else {
        println!("{}", overview());
        return Ok(());
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        println!("{}", overview());
        return Ok(());
    }
    let task = TASKS
        .iter()
        .find(|task| task.name == name)
        .ok_or_else(|| Failure::new(format!("no task named `{name}`; `cargo xtask --help` lists them")))?;
    if rest.iter().take_while(|argument| *argument != "--").any(|argument| argument == "--help" || argument == "-h") {
        println!("{}", task.help);
        return Ok(());
    }
    (task.run)(rest)
}

fn overview() -> String {
    let lines: Vec<String> = TASKS.iter().map(|task| format!("  {:<10}{}", task.name, task.about)).collect();
    format!(
        "Usage: cargo xtask TASK [OPTIONS]\n\n{}\n\nEach task explains itself: `cargo xtask test --help`.",
        lines.join("\n")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_task_has_help_with_an_example() {
        for task in TASKS {
            assert!(task.help.contains("Examples:"), "{}", task.name);
            assert!(task.help.contains(&format!("cargo xtask {}", task.name)), "{}", task.name);
        }
    }

    #[test]
    fn an_unknown_task_is_refused_by_name() {
        let refusal = dispatch(&["deploy".to_owned()]).unwrap_err();
        assert!(refusal.0.contains("`deploy`"));
    }
}
