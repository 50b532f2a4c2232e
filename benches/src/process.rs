//! A process on one core, and what it costs: CPU time and memory from `/proc`.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A process that is killed when it goes out of scope, with its children.
#[derive(Debug)]
pub struct Process(Child);

impl Process {
    /// Starts `command` on one core.
    pub fn pinned(core: usize, command: &Command) -> io::Result<Self> {
        Self::spawn(core, command, Stdio::inherit())
    }

    /// The same with an input of its own.
    pub fn listening(core: usize, command: &Command) -> io::Result<Self> {
        Self::spawn(core, command, Stdio::piped())
    }

    fn spawn(core: usize, command: &Command, input: Stdio) -> io::Result<Self> {
        let mut pinned = Command::new("taskset");
        pinned.arg("-c").arg(core.to_string()).arg(command.get_program()).args(command.get_args());
        pinned.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        pinned.stdin(input).stdout(Stdio::piped()).stderr(Stdio::inherit());
        pinned.spawn().map(Self)
    }

    /// The child itself.
    pub fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// User and system time of the process and its children since their start.
    pub fn cpu(&self) -> Duration {
        self.family().into_iter().map(cpu_of).sum()
    }

    /// Resident memory of the process and its children, in bytes.
    pub fn resident(&self) -> u64 {
        self.family().into_iter().map(resident_of).sum()
    }

    /// What of it is their own; the rest are pages of files, mostly of the program, which the system may take back.
    pub fn own(&self) -> u64 {
        self.family().into_iter().map(|id| status_of(id, "RssAnon:")).sum()
    }

    /// CPU time of those of its threads whose names begin so.
    pub fn cpu_of_threads(&self, prefix: &str) -> Duration {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.0.id())).into_iter().flatten().flatten();
        let named = tasks
            .map(|task| task.path())
            .filter(|task| fs::read_to_string(task.join("comm")).is_ok_and(|name| name.starts_with(prefix)));
        named.map(|task| cpu_in(&task.join("schedstat"))).sum()
    }

    fn family(&self) -> Vec<u32> {
        let own = self.0.id();
        let children = fs::read_to_string(format!("/proc/{own}/task/{own}/children")).unwrap_or_default();
        let children = children.split_ascii_whitespace().filter_map(|id| id.parse().ok());
        std::iter::once(own).chain(children).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        for id in self.family().into_iter().rev() {
            // A process that is gone already needs no killing.
            let _ = Command::new("kill").arg("-TERM").arg(id.to_string()).status();
        }
        let _ = self.0.wait();
    }
}

/// A program on `core` that lets everybody else there go first.
///
/// The upstream has the same core. Were both of the usual class, an answer of the upstream would wait until the load's slice
/// ends (some milliseconds), and the slowest answers would tell of that alone.
pub(crate) fn behind(core: usize, program: &str) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", &core.to_string(), "chrt", "--idle", "0", program]);
    command
}

/// Clock ticks a second, as `/proc` counts them on Linux.
const TICKS: u64 = 100;

/// User and system time of one process since its start.
pub fn cpu_of(id: u32) -> Duration {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // The name in parentheses may hold spaces; fields are counted behind it.
    let behind = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: u64 =
        behind.split_ascii_whitespace().skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 1000 / TICKS)
}

/// CPU time of the thread that asks, to the nanosecond.
pub fn own_thread_cpu() -> Duration {
    cpu_in(Path::new("/proc/thread-self/schedstat"))
}

/// The first number of a `schedstat` is the time spent on a core, in nanoseconds.
fn cpu_in(schedstat: &Path) -> Duration {
    let text = fs::read_to_string(schedstat).unwrap_or_default();
    Duration::from_nanos(text.split_ascii_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0))
}

/// Resident memory of one process, in bytes.
pub fn resident_of(id: u32) -> u64 {
    status_of(id, "VmRSS:")
}

/// A figure of a process that the kernel tells in kilobytes, in bytes.
fn status_of(id: u32, name: &str) -> u64 {
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kilobytes = line.and_then(|line| line.trim().split(' ').next()).and_then(|number| number.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}
