//! The data directory: made private, locked against a second process, and the options its databases are opened with.

use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use sqlx::ConnectOptions as _;
use sqlx::sqlite::{SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};

use crate::OpenError;

/// A locked data directory.
#[derive(Debug)]
pub(crate) struct Directory {
    path: PathBuf,
    // The lock goes with the file, also when the process is killed.
    _lock: File,
}

/// The largest write-ahead log that stays on disk after a checkpoint.
const WAL_BYTES_KEPT: &str = "67108864";

impl Directory {
    /// Makes the directory where it is missing, and takes its lock.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let fail = |source| OpenError::Directory { dir: path.to_owned(), source };
        if !path.is_dir() {
            DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(fail)?;
        }
        let lock = private_file(&path.join("lock")).map_err(fail)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(OpenError::InUse { dir: path.to_owned() }),
            Err(TryLockError::Error(source)) => Err(fail(source)),
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes a folder that only its owner may enter, where there is none.
    pub(crate) fn folder(&self, name: &str) -> Result<PathBuf, OpenError> {
        let folder = self.path.join(name);
        let made = if folder.is_dir() { Ok(()) } else { DirBuilder::new().mode(0o700).create(&folder) };
        made.map_err(|source| OpenError::Directory { dir: folder.clone(), source })?;
        Ok(folder)
    }

    /// Makes a private, empty database file where there is none; SQLite gives its side files the same mode.
    pub(crate) fn database(&self, name: &str) -> Result<PathBuf, OpenError> {
        let file = self.path.join(name);
        private_file(&file).map_err(|source| OpenError::Directory { dir: self.path.clone(), source })?;
        Ok(file)
    }
}

/// Opens a file that only its owner may read, and tightens the mode of one that is there.
pub(crate) fn private_file(path: &Path) -> std::io::Result<File> {
    let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

/// Whether an answered write survives the loss of power, or of the process alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    Power,
    Process,
}

/// How a database is opened for writing.
pub(crate) fn writing(file: &Path, durability: Durability) -> SqliteConnectOptions {
    let synchronous = match durability {
        Durability::Power => SqliteSynchronous::Full,
        Durability::Process => SqliteSynchronous::Normal,
    };
    SqliteConnectOptions::new()
        .filename(file)
        .auto_vacuum(SqliteAutoVacuum::Incremental)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .pragma("journal_size_limit", WAL_BYTES_KEPT)
        .disable_statement_logging()
}

/// How a database is opened for reading beside its writer.
pub(crate) fn reading(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new().filename(file).pragma("query_only", "true").disable_statement_logging()
}
