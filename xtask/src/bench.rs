//! `cargo xtask bench`: builds and runs the benchmarks, which are the binaries of the `benches` package.

use std::path::Path;

use crate::{Failure, Outcome, console, process, python, release, workspace};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Run benchmarks in release mode: all of them, or those named. Each is a binary in benches/src/bin/.

Usage: cargo xtask bench [list | NAME…] [-- ARGUMENTS…]

Examples:
  cargo xtask bench list             # what there is to measure
  cargo xtask bench                  # everything
  cargo xtask bench compiler         # one of them
  cargo xtask bench load -- --quick  # one of them with arguments";

/// A benchmark and the first line of its file.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Benchmark {
    name: String,
    about: String,
}

/// Runs the task.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    let all = benchmarks(&workspace::root().join("benches/src/bin"));
    let split = arguments.iter().position(|argument| argument == "--").unwrap_or(arguments.len());
    let (names, rest) = arguments.split_at(split);
    if names.first().is_some_and(|name| name == "list") {
        for benchmark in &all {
            console::say(&format!("  {:<16}{}", benchmark.name, benchmark.about));
        }
        return Ok(());
    }
    let chosen = choose(&all, names)?;
    // The gateway by itself, as users build it: beside the benchmarks its crates would have other features.
    release::build()?;
    process::run(workspace::cargo().args(["build", "--release", "--package", "benches"]))?;
    for benchmark in chosen {
        let mut command = workspace::cargo();
        command.args(["run", "--quiet", "--release", "--package", "benches", "--bin", &benchmark.name]).args(rest);
        command.env("PORTCULLIS_BIN", workspace::binary("release"));
        // It asks libinjection itself, which comes as a package of Python.
        if benchmark.name == "waf" {
            command.env("PORTCULLIS_PYTHON", python::environment()?);
        }
        console::step(&benchmark.name, &benchmark.about, || process::run(&mut command)).0?;
    }
    Ok(())
}

fn choose<'a>(all: &'a [Benchmark], names: &[String]) -> Outcome<Vec<&'a Benchmark>> {
    if names.is_empty() {
        return Ok(all.iter().collect());
    }
    let find = |name: &String| {
        all.iter()
            .find(|benchmark| benchmark.name == *name)
            .ok_or_else(|| Failure::new(format!("no benchmark named `{name}`; `cargo xtask bench list` lists them")))
    };
    names.iter().map(find).collect()
}

fn benchmarks(folder: &Path) -> Vec<Benchmark> {
    let mut found: Vec<Benchmark> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let path = entry.path();
            let source = if path.is_dir() { path.join("main.rs") } else { path.clone() };
            let text = std::fs::read_to_string(source).ok()?;
            let about = text.lines().next()?.strip_prefix("//!")?.trim().to_owned();
            Some(Benchmark { name: path.file_stem()?.to_string_lossy().into_owned(), about })
        })
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_no_benchmark_is_refused() {
        let all = [Benchmark { name: "policy".to_owned(), about: String::new() }];
        assert_eq!(choose(&all, &["policy".to_owned()]).unwrap(), [&all[0]]);
        assert!(choose(&all, &["polic".to_owned()]).unwrap_err().0.contains("`polic`"));
        assert_eq!(choose(&all, &[]).unwrap().len(), 1);
    }
}
