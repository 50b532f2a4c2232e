//! Finds out which walls stand here by putting up a cell with nothing in it, and without those that do not.

use std::collections::BTreeSet;
use std::path::Path;

use super::cgroup::{Controller, Generation, Home};
use super::{Found, MECHANISMS, Mechanism, Report, State};
use crate::cell::{self, Failure, Limits, Plan, View};

/// What a node knows about its walls.
#[derive(Debug)]
pub(crate) struct Walls {
    /// For people.
    pub(crate) report: Report,
    /// Those that a cell puts up itself.
    pub(crate) standing: BTreeSet<Mechanism>,
    /// Where groups are made.
    pub(crate) groups: Home,
    /// Whether the node may give each instance a user of its own.
    pub(crate) is_root: bool,
}

impl Walls {
    /// Whether instances have users of their own, by which processes can be counted.
    pub(crate) fn has_own_users(&self) -> bool {
        has_own_users(&self.standing, self.is_root)
    }
}

fn has_own_users(standing: &BTreeSet<Mechanism>, is_root: bool) -> bool {
    standing.contains(&Mechanism::UserNamespace) || (is_root && standing.contains(&Mechanism::MountNamespace))
}

/// The walls that the processes of a cell put up.
const OF_THE_CELL: [Mechanism; 7] = [
    Mechanism::UserNamespace,
    Mechanism::MountNamespace,
    Mechanism::ProcessNamespace,
    Mechanism::NetworkNamespace,
    Mechanism::NoNewPrivileges,
    Mechanism::Landlock,
    Mechanism::Seccomp,
];

/// Tries every wall. It starts a few short processes and blocks for some ten milliseconds.
pub(crate) fn probe(helper: &Path, root: &Path, lacking: &[Mechanism]) -> Walls {
    let mut standing: BTreeSet<_> = OF_THE_CELL.into_iter().filter(|wall| !lacking.contains(wall)).collect();
    let mut missing: Vec<(Mechanism, String)> =
        lacking.iter().map(|&wall| (wall, "this node does without it".to_owned())).collect();
    let is_root = rustix::process::geteuid().is_root();
    let landlock = loop {
        let failure = match attempt(helper, root, &standing) {
            Ok(landlock) => break landlock,
            Err(failure) => failure,
        };
        match failure.wall {
            Some(wall) if standing.remove(&wall) => missing.push((wall, failure.why)),
            // Not a wall, or one that was not asked for: nothing can be started at all.
            Some(_) | None => {
                missing.extend(std::mem::take(&mut standing).into_iter().map(|wall| (wall, failure.why.clone())));
                break None;
            }
        }
    };
    // The three come from one place, so that lacking one drills the way without it.
    let limits = [Mechanism::MemoryLimit, Mechanism::CpuLimit, Mechanism::ProcessLimit];
    let groups = if limits.iter().any(|limit| lacking.contains(limit)) { Home::default() } else { Home::find() };
    let found = MECHANISMS.into_iter().map(|mechanism| {
        let version = landlock.as_ref().filter(|_| mechanism == Mechanism::Landlock);
        let state = match version {
            Some(version) => State::Present(format!("its rules up to {version}")),
            None => state(mechanism, &standing, &missing, &groups, lacking, is_root),
        };
        Found { mechanism, state }
    });
    let report = Report { found: found.collect() };
    Walls { report, standing, groups, is_root }
}

fn attempt(helper: &Path, root: &Path, walls: &BTreeSet<Mechanism>) -> Result<Option<String>, Failure> {
    let own = root.to_path_buf();
    let plan = Plan {
        walls: walls.clone(),
        uid: rustix::process::geteuid().is_root().then_some(cell::UID_FIRST),
        cgroups: Vec::new(),
        freezer: None,
        limits: Limits::default(),
        view: View {
            root: own.clone(),
            shown: Vec::new(),
            links: Vec::new(),
            files: Vec::new(),
            hidden: Vec::new(),
            tmp_bytes: 4_096,
            writable: if walls.contains(&Mechanism::MountNamespace) { None } else { Some(own) },
        },
        port: 0,
        program: None,
    };
    cell::start(helper, &plan).map(|stands| stands.landlock)
}

fn state(
    mechanism: Mechanism,
    standing: &BTreeSet<Mechanism>,
    missing: &[(Mechanism, String)],
    groups: &Home,
    lacking: &[Mechanism],
    is_root: bool,
) -> State {
    let controller = match mechanism {
        Mechanism::MemoryLimit => Controller::Memory,
        Mechanism::CpuLimit => Controller::Cpu,
        Mechanism::ProcessLimit => Controller::Processes,
        Mechanism::Landlock
        | Mechanism::MountNamespace
        | Mechanism::NetworkNamespace
        | Mechanism::NoNewPrivileges
        | Mechanism::ProcessNamespace
        | Mechanism::Seccomp
        | Mechanism::UserNamespace => {
            return if standing.contains(&mechanism) {
                State::Present("tried, and it stands".to_owned())
            } else {
                let why = missing.iter().find(|(wall, _)| *wall == mechanism).map(|(_, why)| why.clone());
                State::Missing(why.unwrap_or_default())
            };
        }
    };
    match groups.state(controller) {
        Ok(Generation::V2) => State::Present("control groups v2".to_owned()),
        Ok(Generation::V1) => State::Present("control groups v1".to_owned()),
        // A limit by process counts for a function only where its processes cannot leave their namespace.
        Err(why) if mechanism == Mechanism::CpuLimit || lacking.contains(&mechanism) => State::Missing(why),
        Err(why) if mechanism == Mechanism::ProcessLimit && !has_own_users(standing, is_root) => State::Missing(why),
        Err(_) if standing.contains(&Mechanism::ProcessNamespace) => {
            State::Present("limits by process (rlimits) in a process namespace".to_owned())
        }
        Err(why) => State::Missing(why),
    }
}
