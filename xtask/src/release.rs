//! The release binary, built with a profile of the gateway at work: `docs/decisions/0022-built-by-a-profile.md`.

use std::collections::hash_map::DefaultHasher;
use std::ffi::OsString;
use std::hash::{Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{Failure, Outcome, console, process, workspace};

/// The folder of profiles in the repository.
const FOLDER: &str = "profile";

/// A function that has changed since is built as it would be without a profile; nobody needs to be told of each.
const QUIETLY: &str = "-Cllvm-args=-no-pgo-warn-mismatch";

/// Builds `target/release/portcullis`.
pub(crate) fn build() -> Outcome {
    let compiler = Compiler::ask()?;
    let packed = packed(&compiler.release);
    let mut command = workspace::cargo();
    command.args(["build", "--release", "--package", "portcullis"]);
    if packed.is_file() {
        command.env("RUSTFLAGS", flags(&format!("-Cprofile-use={} {QUIETLY}", unpack(&packed)?.display())));
    } else {
        console::say(&format!(
            "    without a profile, so slower at work: {FOLDER}/ has none for rustc {}; `cargo xtask profile` makes one",
            compiler.release
        ));
    }
    process::run(&mut command)
}

/// The compiler whose names of functions, and whose format, a profile is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Compiler {
    /// Such as `1.95.0`.
    pub(crate) release: String,
    /// The major version of its LLVM.
    pub(crate) llvm: String,
}

impl Compiler {
    /// Asks the compiler that cargo would take.
    pub(crate) fn ask() -> Outcome<Self> {
        let program = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let told = Command::new(program).current_dir(workspace::root()).arg("-vV").output();
        let told = told.map_err(|fault| Failure::new(format!("cannot ask rustc for its version: {fault}")))?;
        Self::read(&String::from_utf8_lossy(&told.stdout))
            .ok_or_else(|| Failure::new("`rustc -vV` names neither its release nor its LLVM"))
    }

    fn read(told: &str) -> Option<Self> {
        let of = |name: &str| told.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let llvm = of("LLVM version:")?.split('.').next()?;
        Some(Self { release: of("release:")?.to_owned(), llvm: llvm.to_owned() })
    }
}

/// Where the profile for a compiler is kept.
pub(crate) fn packed(release: &str) -> PathBuf {
    workspace::root().join(FOLDER).join(format!("rustc-{release}.profdata.gz"))
}

/// The flags of the caller, and one more.
pub(crate) fn flags(more: &str) -> OsString {
    let mut flags = std::env::var_os("RUSTFLAGS").unwrap_or_default();
    if !flags.is_empty() {
        flags.push(" ");
    }
    flags.push(more);
    flags
}

/// Unpacks a profile to a place that its contents name: cargo builds anew when a flag changes, not when a file does.
fn unpack(packed: &Path) -> Outcome<PathBuf> {
    let fail = |fault: std::io::Error| Failure::new(format!("cannot unpack `{}`: {fault}", packed.display()));
    let mut hash = DefaultHasher::new();
    std::fs::read(packed).map_err(fail)?.hash(&mut hash);
    let folder = workspace::target().join(FOLDER);
    let unpacked = folder.join(format!("{:016x}.profdata", hash.finish()));
    if unpacked.is_file() {
        return Ok(unpacked);
    }
    std::fs::create_dir_all(&folder).map_err(fail)?;
    let output = Command::new("gzip").arg("-dc").arg(packed).output().map_err(fail)?;
    if !output.status.success() {
        return Err(Failure::new(format!("`{}` is damaged; `cargo xtask profile` makes it anew", packed.display())));
    }
    // Whole or not there, however this ends.
    let partial = unpacked.with_extension(format!("{}", std::process::id()));
    std::fs::write(&partial, output.stdout).and_then(|()| std::fs::rename(&partial, &unpacked)).map_err(fail)?;
    Ok(unpacked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_names_its_release_and_its_llvm() {
        let told = "rustc 1.95.0 (59807616e 2026-04-14)\nbinary: rustc\nrelease: 1.95.0\nLLVM version: 22.1.2\n";
        let want = Compiler { release: "1.95.0".to_owned(), llvm: "22".to_owned() };
        assert_eq!(Compiler::read(told), Some(want));
        assert_eq!(Compiler::read("rustc 1.95.0"), None);
    }

    #[test]
    fn the_profile_is_unpacked_once() {
        let compiler = Compiler::ask().unwrap();
        let packed = packed(&compiler.release);
        if !packed.is_file() {
            return;
        }
        let unpacked = unpack(&packed).unwrap();
        assert!(std::fs::metadata(&unpacked).unwrap().len() > 100_000);
        assert_eq!(unpack(&packed).unwrap(), unpacked);
    }

    #[test]
    fn a_damaged_profile_is_told() {
        let damaged = std::env::temp_dir().join(format!("portcullis-damaged-{}.gz", std::process::id()));
        std::fs::write(&damaged, b"no archive").unwrap();
        let failure = unpack(&damaged).unwrap_err();
        std::fs::remove_file(&damaged).unwrap();
        assert!(failure.0.contains("is damaged; `cargo xtask profile` makes it anew"), "{}", failure.0);
    }
}
