//! The keeper: makes namespaces, starts the first process inside them, and outlives it by a moment.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, ExitCode, Stdio};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::mount::{MountPropagationFlags, mount_change};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process, kill_process_group, pidfd_open, setsid};
use rustix::thread::UnshareFlags;

use super::{FIRST, fault, inherited_socket, rights, send_with, tell, wall};
use crate::cell::{Failure, Plan, Told};
use crate::isolation::Mechanism;

/// A plan longer than this is none of ours.
const PLAN_BYTES_MAX: u32 = 4 * 1024 * 1024;

pub(super) fn main() -> ExitCode {
    // SECURITY: what the node inherited without close-on-exec goes no further than here.
    close_fds::set_fds_cloexec(3, &[]);
    // Whatever is made for the function is for another user than this one.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o022));
    let Ok(control) = inherited_socket() else { return ExitCode::FAILURE };
    match keep(&control) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            tell(&control, &Told::Failed(failure));
            ExitCode::FAILURE
        }
    }
}

fn keep(control: &UnixStream) -> Result<(), Failure> {
    let text = read_plan(control)?;
    let plan: Plan = serde_json::from_slice(&text).map_err(fault("read the plan"))?;
    // A session of its own: a key pressed at the node's terminal is not for it.
    let _ = setsid();
    let groups = open_groups(&plan)?;
    let mut resume = plan.freezer.as_ref().and_then(|freezer| {
        let (file, word) = freezer.key();
        Some((OpenOptions::new().write(true).open(file).ok()?, word.to_owned()))
    });
    separate(&plan)?;
    let (ours, theirs) = UnixStream::pair().map_err(fault("make a socket"))?;
    let mut first = Command::new("/proc/self/exe")
        .arg(FIRST)
        .env_clear()
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .spawn()
        .map_err(fault("start the first process"))?;
    let handed = join(&first, groups).and_then(|()| hand_over(&ours, &text, control));
    drop((ours, text, plan));
    if let Err(failure) = handed {
        end(&mut first);
        return Err(failure);
    }
    watch(control, &first)?;
    // Whatever is stopped does not end.
    if let Some((file, word)) = &mut resume {
        let _ = file.write_all(word.as_bytes());
    }
    end(&mut first);
    Ok(())
}

fn read_plan(mut control: &UnixStream) -> Result<Vec<u8>, Failure> {
    let mut length = [0; 4];
    control.read_exact(&mut length).map_err(fault("read the plan's length"))?;
    let length = u32::from_le_bytes(length);
    if length > PLAN_BYTES_MAX {
        return Err(Failure { wall: None, why: format!("the plan has {length} bytes") });
    }
    let mut text = vec![0; length as usize];
    control.read_exact(&mut text).map_err(fault("read the plan"))?;
    Ok(text)
}

/// Opens them before any right is given up: the system asks who opened, not who writes.
fn open_groups(plan: &Plan) -> Result<Vec<File>, Failure> {
    let open = |path| OpenOptions::new().write(true).open(path);
    plan.cgroups
        .iter()
        .map(open)
        .collect::<Result<_, _>>()
        .map_err(wall(Mechanism::MemoryLimit, "open a control group"))
}

fn separate(plan: &Plan) -> Result<(), Failure> {
    let has = |mechanism| plan.walls.contains(&mechanism);
    // Whoever is not root needs a user namespace to make the others.
    if has(Mechanism::UserNamespace) && !rustix::process::geteuid().is_root() {
        rights::enter_user_namespace(0, 0)?;
    }
    if has(Mechanism::MountNamespace) {
        unshare(Mechanism::MountNamespace, UnshareFlags::NEWNS)?;
        mount_change("/", MountPropagationFlags::PRIVATE | MountPropagationFlags::REC)
            .map_err(wall(Mechanism::MountNamespace, "keep mounts private"))?;
    }
    if has(Mechanism::ProcessNamespace) {
        unshare(Mechanism::ProcessNamespace, UnshareFlags::NEWPID | UnshareFlags::NEWIPC | UnshareFlags::NEWUTS)?;
    }
    if has(Mechanism::NetworkNamespace) {
        unshare(Mechanism::NetworkNamespace, UnshareFlags::NEWNET)?;
    }
    Ok(())
}

fn unshare(mechanism: Mechanism, flags: UnshareFlags) -> Result<(), Failure> {
    rights::unshare(flags).map_err(wall(mechanism, "unshare"))
}

fn join(first: &Child, groups: Vec<File>) -> Result<(), Failure> {
    for mut group in groups {
        group
            .write_all(first.id().to_string().as_bytes())
            .map_err(wall(Mechanism::MemoryLimit, "enter a control group"))?;
    }
    Ok(())
}

/// The first process waits for this; until then it has done nothing.
fn hand_over(mut first: &UnixStream, plan: &[u8], control: &UnixStream) -> Result<(), Failure> {
    send_with(first, b"!", control).map_err(fault("hand the socket over"))?;
    first.write_all(plan).map_err(fault("hand the plan over"))
}

/// Waits until the first process ends, or the node closes its side.
fn watch(control: &UnixStream, first: &Child) -> Result<(), Failure> {
    let pid = pid(first).ok_or_else(|| Failure { wall: None, why: "the first process has no id".to_owned() })?;
    let process = pidfd_open(pid, PidfdFlags::empty()).map_err(fault("watch the first process"))?;
    loop {
        let mut waited = [PollFd::new(&process, PollFlags::IN), PollFd::new(control, PollFlags::IN | PollFlags::RDHUP)];
        if poll(&mut waited, None) == Err(rustix::io::Errno::INTR) {
            continue;
        }
        // The node says nothing more: whatever happens on its side is its end.
        return Ok(());
    }
}

/// Ends the first process and with it all of its namespace, or of its session where it has none.
fn end(first: &mut Child) {
    if let Some(pid) = pid(first) {
        let _ = kill_process(pid, Signal::KILL);
        let _ = kill_process_group(pid, Signal::KILL);
    }
    let _ = first.wait();
}

fn pid(child: &Child) -> Option<Pid> {
    i32::try_from(child.id()).ok().and_then(Pid::from_raw)
}
