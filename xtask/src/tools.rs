//! The programs that tests need from the system, and how they come onto the machine.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use crate::{Failure, Outcome, process};

/// A program and the Debian package that holds it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tool {
    /// What is called.
    pub(crate) program: &'static str,
    /// What is installed.
    pub(crate) package: &'static str,
}

/// An HTTP client written in C.
pub(crate) const CURL: Tool = Tool { program: "curl", package: "curl" };
/// A TLS client that shows what it negotiates.
pub(crate) const OPENSSL: Tool = Tool { program: "openssl", package: "openssl" };
/// A load generator for HTTP/2.
pub(crate) const H2LOAD: Tool = Tool { program: "h2load", package: "nghttp2-client" };
/// A load generator that runs scripts.
pub(crate) const WRK: Tool = Tool { program: "wrk", package: "wrk" };
/// A browser.
pub(crate) const CHROMIUM: Tool = Tool { program: "chromium", package: "chromium" };
/// The interpreter of the client tests.
pub(crate) const PYTHON: Tool = Tool { program: "python3", package: "python3" };
/// PostgreSQL's shell, which makes the tests' databases.
pub(crate) const PSQL: Tool = Tool { program: "psql", package: "postgresql" };

/// Finds a program on the search path.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

/// Installs whichever of the tools is missing.
pub(crate) fn require(tools: &[Tool]) -> Outcome {
    for tool in tools {
        if find(tool.program).is_none() {
            install(tool.package, tool.program)?;
        }
    }
    Ok(())
}

/// Installs a system package, or says what to install.
pub(crate) fn install(package: &str, wanted: &str) -> Outcome {
    /// One installation at a time: what the system installs with lets nobody beside it.
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    if find(wanted).is_some() {
        return Ok(());
    }
    if find("apt-get").is_none() || !is_root() {
        return Err(Failure::new(format!(
            "cannot find `{wanted}`; install it with `sudo apt-get install --no-install-recommends {package}`"
        )));
    }
    // Package lists may be absent or stale on a fresh machine; they are fetched only when they are needed.
    if apt(&format!("install {package}"), &["install", "-y", "--no-install-recommends", package]).is_ok() {
        return Ok(());
    }
    apt("update package lists", &["update"])?;
    apt(&format!("install {package}"), &["install", "-y", "--no-install-recommends", package])
}

/// Whether this task may install packages and must drop its rights for PostgreSQL.
pub(crate) fn is_root() -> bool {
    let id = Command::new("id").arg("-u").stderr(Stdio::null()).output();
    id.is_ok_and(|answer| answer.stdout.trim_ascii() == b"0")
}

fn apt(what: &str, arguments: &[&str]) -> Outcome {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").arg("-q").args(arguments);
    process::run_quietly(what, &mut command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_on_the_search_path_is_found() {
        assert!(find("sh").is_some());
        assert!(find("no-such-program-anywhere").is_none());
    }
}
