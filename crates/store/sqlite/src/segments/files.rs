//! The files of a segment: its index, its blocks, and what retention took of it.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use crate::directory::private_file;

/// A segment's number; later ones are higher, and none is given twice.
pub(super) type Number = u32;

/// What went wrong with a file.
#[derive(Debug, thiserror::Error)]
pub(super) enum Trouble {
    /// The system refuses.
    #[error("`{}`", file.display())]
    System { file: PathBuf, source: io::Error },
    /// Its bytes are not what was written.
    #[error("`{}` is damaged; what is in it is lost, and removing it makes the others readable", file.display())]
    Damaged { file: PathBuf },
    /// Written by a later version.
    #[error("`{}` has format {found}, and this portcullis knows {}", file.display(), super::index::FORMAT)]
    Newer { file: PathBuf, found: u8 },
    /// It was closed.
    #[error("the store is closed")]
    Closed,
}

/// One of the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Index,
    Blocks,
    Gone,
}

impl Part {
    pub(super) const ALL: [Self; 3] = [Self::Index, Self::Gone, Self::Blocks];

    fn extension(self) -> &'static str {
        match self {
            Part::Index => "index",
            Part::Blocks => "blocks",
            Part::Gone => "gone",
        }
    }
}

/// The folder of all segments.
#[derive(Debug, Clone)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    pub(super) fn file(&self, number: Number, part: Part) -> PathBuf {
        // Ten digits hold every number, so that names sort as they were made.
        self.0.join(format!("{number:010}.{}", part.extension()))
    }

    /// The numbers of the segments that are there.
    pub(super) fn numbers(&self) -> Result<Vec<Number>, Trouble> {
        let index = |path: &Path| path.extension().is_some_and(|extension| extension == Part::Index.extension());
        let mut numbers: Vec<Number> =
            self.files()?.iter().filter(|path| index(path)).filter_map(|path| number(path)).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Removes what is left of segments that are not there any more, or not yet: a process died in between.
    pub(super) fn sweep(&self, numbers: &[Number]) -> Result<(), Trouble> {
        let left = |path: &PathBuf| number(path).is_some_and(|number| !numbers.contains(&number));
        for file in self.files()?.into_iter().filter(left) {
            std::fs::remove_file(&file).map_err(|source| Trouble::System { file, source })?;
        }
        Ok(())
    }

    fn files(&self) -> Result<Vec<PathBuf>, Trouble> {
        let read =
            || -> io::Result<Vec<PathBuf>> { std::fs::read_dir(&self.0)?.map(|entry| Ok(entry?.path())).collect() };
        read().map_err(|source| Trouble::System { file: self.0.clone(), source })
    }

    /// Opens a file for reading and writing, makes it where it is missing, and lets its owner alone read it.
    pub(super) fn open(&self, number: Number, part: Part) -> Result<File, Trouble> {
        let file = self.file(number, part);
        private_file(&file).map_err(|source| Trouble::System { file, source })
    }

    /// The first bytes of a file, at most `bytes_max`; `None` where it is not there.
    pub(super) fn read(&self, number: Number, part: Part, bytes_max: u64) -> Result<Option<Vec<u8>>, Trouble> {
        let path = self.file(number, part);
        let read = || {
            let file = match File::open(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                opened => opened?,
            };
            let length = file.metadata()?.len().min(bytes_max);
            let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
            file.take(bytes_max).read_to_end(&mut bytes)?;
            Ok(Some(bytes))
        };
        read().map_err(|source| Trouble::System { file: path.clone(), source })
    }

    /// Removes a segment. Its index goes first: without it the others are nothing.
    pub(super) fn remove(&self, number: Number) -> Result<(), Trouble> {
        for part in Part::ALL {
            let file = self.file(number, part);
            match std::fs::remove_file(&file) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(Trouble::System { file, source });
                }
                Ok(()) | Err(_) => (),
            }
        }
        Ok(())
    }
}

/// Which segment a file belongs to, where it belongs to one.
fn number(path: &Path) -> Option<Number> {
    path.file_stem()?.to_str()?.parse().ok()
}

/// Replaces a small file whole.
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<(), Trouble> {
    let beside = path.with_extension("new");
    let write = || {
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&beside)?;
        io::Write::write_all(&mut file, bytes)?;
        file.sync_data()?;
        std::fs::rename(&beside, path)
    };
    write().map_err(|source| Trouble::System { file: path.to_owned(), source })
}
