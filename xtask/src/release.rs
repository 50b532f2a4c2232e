//! The release binary, built with a profile of the gateway at work: `docs/decisions/0022-built-by-a-profile.md`.

use std::collections::hash_map::DefaultHasher;
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
        let profile = format!("-Cprofile-use={}", unpack(&packed)?.display());
        command.env(FLAGS, flags(&[&profile, QUIETLY]));
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
        let told = rustc().arg("-vV").output();
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

/// The compiler that cargo would take here.
pub(crate) fn rustc() -> Command {
    let mut command = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    command.current_dir(workspace::root());
    command
}

/// Where cargo reads the compiler's flags, parted by [`BETWEEN`]: they hold paths, and paths may hold blanks.
pub(crate) const FLAGS: &str = "CARGO_ENCODED_RUSTFLAGS";
const BETWEEN: &str = "\x1f";

/// The flags of the caller, and more, as [`FLAGS`] takes them.
pub(crate) fn flags(more: &[&str]) -> String {
    let of = |name| std::env::var(name).unwrap_or_default();
    join(&of(FLAGS), &of("RUSTFLAGS"), more)
}

/// cargo, too, reads the plain ones only where there are no others.
fn join(encoded: &str, plain: &str, more: &[&str]) -> String {
    let callers: Vec<&str> =
        if encoded.is_empty() { plain.split_whitespace().collect() } else { encoded.split(BETWEEN).collect() };
    [&callers[..], more].concat().join(BETWEEN)
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
    fn a_profile_is_unpacked_to_a_place_that_its_contents_name() {
        let folder = std::env::temp_dir().join(format!("portcullis-profiles-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let unpacked = ["one", "one", "two"].map(|text| {
            let plain = folder.join("counts");
            std::fs::write(&plain, text).unwrap();
            assert!(Command::new("gzip").args(["-f", "--no-name"]).arg(&plain).status().unwrap().success());
            let unpacked = unpack(&folder.join("counts.gz")).unwrap();
            assert_eq!(std::fs::read_to_string(&unpacked).unwrap(), text);
            unpacked
        });
        assert!(unpacked[0] == unpacked[1] && unpacked[1] != unpacked[2], "{unpacked:?}");
        for file in [&unpacked[0], &unpacked[2]] {
            std::fs::remove_file(file).unwrap();
        }
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn flags_are_added_to_those_of_the_caller_and_may_hold_blanks() {
        let more = ["-Cprofile-use=/a b/c", "-Cx"];
        assert_eq!(join("", "", &more), "-Cprofile-use=/a b/c\x1f-Cx");
        assert_eq!(join("", " -Cone  -Ctwo ", &more), "-Cone\x1f-Ctwo\x1f-Cprofile-use=/a b/c\x1f-Cx");
        assert_eq!(join("-Cone two", "-Cthree", &more), "-Cone two\x1f-Cprofile-use=/a b/c\x1f-Cx");
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
