//! Which walls this kernel can put around a function, and what is done about those it cannot.

pub(crate) mod cgroup;
pub(crate) mod freezer;
pub(crate) mod probe;

use std::fmt;

use serde::{Deserialize, Serialize};
use snapshot::FunctionNetwork;

pub(crate) use probe::probe;

/// One wall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Mechanism {
    /// A user namespace: its users are nobody outside.
    UserNamespace,
    /// A mount namespace with a root of its own: it sees its code, the system's programs and nothing of ours.
    MountNamespace,
    /// A process namespace: it sees its own processes, and they end together.
    ProcessNamespace,
    /// A network namespace: it reaches its own runtime listener and nothing else.
    NetworkNamespace,
    /// No program gives it more rights than it has.
    NoNewPrivileges,
    /// Files and signals, once more, by rules that it cannot lift.
    Landlock,
    /// The system calls that Lambda's runtimes need, and no others.
    Seccomp,
    /// What its processes hold together.
    MemoryLimit,
    /// What its processes compute together.
    CpuLimit,
    /// How many processes and threads it has.
    ProcessLimit,
}

/// All walls, in the order in which a report names them.
pub const MECHANISMS: [Mechanism; 10] = [
    Mechanism::UserNamespace,
    Mechanism::MountNamespace,
    Mechanism::ProcessNamespace,
    Mechanism::NetworkNamespace,
    Mechanism::NoNewPrivileges,
    Mechanism::Landlock,
    Mechanism::Seccomp,
    Mechanism::MemoryLimit,
    Mechanism::CpuLimit,
    Mechanism::ProcessLimit,
];

impl Mechanism {
    /// What to do where it is missing.
    pub fn remedy(self) -> &'static str {
        match self {
            Self::UserNamespace => {
                "allow user namespaces (sysctl `user.max_user_namespaces`, `kernel.unprivileged_userns_clone`, \
                 `kernel.apparmor_restrict_unprivileged_userns`), or run the node as root"
            }
            Self::MountNamespace | Self::ProcessNamespace | Self::NetworkNamespace => {
                "run the node as root or allow user namespaces; in a container, give it CAP_SYS_ADMIN and an unmasked /proc"
            }
            Self::NoNewPrivileges | Self::Seccomp => "use a kernel with CONFIG_SECCOMP_FILTER on x86-64 or arm64",
            Self::Landlock => "use a kernel from 5.13 with `landlock` in CONFIG_LSM or the `lsm=` boot parameter",
            Self::MemoryLimit | Self::CpuLimit | Self::ProcessLimit => {
                "delegate the memory, cpu and pids controllers to the node (systemd: `Delegate=yes`), or run it as root"
            }
        }
    }
}

impl fmt::Display for Mechanism {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UserNamespace => "user namespace",
            Self::MountNamespace => "mount namespace",
            Self::ProcessNamespace => "process namespace",
            Self::NetworkNamespace => "network namespace",
            Self::NoNewPrivileges => "no_new_privs",
            Self::Landlock => "Landlock",
            Self::Seccomp => "seccomp",
            Self::MemoryLimit => "memory limit",
            Self::CpuLimit => "CPU limit",
            Self::ProcessLimit => "process limit",
        })
    }
}

/// Whether a wall stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It does, by this.
    Present(String),
    /// It does not, because of this.
    Missing(String),
}

/// What was found out about one wall.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Which.
    pub mechanism: Mechanism,
    /// Whether it stands.
    pub state: State,
}

/// What this kernel gives; see [`crate::Functions::isolation`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// One entry for each of [`MECHANISMS`].
    pub found: Vec<Found>,
}

impl Report {
    /// Whether a wall stands.
    pub fn has(&self, mechanism: Mechanism) -> bool {
        self.found.iter().any(|found| found.mechanism == mechanism && matches!(found.state, State::Present(_)))
    }

    /// Why a function with this network may not run isolated here: a limit that nothing gives. `None`: it may.
    pub fn refusal(&self, network: FunctionNetwork) -> Option<String> {
        let files = self.has(Mechanism::MountNamespace) || self.has(Mechanism::Landlock);
        let missing = if !files {
            Some(("files", Mechanism::MountNamespace))
        } else if !self.has(Mechanism::ProcessNamespace) {
            Some(("processes", Mechanism::ProcessNamespace))
        } else if !self.has(Mechanism::ProcessLimit) {
            Some(("processes", Mechanism::ProcessLimit))
        } else if !self.has(Mechanism::MemoryLimit) {
            Some(("memory", Mechanism::MemoryLimit))
        } else {
            match network {
                FunctionNetwork::None if !self.has(Mechanism::NetworkNamespace) => {
                    Some(("the network", Mechanism::NetworkNamespace))
                }
                FunctionNetwork::None | FunctionNetwork::Host => None,
            }
        };
        let (limit, mechanism) = missing?;
        let why = self.found.iter().find_map(|found| match &found.state {
            State::Missing(why) if found.mechanism == mechanism => Some(why.as_str()),
            State::Missing(_) | State::Present(_) => None,
        });
        Some(format!(
            "nothing on this node limits its {limit}: there is no {mechanism} ({}); {}",
            why.unwrap_or("unknown"),
            mechanism.remedy()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(missing: &[Mechanism], network: FunctionNetwork) -> Option<String> {
        let found = MECHANISMS
            .iter()
            .map(|&mechanism| Found {
                mechanism,
                state: if missing.contains(&mechanism) {
                    State::Missing("not here".to_owned())
                } else {
                    State::Present("here".to_owned())
                },
            })
            .collect();
        Report { found }.refusal(network)
    }

    #[test]
    fn a_limit_that_nothing_gives_refuses_by_name_and_with_its_remedy() {
        use Mechanism as M;
        for (missing, named) in [
            (vec![M::MountNamespace, M::Landlock], "mount namespace"),
            (vec![M::ProcessNamespace], "process namespace"),
            (vec![M::ProcessLimit], "process limit"),
            (vec![M::MemoryLimit], "memory limit"),
            (vec![M::NetworkNamespace], "network namespace"),
        ] {
            let why = check(&missing, FunctionNetwork::None).expect("it is refused");
            assert!(why.contains(named) && why.contains(missing[0].remedy()), "{why}");
        }
    }

    #[test]
    fn what_another_wall_also_gives_does_not_refuse() {
        use Mechanism as M;
        for missing in
            [vec![], vec![M::MountNamespace], vec![M::Landlock], vec![M::Seccomp, M::CpuLimit, M::UserNamespace]]
        {
            assert_eq!(check(&missing, FunctionNetwork::None), None, "{missing:?}");
        }
        assert_eq!(check(&[M::NetworkNamespace], FunctionNetwork::Host), None);
    }
}
