//! A folder as a zip archive: every file below it, in the order of names, so that the same folder gives the same archive.

use std::fs;
use std::io::{self, Cursor, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Folders inside one another, at most: a link must not lead round for ever.
const DEPTH_MAX: usize = 32;

/// The archive of a folder, or the archive that the file is.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    if !path.is_dir() {
        return fs::read(path);
    }
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    add(&mut writer, path, "", 0)?;
    Ok(writer.finish().map_err(io::Error::other)?.into_inner())
}

fn add(writer: &mut ZipWriter<Cursor<Vec<u8>>>, folder: &Path, prefix: &str, depth: usize) -> io::Result<()> {
    if depth > DEPTH_MAX {
        return Err(io::Error::other(format!("`{prefix}` lies too deep")));
    }
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let name = name.to_str().ok_or_else(|| io::Error::other(format!("a name in `{prefix}` is not UTF-8")))?;
        let (path, name) = (entry.path(), format!("{prefix}{name}"));
        // What a link leads to is put in, not the link: the archive stands alone.
        let metadata = fs::metadata(&path)?;
        if metadata.is_dir() {
            add(writer, &path, &format!("{name}/"), depth + 1)?;
        } else if metadata.is_file() {
            let options = SimpleFileOptions::default().unix_permissions(metadata.permissions().mode() & 0o777);
            writer.start_file(name, options).map_err(io::Error::other)?;
            writer.write_all(&fs::read(&path)?)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use zip::ZipArchive;

    use super::*;

    #[test]
    fn a_folder_becomes_the_same_archive_every_time_and_an_archive_stays_one() {
        let dir = tempfile::tempdir().expect("a folder");
        fs::create_dir(dir.path().join("lib")).expect("a folder");
        fs::write(dir.path().join("lib/b.py"), "b = 1").expect("a file");
        fs::write(dir.path().join("bootstrap"), "#!/bin/sh").expect("a file");
        fs::set_permissions(dir.path().join("bootstrap"), fs::Permissions::from_mode(0o755)).expect("a mode");
        let bytes = read(dir.path()).expect("an archive");
        assert_eq!(read(dir.path()).expect("an archive"), bytes);
        let mut archive = ZipArchive::new(Cursor::new(&bytes)).expect("an archive");
        let mut name = |at| archive.by_index_raw(at).expect("an entry").enclosed_name().expect("a path inside");
        assert_eq!([name(0), name(1)], [Path::new("bootstrap"), Path::new("lib/b.py")]);
        assert_eq!(archive.by_name("bootstrap").expect("the file").unix_mode().map(|mode| mode & 0o777), Some(0o755));
        let file = dir.path().join("f.zip");
        fs::write(&file, &bytes).expect("a file");
        assert_eq!(read(&file).expect("an archive"), bytes);
        assert!(read(&dir.path().join("nothing")).is_err());
    }

    #[test]
    fn a_link_that_leads_round_is_told() {
        let dir = tempfile::tempdir().expect("a folder");
        std::os::unix::fs::symlink(dir.path(), dir.path().join("round")).expect("a link");
        assert!(read(dir.path()).is_err());
    }
}
