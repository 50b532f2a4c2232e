//! The first process of a cell: it builds what the function sees, gives up every right, starts it, and buries its dead.

use std::fs::File;
use std::io::Read as _;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode, Stdio};

use rustix::process::{
    Pid, Resource, Rlimit, Signal, WaitOptions, WaitStatus, set_parent_process_death_signal, setrlimit,
};
use rustix::thread::UnshareFlags;

use super::{fault, inherited_socket, loopback, mounts, receive_with, rights, send_with, tell, wall};
use crate::cell::{Ending, Failure, Limits, Plan, Program, Told};
use crate::isolation::Mechanism;

/// Open files of a function (AWS: 1,024).
const FILES_MAX: u64 = 1_024;

pub(super) fn main() -> ExitCode {
    let Ok((control, plan)) = receive() else { return ExitCode::FAILURE };
    let address = match put_up(&plan, &control) {
        Ok(address) => address,
        Err(failure) => {
            tell(&control, &Told::Failed(failure));
            return ExitCode::FAILURE;
        }
    };
    match plan.program {
        None => ExitCode::SUCCESS,
        Some(program) => run(&program, &address, &control),
    }
}

/// The control socket and the plan, from the keeper.
fn receive() -> std::io::Result<(UnixStream, Plan)> {
    let mut keeper = inherited_socket()?;
    let mut mark = [0];
    let (_, control) = receive_with(&keeper, &mut mark)?;
    let control = UnixStream::from(control.ok_or(std::io::ErrorKind::UnexpectedEof)?);
    let mut text = Vec::new();
    keeper.read_to_end(&mut text)?;
    Ok((control, serde_json::from_slice(&text)?))
}

/// Puts up every wall and hands the listener out. Answers where the runtime finds it.
fn put_up(plan: &Plan, control: &UnixStream) -> Result<String, Failure> {
    let has = |mechanism| plan.walls.contains(&mechanism);
    if !has(Mechanism::ProcessNamespace) {
        // A session of its own, by which the keeper ends it.
        rustix::process::setsid().map_err(fault("begin a session"))?;
    }
    if has(Mechanism::MountNamespace) {
        // Mapping `/dev/zero` makes memory that no process's limit counts.
        let shares = plan.limits.data_bytes.is_none();
        mounts::enter(&plan.view, has(Mechanism::ProcessNamespace), shares)?;
        // Only hides the names of control groups; it may be unknown.
        let _ = rights::unshare(UnshareFlags::NEWCGROUP);
    }
    if has(Mechanism::NetworkNamespace) {
        loopback::bring_up().map_err(wall(Mechanism::NetworkNamespace, "bring loopback up"))?;
    }
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, plan.port)).map_err(fault("listen on loopback"))?;
    let address = listener.local_addr().map_err(fault("listen on loopback"))?;
    limit(&plan.limits)?;
    rights::give_up(plan)?;
    // Set after the last change of users, which would clear it.
    let _ = set_parent_process_death_signal(Some(Signal::KILL));
    let landlock = rights::restrict(plan)?;
    let mut told = serde_json::to_vec(&Told::Ready { landlock }).map_err(fault("tell"))?;
    told.push(b'\n');
    send_with(control, &told, &listener).map_err(fault("hand the listener out"))?;
    Ok(address.to_string())
}

fn limit(limits: &Limits) -> Result<(), Failure> {
    let mut wanted = vec![(Resource::Core, 0, None), (Resource::Nofile, FILES_MAX, None)];
    if let Some(processes) = limits.processes {
        wanted.push((Resource::Nproc, processes, Some(Mechanism::ProcessLimit)));
    }
    if let Some(bytes) = limits.data_bytes {
        wanted.push((Resource::Data, bytes, Some(Mechanism::MemoryLimit)));
    }
    for (resource, most, mechanism) in wanted {
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })
            .map_err(|error| Failure { wall: mechanism, why: format!("limit {resource:?}: {error}") })?;
    }
    Ok(())
}

fn run(program: &Program, address: &str, control: &UnixStream) -> ExitCode {
    let started = Command::new(&program.executable)
        .args(&program.arguments)
        .env_clear()
        .envs(program.environment.iter().map(|(name, value)| (name, value)))
        .env("AWS_LAMBDA_RUNTIME_API", address)
        .current_dir(&program.directory)
        .process_group(0)
        .stdin(File::open("/dev/null").map_or_else(|_| Stdio::null(), Stdio::from))
        .spawn();
    let child = match started {
        Ok(child) => child,
        Err(error) => {
            let why = format!("fork/exec {}: {error}", program.executable.display());
            tell(control, &Told::NotStarted { why });
            return ExitCode::FAILURE;
        }
    };
    let ending = bury(i32::try_from(child.id()).ok().and_then(Pid::from_raw));
    tell(control, &Told::Ended(ending));
    ExitCode::SUCCESS
}

/// Waits for whatever ends here, until it is the function. What is left then ends with this process.
fn bury(function: Option<Pid>) -> Ending {
    loop {
        match rustix::process::wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) if Some(pid) == function => return ending(status),
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            // Nobody is left to wait for, which cannot be before the function was.
            Err(_) => return Ending::Exited(-1),
        }
    }
}

fn ending(status: WaitStatus) -> Ending {
    match status.terminating_signal() {
        Some(signal) => Ending::Signalled(signal),
        None => Ending::Exited(status.exit_status().unwrap_or(-1)),
    }
}
