//! Finds the interpreters of the PATH, and what of the machine they need to run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde::Deserialize;
use snapshot::FunctionRuntime;
use tokio::process::Command;

/// How long an interpreter may take to say what it is.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

/// An interpreter of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Interpreter {
    /// The real executable, behind links and shims.
    pub(crate) executable: PathBuf,
    /// `3.11`, `20`.
    pub(crate) version: String,
    /// Folders that it reads its own library from.
    folders: Vec<PathBuf>,
    /// What the process has mapped: the libraries it is linked with.
    mapped: Vec<PathBuf>,
}

/// Prints the fields above as JSON.
const ASK_PYTHON: &str = r#"
import json, os, sys
real = os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable)
maps = {line.split(None, 5)[5].strip() for line in open("/proc/self/maps") if line.count("/")}
print(json.dumps({"executable": real, "version": "%d.%d" % sys.version_info[:2],
                  "folders": sorted({sys.base_prefix, sys.base_exec_prefix}), "mapped": sorted(maps)}))
"#;
/// The same.
const ASK_NODE: &str = r#"
const fs = require("fs");
const maps = fs.readFileSync("/proc/self/maps", "utf8").split("\n").filter((line) => line.includes("/"));
console.log(JSON.stringify({executable: fs.realpathSync(process.execPath), version: process.versions.node.split(".")[0],
  folders: [], mapped: maps.map((line) => line.slice(line.indexOf("/")))}));
"#;

impl Interpreter {
    /// Asks the PATH for the interpreter of a runtime, which starts it once. `provided.*` has none.
    pub(crate) async fn find(runtime: FunctionRuntime) -> Result<Option<Self>, String> {
        let (name, arguments): (_, &[&str]) = match runtime {
            FunctionRuntime::Provided => return Ok(None),
            FunctionRuntime::Python => ("python3", &["-I", "-c", ASK_PYTHON]),
            FunctionRuntime::Node => ("node", &["-e", ASK_NODE]),
        };
        let output = Command::new(name).args(arguments).stdin(Stdio::null()).kill_on_drop(true).output();
        let output = tokio::time::timeout(ANSWER_TIMEOUT, output)
            .await
            .map_err(|_| format!("`{name}` on the PATH does not answer"))?;
        let output = output.map_err(|error| format!("`{name}` on the PATH cannot be started: {error}"))?;
        let found: Self = serde_json::from_slice(&output.stdout)
            .map_err(|_| format!("`{name}` on the PATH did not say what it is: {}", output.status))?;
        if found.folders.iter().any(|folder| folder == Path::new("/")) {
            return Err(format!(
                "`{name}` on the PATH is installed at the root of the machine, which functions may not see"
            ));
        }
        Ok(Some(found))
    }

    /// Everything of it that a cell must show, without what lies below another entry.
    pub(crate) fn parts(&self) -> Vec<PathBuf> {
        let all: BTreeSet<&Path> = self
            .folders
            .iter()
            .chain([&self.executable])
            .chain(self.mapped.iter().filter(|path| path.is_file()))
            .map(PathBuf::as_path)
            .collect();
        // Sorted: whatever lies below another comes after it.
        let mut parts: Vec<PathBuf> = Vec::new();
        for path in all {
            if !parts.iter().any(|part| path.starts_with(part)) {
                parts.push(path.to_path_buf());
            }
        }
        parts
    }
}
