//! AWS's Lambda client for Node, with its native part: built under `target/` from its package, for the tests of `functions`.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools::{self, Tool};
use crate::{Outcome, process, workspace};

/// The version that is tested.
const PACKAGE: &str = "aws-lambda-ric@3.3.0";

/// What its native part is built with; none of it comes with the package.
const BUILT_WITH: &[Tool] = &[
    Tool { program: "node", package: "nodejs" },
    Tool { program: "npm", package: "npm" },
    Tool { program: "g++", package: "g++" },
    Tool { program: "make", package: "make" },
    Tool { program: "cmake", package: "cmake" },
    Tool { program: "autoconf", package: "autoconf" },
    Tool { program: "automake", package: "automake" },
    Tool { program: "libtoolize", package: "libtool" },
];

/// Builds the client unless it is there, and answers the folder that holds its `node_modules`.
pub(crate) fn for_node() -> Outcome<PathBuf> {
    let home = workspace::target().join("lambda-client");
    let stamp = home.join("built");
    if std::fs::read(&stamp).is_ok_and(|built| built == PACKAGE.as_bytes()) {
        return Ok(home);
    }
    tools::require(BUILT_WITH)?;
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-audit", "--no-fund", "--prefix"]).arg(&home).arg(PACKAGE);
    if let Some(headers) = headers_beside(tools::find("node").as_deref()) {
        npm.env("npm_config_nodedir", headers);
    }
    process::run_quietly("build AWS's Lambda client for Node (some minutes, once)", &mut npm)?;
    // Without the stamp the next run builds once more, which does no harm.
    let _ = std::fs::write(&stamp, PACKAGE);
    Ok(home)
}

/// The folder whose `include/node` holds the interpreter's own headers; without one they are fetched.
fn headers_beside(node: Option<&Path>) -> Option<PathBuf> {
    let prefix = node?.canonicalize().ok()?.parent()?.parent()?.to_owned();
    prefix.join("include/node/node.h").is_file().then_some(prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_taken_from_where_the_interpreter_is_installed() {
        let folder = std::env::temp_dir().join(format!("portcullis-headers-{}", std::process::id()));
        let (node, header) = (folder.join("bin/node"), folder.join("include/node/node.h"));
        for file in [&node, &header] {
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        assert_eq!(headers_beside(Some(&node)), Some(folder.canonicalize().unwrap()));
        std::fs::remove_file(&header).unwrap();
        assert_eq!(headers_beside(Some(&node)), None);
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(headers_beside(None), None);
    }
}
