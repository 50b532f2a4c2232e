//! Starts other programs, waits for them, and ends them when this task is interrupted.

use std::ffi::OsStr;
use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Failure, Outcome, console, workspace};

/// How often a running program is looked at.
const LOOK: Duration = Duration::from_millis(50);
/// How often a silent program's progress is told.
const TELL: Duration = Duration::from_secs(15);
/// How long an interrupted program may take to end by itself.
const GRACE: Duration = Duration::from_secs(40);

/// Runs a program whose output the person sees.
pub(crate) fn run(command: &mut Command) -> Outcome {
    let mut child = spawn(command)?;
    settle(&name_of(command), wait(&mut child, None)?)
}

/// Runs a program whose output is kept in a log, telling from time to time that it still works.
pub(crate) fn run_quietly(what: &str, command: &mut Command) -> Outcome {
    let log = workspace::target().join("xtask").join(format!("{}.log", what.replace(' ', "-")));
    let (out, err) = open_log(&log)?;
    console::say(&format!("    {what}"));
    let mut child = spawn(command.stdin(Stdio::null()).stdout(out).stderr(err))?;
    let status = wait(&mut child, Some(what))?;
    settle(&name_of(command), status).map_err(|failure| Failure(format!("{}\n{}", failure.0, tail(&log))))
}

/// Starts a program; a missing one is told in one line.
pub(crate) fn spawn(command: &mut Command) -> Outcome<Child> {
    interrupted(); // From here on an interrupt is noticed and not fatal.
    command.spawn().map_err(|fault| match fault.kind() {
        ErrorKind::NotFound => Failure::new(format!("cannot find `{}`; install it first", name_of(command))),
        _ => Failure::new(format!("cannot start `{}`: {fault}", name_of(command))),
    })
}

/// Lets a program receive `signal` when this task dies, however it dies.
pub(crate) fn tied(signal: &str, program: impl AsRef<OsStr>) -> Command {
    if crate::tools::find("setpriv").is_none() {
        return Command::new(program);
    }
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", signal, "--"]).arg(program);
    command
}

/// Sends a signal by name and waits for the end; kills after a grace period.
pub(crate) fn end(child: &mut Child, signal: &str) {
    let sent = Command::new("kill").args([&format!("-{signal}"), &child.id().to_string()]).status();
    let deadline = Instant::now() + GRACE;
    while sent.is_ok() && Instant::now() < deadline {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        thread::sleep(LOOK);
    }
    // Nothing is left to do for a program that cannot be killed either.
    let _ = child.kill();
    let _ = child.wait();
}

/// Whether the person or the machine asked this task to stop.
pub(crate) fn interrupted() -> bool {
    static FLAG: OnceLock<Arc<AtomicBool>> = OnceLock::new();
    let flag = FLAG.get_or_init(|| {
        let flag = Arc::new(AtomicBool::new(false));
        for signal in [signal_hook::consts::SIGINT, signal_hook::consts::SIGTERM] {
            // Without a handler the signal ends this task at once, as it would any program.
            let _ = signal_hook::flag::register(signal, Arc::clone(&flag));
        }
        flag
    });
    flag.load(Ordering::Relaxed)
}

/// Waits for a program's end and ends it when this task is interrupted.
pub(crate) fn wait(child: &mut Child, tell: Option<&str>) -> Outcome<ExitStatus> {
    let started = Instant::now();
    let mut told = started;
    loop {
        if let Some(status) = child.try_wait().map_err(|fault| Failure::new(format!("cannot wait: {fault}")))? {
            return Ok(status);
        }
        if interrupted() {
            end(child, "TERM");
            return Err(Failure::new("interrupted"));
        }
        if let Some(what) = tell
            && told.elapsed() >= TELL
        {
            told = Instant::now();
            console::say(&format!("    {what}: still at it, {}", console::seconds(started.elapsed())));
        }
        thread::sleep(LOOK);
    }
}

fn settle(name: &str, status: ExitStatus) -> Outcome {
    if status.success() { Ok(()) } else { Err(Failure::new(format!("`{name}` ended with {status}"))) }
}

fn name_of(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

fn open_log(path: &Path) -> Outcome<(File, File)> {
    let open = || {
        std::fs::create_dir_all(path.parent().unwrap_or(path))?;
        let file = File::create(path)?;
        Ok((file.try_clone()?, file))
    };
    open().map_err(|fault: std::io::Error| Failure::new(format!("cannot write `{}`: {fault}", path.display())))
}

fn tail(log: &Path) -> String {
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_told_in_one_line() {
        let failure = run(&mut Command::new("no-such-program-anywhere")).unwrap_err();
        assert_eq!(failure.0, "cannot find `no-such-program-anywhere`; install it first");
    }

    #[test]
    fn a_failing_program_fails_the_step() {
        assert!(run(&mut Command::new("false")).is_err());
        assert!(run(&mut Command::new("true")).is_ok());
    }
}
