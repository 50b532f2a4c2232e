//! Unpacks an archive that nobody trusts into an empty folder.
//!
//! Nothing is written outside of it: names are plain, links are made last and never lead out, and what is unpacked is counted
//! as it comes rather than believed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Cursor, Read, Write as _};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _, symlink};
use std::path::{Component, Path, PathBuf};

use zip::ZipArchive;

/// What code and layers may come to, in bytes (AWS: 250 MB).
pub(crate) const UNPACKED_BYTES_MAX: u64 = 262_144_000;
/// Files and folders that one archive comes to (ours: twice what the largest packages in the field hold).
const ENTRIES_MAX: usize = 100_000;
/// Folders inside one another.
const DEPTH_MAX: usize = 64;
/// The longest target of a link, in bytes.
const TARGET_BYTES_MAX: u64 = 1_024;

const KIND: u32 = 0o170_000;
const LINK: u32 = 0o120_000;
const PERMISSIONS: u32 = 0o7_777;

/// Why an archive is not unpacked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnzipError {
    /// It is none, or broken.
    #[error("the archive is broken: {0}")]
    Broken(String),
    /// It holds something that could harm.
    #[error("the archive is refused: {0}")]
    Refused(String),
    /// The disk failed.
    #[error("the archive cannot be unpacked")]
    Disk(#[from] io::Error),
}

/// Unpacks `bytes` into `folder`, which is empty. Answers how many bytes it came to.
pub(crate) fn unzip(bytes: &[u8], folder: &Path) -> Result<u64, UnzipError> {
    unzip_within(bytes, folder, Room { bytes: UNPACKED_BYTES_MAX, entries: ENTRIES_MAX })
}

/// What may still be made.
#[derive(Debug, Clone, Copy)]
struct Room {
    bytes: u64,
    entries: usize,
}

impl Room {
    /// Takes room for a file, a folder or a link. SECURITY: a name may imply many folders, each of which costs the disk as
    /// much as an entry.
    fn entry(&mut self) -> Result<(), UnzipError> {
        let refused = || UnzipError::Refused(format!("it has more than {ENTRIES_MAX} files and folders"));
        self.entries = self.entries.checked_sub(1).ok_or_else(refused)?;
        Ok(())
    }
}

fn unzip_within(bytes: &[u8], folder: &Path, mut room: Room) -> Result<u64, UnzipError> {
    let whole = room.bytes;
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| UnzipError::Broken(error.to_string()))?;
    let mut links = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).map_err(|error| UnzipError::Broken(error.to_string()))?;
        let name = entry.name().map_err(|error| UnzipError::Broken(error.to_string()))?.into_owned();
        let path = plain(&name)?;
        let mode = entry.unix_mode();
        if entry.is_dir() || name.ends_with('/') {
            make_folder(folder, &path, &mut room)?;
        } else if mode.is_some_and(|mode| mode & KIND == LINK) {
            room.entry()?;
            links.push((path, target(&mut entry, &name)?));
        } else {
            make_folder(folder, path.parent().unwrap_or(Path::new("")), &mut room)?;
            room.entry()?;
            room.bytes -= write_file(&mut entry, &folder.join(&path), is_executable(mode), room.bytes)?;
        }
    }
    for (path, target) in links {
        make_link(folder, &path, &target, &mut room)?;
    }
    Ok(whole - room.bytes)
}

/// Where a link leads; one that is longer is refused, since its beginning is another.
fn target(entry: &mut impl Read, name: &str) -> Result<String, UnzipError> {
    let mut target = String::new();
    let read = entry.take(TARGET_BYTES_MAX + 1).read_to_string(&mut target);
    let read = read.map_err(|_| UnzipError::Broken(format!("the link `{name}` has no target")))?;
    if read as u64 > TARGET_BYTES_MAX {
        return Err(UnzipError::Refused(format!("the link `{name}` leads further than {TARGET_BYTES_MAX} bytes")));
    }
    Ok(target)
}

/// Files without a mode come from systems without one; they may be started.
fn is_executable(mode: Option<u32>) -> bool {
    mode.is_none_or(|mode| mode & PERMISSIONS == 0 || mode & 0o111 != 0)
}

/// A name that stays where it is put.
fn plain(name: &str) -> Result<PathBuf, UnzipError> {
    let refused = |why: &str| UnzipError::Refused(format!("the name `{}` {why}", name.escape_default()));
    if name.contains('\\') || name.chars().any(char::is_control) {
        return Err(refused("has a backslash or a control character"));
    }
    let mut path = PathBuf::new();
    for component in Path::new(name).components() {
        match component {
            Component::Normal(part) if part.len() <= 255 => path.push(part),
            Component::CurDir => {}
            Component::Normal(_) => return Err(refused("is too long")),
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => {
                return Err(refused("leads out of the archive"));
            }
        }
    }
    match path.components().count() {
        0 if !name.starts_with('.') => Err(refused("is empty")),
        depth if depth > DEPTH_MAX => Err(refused("is too deep")),
        _ => Ok(path),
    }
}

fn make_folder(folder: &Path, path: &Path, room: &mut Room) -> Result<(), UnzipError> {
    let mut made = folder.to_path_buf();
    for component in path.components() {
        made.push(component);
        match super::make_folder(&made) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists && made.is_dir() => {}
            Err(error) if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory) => {
                return Err(UnzipError::Refused(format!("`{}` is a file and a folder", path.display())));
            }
            made => {
                made?;
                room.entry()?;
            }
        }
    }
    Ok(())
}

fn write_file(entry: &mut impl Read, path: &Path, executable: bool, room: u64) -> Result<u64, UnzipError> {
    if path.is_dir() {
        return Err(UnzipError::Refused("a name is a file and a folder".to_owned()));
    }
    // The last of several entries with one name counts, as everywhere.
    let _ = fs::remove_file(path);
    let mode = if executable { 0o755 } else { 0o644 };
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(path)?;
    let written = copy(entry, &mut file, room)?;
    // Whatever the umask took, the function's user is somebody else.
    file.set_permissions(fs::Permissions::from_mode(mode))?;
    Ok(written)
}

/// Copies at most `room` bytes. What an archive says about its sizes is not believed.
fn copy(entry: &mut impl Read, file: &mut File, room: u64) -> Result<u64, UnzipError> {
    let mut buffer = vec![0; 64 * 1024];
    let mut written: u64 = 0;
    loop {
        let read = entry.read(&mut buffer).map_err(|error| UnzipError::Broken(error.to_string()))?;
        if read == 0 {
            return Ok(written);
        }
        written += read as u64;
        if written > room {
            return Err(UnzipError::Refused(format!("unpacked it is larger than {UNPACKED_BYTES_MAX} bytes")));
        }
        file.write_all(buffer.get(..read).unwrap_or_default())?;
    }
}

/// SECURITY: a target climbs only at its beginning, and no higher than the root; so it stays inside however links follow
/// one another. Folders above it are real, since links are made when everything else is.
fn make_link(folder: &Path, path: &Path, target: &str, room: &mut Room) -> Result<(), UnzipError> {
    let refused = |why: &str| UnzipError::Refused(format!("the link `{}` {why}", path.display()));
    let depth = path.components().count().saturating_sub(1);
    let (mut climbs, mut descended) = (0, false);
    for component in Path::new(target).components() {
        match component {
            Component::CurDir => {}
            Component::Normal(_) => descended = true,
            Component::ParentDir if !descended => climbs += 1,
            Component::ParentDir => return Err(refused("climbs after it descended")),
            Component::RootDir | Component::Prefix(_) => return Err(refused("leads out of the archive")),
        }
    }
    if climbs > depth || target.is_empty() || target.chars().any(char::is_control) {
        return Err(refused("leads out of the archive"));
    }
    let parent = path.parent().unwrap_or(Path::new(""));
    let mut above = folder.to_path_buf();
    for component in parent.components() {
        above.push(component);
        if fs::symlink_metadata(&above).is_ok_and(|found| found.is_symlink()) {
            return Err(refused("lies behind another link"));
        }
    }
    make_folder(folder, parent, room)?;
    symlink(target, folder.join(path)).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => refused("has a name that is taken"),
        _ => UnzipError::Disk(error),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    enum Entry<'a> {
        File(&'a str, &'a [u8]),
        Link(&'a str, &'a str),
    }

    fn archive(entries: &[Entry<'_>]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for entry in entries {
            match entry {
                Entry::File(name, text) => {
                    writer.start_file(*name, SimpleFileOptions::default().unix_permissions(0o644)).expect("a file");
                    writer.write_all(text).expect("its text");
                }
                Entry::Link(name, target) => {
                    writer.add_symlink(*name, *target, SimpleFileOptions::default()).expect("a link");
                }
            }
        }
        writer.finish().expect("an archive").into_inner()
    }

    fn check(entries: &[Entry<'_>]) -> Result<u64, String> {
        let around = tempfile::tempdir().expect("a folder");
        let folder = around.path().join("inner");
        fs::create_dir(&folder).expect("a folder");
        let unpacked = unzip(&archive(entries), &folder).map_err(|error| error.to_string());
        assert_eq!(fs::read_dir(around.path()).expect("it is there").count(), 1, "something was written outside");
        unpacked
    }

    #[test]
    fn names_that_lead_out_are_refused() {
        for name in ["../evil", "a/../../evil", "/etc/passwd", "a\\..\\b", "..", "a\nb", &"d/".repeat(100)] {
            let name = if name.ends_with('/') { format!("{name}f") } else { name.to_owned() };
            assert!(check(&[Entry::File(&name, b"x")]).is_err_and(|error| error.contains("refused")), "{name}");
        }
    }

    #[test]
    fn links_that_lead_out_are_refused() {
        for (name, target) in [
            ("a", "/etc/passwd"),
            ("a", "../evil"),
            ("d/a", "../../evil"),
            ("a", "d/../../evil"),
            ("a", "d/e/../x"),
            ("a", ""),
        ] {
            let entries = [Entry::File("d/e/f", b"x"), Entry::Link(name, target)];
            assert!(check(&entries).is_err_and(|error| error.contains("refused")), "{name} -> {target}");
        }
    }

    #[test]
    fn nothing_is_written_through_a_link() {
        let through = [Entry::Link("d", "e"), Entry::File("d/f", b"x"), Entry::File("e/g", b"y")];
        assert!(check(&through).is_err_and(|error| error.contains("taken")));
        let behind = [Entry::File("e/g", b"y"), Entry::Link("d", "e"), Entry::Link("d/h", "g")];
        assert!(check(&behind).is_err_and(|error| error.contains("behind another link")));
    }

    #[test]
    fn links_inside_are_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let entries =
            [Entry::File("lib/a.so.1", b"x"), Entry::Link("lib/a.so", "a.so.1"), Entry::Link("bin/a", "../lib/a.so.1")];
        assert_eq!(unzip(&archive(&entries), folder.path()).expect("it is sound"), 1);
        assert_eq!(fs::read(folder.path().join("bin/a")).expect("it is there"), b"x");
    }

    #[test]
    fn a_bomb_ends_where_the_room_ends() {
        let mut written = tempfile::tempfile().expect("a file");
        let endless = &mut io::repeat(0);
        let error = copy(endless, &mut written, 1_000_000).expect_err("it never ends").to_string();
        assert!(error.contains("larger than"), "{error}");
        assert!(written.metadata().expect("it is there").len() <= 1_000_000);
    }

    #[test]
    fn folders_that_names_imply_count_as_entries() {
        let deep = |number: u32| format!("{number}/{}f", "d/".repeat(40));
        let names = [deep(1), deep(2), deep(1) + "g"];
        let entries: Vec<Entry<'_>> = names.iter().map(|name| Entry::File(name, b"x")).collect();
        // Two times 41 folders and three files.
        for (entries_max, fits) in [(85, true), (84, false), (60, false)] {
            let folder = tempfile::tempdir().expect("a folder");
            let unpacked = unzip_within(&archive(&entries), folder.path(), Room { bytes: 3, entries: entries_max });
            assert_eq!(unpacked.is_ok(), fits, "{entries_max}: {unpacked:?}");
        }
    }

    #[test]
    fn a_link_that_is_cut_off_would_be_another_and_is_refused() {
        let long = format!("a{}", "/.".repeat(600));
        let entries = [Entry::File("a", b"x"), Entry::Link("l", &long)];
        assert!(check(&entries).is_err_and(|error| error.contains("leads further")));
    }

    #[test]
    fn what_is_executable_stays_so_and_everybody_may_read() {
        for (mode, executable) in [(Some(0o100_755), true), (Some(0o100_600), false), (None, true), (Some(0), true)] {
            assert_eq!(is_executable(mode), executable, "{mode:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_unpacked_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..512)) {
            let folder = tempfile::tempdir().expect("a folder");
            let _ = unzip(&bytes, folder.path());
        }

        #[test]
        fn a_damaged_archive_writes_nothing_outside(at in 0_usize..200, byte in any::<u8>()) {
            let mut bytes = archive(&[Entry::File("a/b", b"text"), Entry::Link("a/c", "b")]);
            if let Some(found) = bytes.get_mut(at) {
                *found = byte;
            }
            let around = tempfile::tempdir().expect("a folder");
            let folder = around.path().join("inner");
            fs::create_dir(&folder).expect("a folder");
            let _ = unzip(&bytes, &folder);
            prop_assert_eq!(fs::read_dir(around.path()).expect("it is there").count(), 1);
        }
    }
}
