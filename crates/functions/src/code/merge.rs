//! Lays one unpacked layer over others: what comes later wins, and folders join.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

/// Lays `layer` over what is in `target`. Files are shared, not copied.
pub(super) fn merge(layer: &Path, target: &Path) -> io::Result<()> {
    for entry in fs::read_dir(layer)? {
        let entry = entry?;
        let (from, to) = (entry.path(), target.join(entry.file_name()));
        let kind = entry.file_type()?;
        let there = fs::symlink_metadata(&to).ok();
        if kind.is_dir() {
            // SECURITY: a link of an earlier layer is replaced, never followed.
            if there.as_ref().is_some_and(|there| !there.is_dir()) {
                fs::remove_file(&to)?;
            }
            if !there.is_some_and(|there| there.is_dir()) {
                super::make_folder(&to)?;
            }
            merge(&from, &to)?;
            continue;
        }
        match there {
            Some(there) if there.is_dir() => fs::remove_dir_all(&to)?,
            Some(_) => fs::remove_file(&to)?,
            None => {}
        }
        if kind.is_symlink() {
            symlink(fs::read_link(&from)?, &to)?;
        } else {
            fs::hard_link(&from, &to)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_layer_wins_and_is_never_written_through_a_link() {
        let around = tempfile::tempdir().expect("a folder");
        let folder = |name: &str| {
            let path = around.path().join(name);
            fs::create_dir_all(&path).expect("a folder");
            path
        };
        let (one, two, target) = (folder("one"), folder("two"), folder("target"));
        fs::write(one.join("a"), "1").expect("a file");
        fs::write(folder("one/d").join("x"), "1").expect("a file");
        symlink("d", one.join("l")).expect("a link");
        fs::write(two.join("a"), "2").expect("a file");
        fs::write(folder("two/l").join("x"), "2").expect("a file");
        merge(&one, &target).expect("it merges");
        merge(&two, &target).expect("it merges");
        let read = |name: &str| fs::read_to_string(target.join(name)).expect("it is there");
        assert_eq!((read("a"), read("d/x"), read("l/x")), ("2".to_owned(), "1".to_owned(), "2".to_owned()));
        assert_eq!(fs::read_to_string(one.join("a")).expect("it is there"), "1");
    }
}
