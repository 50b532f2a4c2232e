//! `cargo xtask profile`: makes the profile that release builds are made by.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::release::{self, Compiler};
use crate::tools::{self, Tool};
use crate::{Failure, Outcome, console, process, workspace};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Make the profile that `cargo xtask run` and `bench` build the release binary by: build a binary that counts, load it as
`benches/src/bin/train.rs` says, and keep what was counted in profile/, for this version of the compiler. It takes about
twenty minutes. Do it before a release, after changes to what every request passes, and for a new compiler.

It wants LLVM's llvm-profdata, of the compiler's own version: `rustup component add llvm-tools`, or a system package.

Usage: cargo xtask profile

Examples:
  cargo xtask profile";

/// What the load wants from the system.
const TOOLS: [Tool; 3] = [Tool { program: "nginx", package: "nginx-light" }, tools::WRK, tools::H2LOAD];

/// Runs the task.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    if let Some(first) = arguments.first() {
        return Err(Failure::new(format!("`{first}` is no option here; see `cargo xtask profile --help`")));
    }
    let compiler = Compiler::ask()?;
    let merge = merger(&compiler)?;
    tools::require(&TOOLS)?;
    let folder = workspace::target().join("counting");
    let counted = folder.join("counted");
    console::step("build", "a binary that counts", || build(&folder, &counted)).0?;
    console::step("load", "what it is to be good at", || load(&folder, &counted)).0?;
    let packed = release::packed(&compiler.release);
    console::step("keep", &packed.display().to_string(), || keep(&merge, &counted, &folder, &packed)).0
}

/// In a folder of its own, lest it be taken for the gateway.
fn build(folder: &Path, counted: &Path) -> Outcome {
    let mut command = workspace::cargo();
    command.args(["build", "--release", "--package", "portcullis", "--target-dir"]).arg(folder);
    command.env(release::FLAGS, release::flags(&[&format!("-Cprofile-generate={}", counted.display())]));
    process::run(&mut command)
}

fn load(folder: &Path, counted: &Path) -> Outcome {
    // Build scripts and macros were counted, too.
    if counted.exists() {
        let removed = std::fs::remove_dir_all(counted);
        removed.map_err(|fault| Failure::new(format!("cannot empty `{}`: {fault}", counted.display())))?;
    }
    let mut command = workspace::cargo();
    command.args(["run", "--quiet", "--package", "benches", "--bin", "train"]);
    command.env("PORTCULLIS_BIN", folder.join("release/portcullis"));
    process::run(&mut command)
}

/// What was never called is left out: it is built as it would be without a profile.
fn keep(merge: &Path, counted: &Path, folder: &Path, packed: &Path) -> Outcome {
    let merged = folder.join("merged");
    process::run(Command::new(merge).args(["merge", "--sparse", "-o"]).arg(&merged).arg(counted))?;
    let fail = |fault: std::io::Error| Failure::new(format!("cannot keep the profile: {fault}"));
    let output = Command::new("gzip").args(["-9", "--no-name", "--stdout"]).arg(&merged).output().map_err(fail)?;
    if !output.status.success() {
        return Err(Failure::new("`gzip` cannot pack the profile"));
    }
    std::fs::create_dir_all(packed.parent().unwrap_or(packed)).map_err(fail)?;
    std::fs::write(packed, output.stdout).map_err(fail)
}

/// LLVM's program that reads what was counted, of the compiler's own version.
fn merger(compiler: &Compiler) -> Outcome<PathBuf> {
    const NAME: &str = "llvm-profdata";
    let told = release::rustc().args(["--print", "target-libdir"]).output();
    let libraries = told.map(|told| PathBuf::from(String::from_utf8_lossy(&told.stdout).trim()));
    let own = libraries.ok().and_then(|folder| Some(folder.parent()?.join("bin").join(NAME)));
    let installed = PathBuf::from(format!("/usr/lib/llvm-{}/bin/{NAME}", compiler.llvm));
    let found = own.into_iter().chain([installed]).find(|file| file.is_file());
    found.or_else(|| tools::find(&format!("{NAME}-{}", compiler.llvm))).ok_or_else(|| {
        Failure::new(format!(
            "cannot find `{NAME}` of LLVM {llvm}; install it with `rustup component add llvm-tools` or `apt-get install llvm-{llvm}`",
            llvm = compiler.llvm
        ))
    })
}
