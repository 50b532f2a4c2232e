//! `cargo xtask run`: the gateway with the pets example, from a fresh clone in one command.

use crate::{Failure, Outcome, console, process, release, upstream, workspace};

/// What `--help` prints.
pub(crate) const HELP: &str = "\
Build the release binary, start a tiny upstream on a free port, and serve examples/pets/openapi.yaml through the
gateway until Ctrl-C. Whatever stands behind `--` goes to `portcullis run`.

Usage: cargo xtask run [-- OPTIONS OF portcullis run]

Examples:
  cargo xtask run
  cargo xtask run -- --data-dir target/pets-data --gateway 127.0.0.1:0";

/// Runs the task.
pub(crate) fn main(arguments: &[String]) -> Outcome {
    let options = match arguments.split_first() {
        None => &[][..],
        Some((first, rest)) if first == "--" => rest,
        Some((first, _)) => {
            return Err(Failure::new(format!("`{first}` is no option here; put gateway options behind `--`")));
        }
    };
    console::step("build", "the release binary (the first build takes some minutes)", release::build).0?;
    let address = upstream::start(0)?;
    console::say(&format!("    upstream: http://{address}/pets"));
    let mut gateway = process::tied("TERM", workspace::binary("release"));
    gateway.current_dir(workspace::root()).args(["run", "examples/pets/openapi.yaml"]);
    gateway.arg("--variable").arg(format!("upstream={address}")).args(options);
    let mut child = process::spawn(&mut gateway)?;
    let ended = process::wait(&mut child, None);
    match ended {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("the gateway ended with {status}"))),
        // Ctrl-C is how this task is meant to end.
        Err(_) => Ok(()),
    }
}
