//! Gives up every right: users, capabilities, system calls, files. Nothing here can be taken back.

use std::fs;

use landlock::{
    ABI, Access as _, AccessFs, CompatLevel, Compatible as _, LandlockStatus, Ruleset, RulesetAttr as _,
    RulesetCreatedAttr as _, RulesetStatus, Scope, path_beneath_rules,
};
use rustix::io;
use rustix::process::{DumpableBehavior, Gid, Uid, getegid, geteuid, set_dumpable_behavior};
use rustix::thread::{
    CapabilitySet, CapabilitySets, UnshareFlags, clear_ambient_capability_set, remove_capability_from_bounding_set,
    set_capabilities, set_no_new_privs, set_thread_groups, set_thread_res_gid, set_thread_res_uid,
};

use super::system_calls::{self, Memory};
use super::{fault, wall};
use crate::cell::{Failure, Plan};
use crate::isolation::Mechanism;

/// Who a function is inside, as on AWS.
pub(crate) const USER_INSIDE: u32 = 993;
/// Its group.
pub(crate) const GROUP_INSIDE: u32 = 990;
/// The newest of Landlock's rules that are asked for; an older kernel gives those it has.
const LANDLOCK: ABI = ABI::V7;

/// Leaves namespaces behind. The process has one thread, and descriptors stay shared with nobody.
#[expect(deprecated, reason = "the safe form; what makes it unsafe is FILES, which is never among the flags")]
pub(super) fn unshare(flags: UnshareFlags) -> io::Result<()> {
    debug_assert!(!flags.contains(UnshareFlags::FILES), "descriptors stay as they are");
    rustix::thread::unshare(flags)
}

/// Enters a user namespace in which the present user is `user` and everybody else is nobody.
pub(super) fn enter_user_namespace(user: u32, group: u32) -> Result<(), Failure> {
    let failed = |tried: &'static str| wall(Mechanism::UserNamespace, tried);
    let (outer_user, outer_group) = (geteuid().as_raw(), getegid().as_raw());
    unshare(UnshareFlags::NEWUSER).map_err(|error| failed("unshare")(error))?;
    // A process that changed users owns its own files in /proc only while it may be dumped.
    set_dumpable_behavior(DumpableBehavior::Dumpable).map_err(|error| failed("own its files")(error))?;
    fs::write("/proc/self/setgroups", "deny")
        .and_then(|()| fs::write("/proc/self/uid_map", format!("{user} {outer_user} 1")))
        .and_then(|()| fs::write("/proc/self/gid_map", format!("{group} {outer_group} 1")))
        .map_err(wall(Mechanism::UserNamespace, "name its user"))
}

/// Becomes a user without rights: of its own outside, nobody else inside, and without capabilities.
pub(super) fn give_up(plan: &Plan) -> Result<(), Failure> {
    if let Some(uid) = plan.uid {
        let (user, group) = (Uid::from_raw(uid), Gid::from_raw(uid));
        set_thread_groups(&[]).map_err(fault("leave all groups"))?;
        set_thread_res_gid(group, group, group).map_err(fault("change the group"))?;
        set_thread_res_uid(user, user, user).map_err(fault("change the user"))?;
    }
    if plan.walls.contains(&Mechanism::UserNamespace) {
        enter_user_namespace(USER_INSIDE, GROUP_INSIDE)?;
    }
    for capability in CapabilitySet::all().iter() {
        // One that this kernel does not know, or that was never ours to drop, is not in the set.
        let _ = remove_capability_from_bounding_set(capability);
    }
    let _ = clear_ambient_capability_set();
    let none = CapabilitySets {
        effective: CapabilitySet::empty(),
        permitted: CapabilitySet::empty(),
        inheritable: CapabilitySet::empty(),
    };
    set_capabilities(None, none).map_err(fault("drop capabilities"))?;
    // SECURITY: this process holds the control socket; the function has the same user and must not look into it.
    set_dumpable_behavior(DumpableBehavior::NotDumpable).map_err(fault("stay closed"))
}

/// No new rights, Landlock, and last the system calls. Answers which version of Landlock holds.
pub(super) fn restrict(plan: &Plan) -> Result<Option<String>, Failure> {
    let has = |mechanism| plan.walls.contains(&mechanism);
    if has(Mechanism::NoNewPrivileges) {
        set_no_new_privs(true).map_err(wall(Mechanism::NoNewPrivileges, "prctl"))?;
    }
    let mut version = None;
    if has(Mechanism::Landlock) {
        version = landlock(plan).map_err(wall(Mechanism::Landlock, "restrict"))?;
        if version.is_none() {
            return Err(wall(Mechanism::Landlock, "restrict")("this kernel does not enforce it"));
        }
    }
    if has(Mechanism::Seccomp) {
        let memory = if plan.limits.data_bytes.is_some() { Memory::ByProcess } else { Memory::ByGroup };
        system_calls::restrict(memory).map_err(wall(Mechanism::Seccomp, "filter system calls"))?;
    }
    Ok(version)
}

/// `None`: this kernel enforces nothing of it.
fn landlock(plan: &Plan) -> Result<Option<String>, landlock::RulesetError> {
    let readable: Vec<&std::path::Path> = if plan.walls.contains(&Mechanism::MountNamespace) {
        // The root holds nothing but what it may read.
        vec!["/".as_ref()]
    } else {
        ["/proc/self", "/dev"]
            .iter()
            .map(AsRef::as_ref)
            .chain(plan.view.shown.iter().map(|(from, _)| from.as_path()))
            .collect()
    };
    let mut writable: Vec<&std::path::Path> = vec!["/dev".as_ref()];
    match &plan.view.writable {
        Some(folder) => writable.push(folder),
        None => writable.push("/tmp".as_ref()),
    }
    let status = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(LANDLOCK))?
        .scope(Scope::from_all(LANDLOCK))?
        .create()?
        .add_rules(path_beneath_rules(readable, AccessFs::from_read(LANDLOCK)))?
        .add_rules(path_beneath_rules(writable, AccessFs::from_all(LANDLOCK)))?
        .restrict_self()?;
    Ok(match status.landlock {
        LandlockStatus::Available { effective_abi, .. } if status.ruleset != RulesetStatus::NotEnforced => {
            Some(format!("{effective_abi:?}"))
        }
        LandlockStatus::Available { .. } | LandlockStatus::NotEnabled | LandlockStatus::NotImplemented => None,
    })
}
