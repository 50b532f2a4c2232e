//! The Python environment of the client tests: made under `target/`, with pinned packages.

use std::path::PathBuf;
use std::process::Command;

use crate::{Outcome, process, tools, workspace};

/// Makes the environment unless it is up to date, and answers its interpreter.
pub(crate) fn environment() -> Outcome<PathBuf> {
    let home = workspace::target().join("venv");
    let python = home.join("bin/python");
    let wanted = workspace::root().join("tests/requirements.txt");
    let stamp = home.join("requirements.txt");
    let pins = std::fs::read(&wanted).unwrap_or_default();
    if python.exists() && std::fs::read(&stamp).is_ok_and(|installed| installed == pins) {
        return Ok(python);
    }
    tools::require(&[tools::PYTHON])?;
    if make(&home).is_err() {
        // Debian's interpreter comes without what makes environments.
        tools::install("python3-venv", "python3 -m venv")?;
        make(&home)?;
    }
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--disable-pip-version-check", "--requirement"]).arg(&wanted);
    process::run_quietly("install python packages", &mut pip)?;
    // Without the stamp the next run installs once more, which does no harm.
    let _ = std::fs::write(&stamp, pins);
    Ok(python)
}

/// A command that runs pytest on these folders of `tests/`.
pub(crate) fn pytest(python: &PathBuf, folders: &[&str]) -> Command {
    let mut command = Command::new(python);
    command.current_dir(workspace::root().join("tests")).args(["-m", "pytest"]).args(folders);
    command.env("PYTHONDONTWRITEBYTECODE", "1").env("PORTCULLIS_BIN", workspace::binary("debug"));
    command
}

fn make(home: &PathBuf) -> Outcome {
    let mut command = Command::new("python3");
    command.args(["-m", "venv", "--clear"]).arg(home);
    process::run_quietly("make python environment", &mut command)
}
