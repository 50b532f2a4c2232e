//! The system calls that a function may make; every other one does not exist for it.
//!
//! What is not listed answers `ENOSYS`, so that programs take their older way: `clone3`, whose flags a filter cannot read,
//! becomes `clone`, whose flags it can; `io_uring` becomes `epoll`. Mounting, namespaces, tracing, keys, BPF, modules,
//! swapping, the clock, `userfaultfd` and `kexec` are not listed (`docs/decisions/0016-cells.md`).

mod allowed;

use std::collections::BTreeMap;

use allowed::{ALLOWED, OF_THIS_ARCHITECTURE};
use libc::c_long;
use seccompiler::{
    BpfProgram, Error, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch,
};

/// Who counts what a function holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Memory {
    /// Its control group counts everything.
    ByGroup,
    /// Each process by itself, which leaves out what processes share: nothing is shared then.
    ByProcess,
}

/// Installs the filter on this process and whatever it starts.
pub(super) fn restrict(memory: Memory) -> Result<(), Error> {
    seccompiler::apply_filter(&program(memory)?)
}

fn program(memory: Memory) -> Result<BpfProgram, Error> {
    let architecture: TargetArch = std::env::consts::ARCH.try_into()?;
    let filter = SeccompFilter::new(
        rules(memory)?,
        SeccompAction::Errno(libc::ENOSYS as u32),
        SeccompAction::Allow,
        architecture,
    )?;
    Ok(filter.try_into()?)
}

fn rules(memory: Memory) -> Result<BTreeMap<c_long, Vec<SeccompRule>>, Error> {
    let mut rules: BTreeMap<c_long, Vec<SeccompRule>> =
        ALLOWED.iter().chain(OF_THIS_ARCHITECTURE).map(|&call| (call, Vec::new())).collect();
    // Threads and processes, but no namespaces.
    let namespaces = libc::CLONE_NEWNS
        | libc::CLONE_NEWUTS
        | libc::CLONE_NEWIPC
        | libc::CLONE_NEWUSER
        | libc::CLONE_NEWPID
        | libc::CLONE_NEWNET
        | libc::CLONE_NEWCGROUP;
    rules.insert(libc::SYS_clone, vec![when(0, SeccompCmpOp::MaskedEq(namespaces as u64), 0)?]);
    // Sockets between processes, the internet, and asking which addresses there are.
    let families = [libc::AF_UNIX, libc::AF_INET, libc::AF_INET6];
    let mut sockets =
        families.iter().map(|&family| when(0, SeccompCmpOp::Eq, family as u64)).collect::<Result<Vec<_>, _>>()?;
    let route = SeccompRule::new(vec![
        SeccompCondition::new(0, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, libc::AF_NETLINK as u64)?,
        SeccompCondition::new(2, SeccompCmpArgLen::Dword, SeccompCmpOp::Eq, libc::NETLINK_ROUTE as u64)?,
    ])?;
    sockets.push(route);
    rules.insert(libc::SYS_socket, sockets);
    rules.insert(libc::SYS_socketpair, vec![when(0, SeccompCmpOp::Eq, libc::AF_UNIX as u64)?]);
    // Asking for the personality, or for the ordinary one.
    rules.insert(libc::SYS_personality, vec![when(0, SeccompCmpOp::Eq, 0)?, when(0, SeccompCmpOp::Eq, 0xffff_ffff)?]);
    // Anything but pushing bytes into a terminal.
    rules.insert(libc::SYS_ioctl, vec![when(1, SeccompCmpOp::Ne, libc::TIOCSTI)?]);
    match memory {
        Memory::ByGroup => {}
        Memory::ByProcess => share_nothing(&mut rules)?,
    }
    Ok(rules)
}

/// Takes out what makes memory that no process's limit counts.
fn share_nothing(rules: &mut BTreeMap<c_long, Vec<SeccompRule>>) -> Result<(), Error> {
    for call in [libc::SYS_memfd_create, libc::SYS_shmget, libc::SYS_msgget, libc::SYS_semget, libc::SYS_mq_open] {
        rules.remove(&call);
    }
    let (shared, anonymous) = (libc::MAP_SHARED as u64, libc::MAP_ANONYMOUS as u64);
    let both = SeccompCmpOp::MaskedEq(shared | anonymous);
    let one_at_most = [0, shared, anonymous].into_iter().map(|flags| when(3, both.clone(), flags));
    rules.insert(libc::SYS_mmap, one_at_most.collect::<Result<_, _>>()?);
    Ok(())
}

fn when(argument: u8, operator: SeccompCmpOp, value: u64) -> Result<SeccompRule, Error> {
    Ok(SeccompRule::new(vec![SeccompCondition::new(argument, SeccompCmpArgLen::Dword, operator, value)?])?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_open_a_cell_is_not_on_the_list() {
        let rules = rules(Memory::ByGroup).expect("the list compiles");
        for call in [
            libc::SYS_mount,
            libc::SYS_umount2,
            libc::SYS_pivot_root,
            libc::SYS_chroot,
            libc::SYS_unshare,
            libc::SYS_setns,
            libc::SYS_clone3,
            libc::SYS_ptrace,
            libc::SYS_process_vm_readv,
            libc::SYS_process_vm_writev,
            libc::SYS_pidfd_getfd,
            libc::SYS_keyctl,
            libc::SYS_add_key,
            libc::SYS_request_key,
            libc::SYS_bpf,
            libc::SYS_userfaultfd,
            libc::SYS_io_uring_setup,
            libc::SYS_kexec_load,
            libc::SYS_init_module,
            libc::SYS_finit_module,
            libc::SYS_perf_event_open,
            libc::SYS_open_by_handle_at,
            libc::SYS_reboot,
            libc::SYS_swapon,
            libc::SYS_clock_settime,
            libc::SYS_settimeofday,
            libc::SYS_sethostname,
            libc::SYS_quotactl,
            libc::SYS_acct,
            libc::SYS_fsopen,
            libc::SYS_move_mount,
            libc::SYS_open_tree,
            libc::SYS_mknodat,
            libc::SYS_lookup_dcookie,
            libc::SYS_kcmp,
            libc::SYS_syslog,
            libc::SYS_vhangup,
            libc::SYS_fanotify_init,
            libc::SYS_name_to_handle_at,
        ] {
            assert!(!rules.contains_key(&call), "system call {call} is on the list");
        }
    }

    #[test]
    fn what_is_listed_with_conditions_is_not_listed_without_them() {
        for call in [libc::SYS_clone, libc::SYS_socket, libc::SYS_socketpair, libc::SYS_personality, libc::SYS_ioctl] {
            assert!(!ALLOWED.contains(&call) && !OF_THIS_ARCHITECTURE.contains(&call), "system call {call}");
            assert!(!rules(Memory::ByGroup).expect("the list compiles")[&call].is_empty(), "system call {call}");
        }
    }

    #[test]
    fn the_filter_fits_into_the_kernels_limit() {
        assert!(
            [Memory::ByGroup, Memory::ByProcess]
                .map(|memory| program(memory).expect("the list compiles").len())
                .iter()
                .all(|&length| length < 4_096)
        );
    }
}
