//! What the node tells the two processes that put a cell up, and what they tell it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::isolation::Mechanism;
use crate::isolation::freezer::Freezer;

/// Everything about one cell. It carries the function's environment, so it has no `Debug`.
#[derive(Serialize, Deserialize)]
pub(crate) struct Plan {
    /// The walls to put up; one that cannot be is a failure.
    pub(crate) walls: BTreeSet<Mechanism>,
    /// The user that it becomes outside; the node's own where `None`.
    pub(crate) uid: Option<u32>,
    /// Files that take its process id before it does anything (`cgroup.procs`).
    pub(crate) cgroups: Vec<PathBuf>,
    /// What resumes its processes, which the keeper does before it ends them.
    pub(crate) freezer: Option<Freezer>,
    /// Limits by process, where no control group gives them.
    pub(crate) limits: Limits,
    /// What it sees.
    pub(crate) view: View,
    /// The port of its runtime listener on loopback; any free one for 0.
    pub(crate) port: u16,
    /// What runs in it. None: the walls are put up and that is all, to see whether they can be.
    pub(crate) program: Option<Program>,
}

/// Limits that a process and its children have.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Limits {
    /// Processes and threads of its user.
    pub(crate) processes: Option<u64>,
    /// What one process may hold, in bytes.
    pub(crate) data_bytes: Option<u64>,
}

/// The files that a cell sees.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct View {
    /// An empty folder over which its root is mounted.
    pub(crate) root: PathBuf,
    /// What of the machine it sees, to read only: where it lies, and where it is seen.
    pub(crate) shown: Vec<(PathBuf, PathBuf)>,
    /// Links in its root: name and target.
    pub(crate) links: Vec<(PathBuf, PathBuf)>,
    /// Small files of its own: name and text.
    pub(crate) files: Vec<(PathBuf, String)>,
    /// What stays hidden although it lies below something shown.
    pub(crate) hidden: Vec<PathBuf>,
    /// The size of `/tmp`, in bytes.
    pub(crate) tmp_bytes: u64,
    /// Where there is no root of its own: the one folder that it may write to.
    pub(crate) writable: Option<PathBuf>,
}

/// What is started.
#[derive(Serialize, Deserialize)]
pub(crate) struct Program {
    /// The executable, as the cell sees it.
    pub(crate) executable: PathBuf,
    /// Its arguments.
    pub(crate) arguments: Vec<String>,
    /// Its whole environment but for `AWS_LAMBDA_RUNTIME_API`, which the cell knows best.
    pub(crate) environment: Vec<(String, String)>,
    /// Its working directory.
    pub(crate) directory: PathBuf,
}

/// What the processes of a cell tell the node: one JSON document a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Told {
    /// The walls stand. The runtime listener comes with it.
    Ready {
        /// Which of Landlock's versions holds, if one does.
        landlock: Option<String>,
    },
    /// They do not.
    Failed(Failure),
    /// The program cannot be started.
    NotStarted {
        /// What the system said.
        why: String,
    },
    /// The program has ended.
    Ended(Ending),
}

/// Why a cell does not stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Failure {
    /// The wall that cannot be put up, if it is one.
    pub(crate) wall: Option<Mechanism>,
    /// What was tried and what the system said.
    pub(crate) why: String,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Ending {
    /// With a status of its own.
    Exited(i32),
    /// By a signal.
    Signalled(i32),
}
