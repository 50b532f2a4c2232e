//! Builds the root that a function sees: the system's programs to read, its code, a `/tmp` of its own, and nothing of ours.

use std::ffi::{CString, OsString};
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use rustix::io::Errno;
use rustix::mount::{MountFlags, UnmountFlags, mount, mount_bind_recursive, mount_remount, unmount};
use rustix::process::{chdir, pivot_root};

use super::wall;
use crate::cell::{Failure, View};
use crate::isolation::Mechanism;

/// Devices that programs expect.
const DEVICES: [&str; 5] = ["null", "zero", "full", "random", "urandom"];
/// What the root itself may hold: mount points and a few small files.
const ROOT_DATA: &std::ffi::CStr = c"size=1m,nr_inodes=1k,mode=755";

/// Enters the new root and leaves the machine's behind. `processes`: whether a `/proc` of its own can be shown. `shares`:
/// whether its processes may share memory.
pub(super) fn enter(view: &View, processes: bool, shares: bool) -> Result<(), Failure> {
    let root = view.root.as_path();
    let safe = MountFlags::NOSUID | MountFlags::NODEV;
    mount("root", root, "tmpfs", safe, ROOT_DATA).map_err(failed("mount a root"))?;
    for (from, to) in &view.shown {
        show(from, &below(root, to))?;
    }
    for (name, target) in &view.links {
        symlink(target, below(root, name)).map_err(failed("make a link"))?;
    }
    for (name, text) in &view.files {
        let path = below(root, name);
        path.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&path, text))
            .map_err(failed("write a file"))?;
    }
    for hidden in &view.hidden {
        hide(&below(root, hidden))?;
    }
    devices(root, shares)?;
    if processes {
        let proc = folder(root, "proc")?;
        mount("proc", &proc, "proc", safe | MountFlags::NOEXEC, c"hidepid=2").map_err(failed("mount /proc"))?;
    }
    let tmp = folder(root, "tmp")?;
    let size =
        CString::new(format!("size={},nr_inodes=64k,mode=1777", view.tmp_bytes)).map_err(failed("mount /tmp"))?;
    mount("tmp", &tmp, "tmpfs", safe, size.as_c_str()).map_err(failed("mount /tmp"))?;
    mount_remount(root, safe | MountFlags::RDONLY, ROOT_DATA).map_err(failed("close the root"))?;
    // The old root comes to lie under the new one, and is taken away.
    chdir(root).map_err(failed("enter the root"))?;
    pivot_root(".", ".").map_err(failed("change the root"))?;
    unmount(".", UnmountFlags::DETACH).map_err(failed("leave the old root"))?;
    chdir("/").map_err(failed("enter the root"))
}

fn failed<E: std::fmt::Display>(tried: &str) -> impl FnOnce(E) -> Failure {
    wall(Mechanism::MountNamespace, tried)
}

fn below(root: &Path, path: &Path) -> PathBuf {
    root.join(path.strip_prefix("/").unwrap_or(path))
}

fn folder(root: &Path, name: &str) -> Result<PathBuf, Failure> {
    let path = root.join(name);
    fs::create_dir_all(&path).map_err(failed("make a folder"))?;
    Ok(path)
}

/// Shows a file or folder of the machine, to read only.
fn show(from: &Path, to: &Path) -> Result<(), Failure> {
    let is_folder = fs::metadata(from).map_err(failed(&format!("find {}", from.display())))?.is_dir();
    let point = if is_folder {
        fs::create_dir_all(to)
    } else {
        to.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(to, ""))
    };
    point.map_err(|error| Failure { wall: None, why: format!("make a place for {}: {error}", from.display()) })?;
    mount_bind_recursive(from, to).map_err(failed(&format!("show {}", from.display())))?;
    close(to).map_err(failed(&format!("close {}", from.display())))?;
    // SECURITY: what is mounted below came along, and closing a mount closes none below it.
    let table = fs::read("/proc/self/mountinfo").map_err(failed("see what is mounted"))?;
    for below in mounted_below(&table, to) {
        match close(&below) {
            // Whoever cannot reach it now cannot when it has fewer rights.
            Ok(()) | Err(Errno::ACCESS | Errno::NOENT) => {}
            Err(error) => return Err(failed(&format!("close {}", below.display()))(error)),
        }
    }
    Ok(())
}

/// Lets a mount be read only.
fn close(point: &Path) -> Result<(), Errno> {
    let flags = MountFlags::BIND | MountFlags::RDONLY | MountFlags::NOSUID | MountFlags::NODEV;
    match mount_remount(point, flags, c"") {
        // Another namespace's mount keeps what it forbids: it must be forbidden again.
        Err(Errno::PERM) => mount_remount(point, flags | MountFlags::NOEXEC, c""),
        other => other,
    }
}

/// The mounts below a folder, from the kernel's table of them (`proc_pid_mountinfo(5)`).
fn mounted_below(table: &[u8], folder: &Path) -> Vec<PathBuf> {
    let points = table.split(|byte| *byte == b'\n').filter_map(|line| line.split(|byte| *byte == b' ').nth(4));
    let points = points.map(|point| PathBuf::from(OsString::from_vec(unescaped(point))));
    points.filter(|point| point != folder && point.starts_with(folder)).collect()
}

/// The kernel writes white space and backslashes as three octal digits.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let (mut plain, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some((&first, behind)) = rest.split_first() {
        let digits =
            behind.get(..3).filter(|digits| first == b'\\' && digits.iter().all(|digit| (b'0'..b'8').contains(digit)));
        let (byte, behind) = match digits {
            Some(digits) => {
                let value = digits.iter().fold(0_u32, |value, digit| value * 8 + u32::from(digit - b'0'));
                (value as u8, behind.get(3..).unwrap_or_default())
            }
            None => (first, behind),
        };
        plain.push(byte);
        rest = behind;
    }
    plain
}

/// Lays an empty folder over one that is shown. What is not there needs no hiding.
fn hide(path: &Path) -> Result<(), Failure> {
    if !path.is_dir() {
        return Ok(());
    }
    let flags = MountFlags::NOSUID | MountFlags::NODEV | MountFlags::NOEXEC | MountFlags::RDONLY;
    mount("hidden", path, "tmpfs", flags, c"size=4k,mode=000").map_err(failed("hide a folder"))
}

fn devices(root: &Path, shares: bool) -> Result<(), Failure> {
    let dev = folder(root, "dev")?;
    for name in DEVICES.into_iter().filter(|name| shares || *name != "zero") {
        let (from, to) = (Path::new("/dev").join(name), dev.join(name));
        fs::write(&to, "").map_err(failed("make a device"))?;
        mount_bind_recursive(&from, &to).map_err(failed("show a device"))?;
    }
    for (name, target) in [
        ("fd", "/proc/self/fd"),
        ("stdin", "/proc/self/fd/0"),
        ("stdout", "/proc/self/fd/1"),
        ("stderr", "/proc/self/fd/2"),
    ] {
        symlink(target, dev.join(name)).map_err(failed("make a device"))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_below_a_folder_are_found_whatever_they_are_called() {
        let table = b"22 1 0:21 / / rw - ext4 /dev/a rw\n\
            23 22 0:22 / /cell/usr ro - ext4 /dev/a rw\n\
            24 23 0:23 / /cell/usr/a\\040b\\134c rw - tmpfs x rw\n\
            25 23 0:24 / /cell/usr/local/deep rw,nosuid - tmpfs x rw\n\
            26 22 0:25 / /cell/usrlocal rw - tmpfs x rw\nbroken\n";
        let found = mounted_below(table, Path::new("/cell/usr"));
        assert_eq!(found, [Path::new("/cell/usr/a b\\c"), Path::new("/cell/usr/local/deep")]);
        assert_eq!(unescaped(b"\\1\\999\\"), b"\\1\\999\\", "what is no escape stays");
    }
}
