//! The data directory: the master key, the sealed root key, the endpoints and the local root certificate.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use base::seal::{MasterKey, Place, SealError, Sealed};
use base::{AccountId, Secret};
use serde::{Deserialize, Serialize};

/// A node's data directory.
#[derive(Debug, Clone)]
pub(crate) struct DataDir(PathBuf);

/// What a script reads to find a node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Endpoints {
    /// Where the AWS APIs answer.
    pub(crate) admin: String,
    /// Where APIs answer.
    pub(crate) gateway: String,
    /// Where APIs answer over plain HTTP, if they do.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub(crate) plain: Option<String>,
    /// The region.
    pub(crate) region: String,
    /// The first account.
    pub(crate) account: String,
    /// The DNS suffix.
    pub(crate) zone: String,
}

/// The root key as `portcullis credentials` finds it: sealed under the master key.
#[derive(Debug, Serialize, Deserialize)]
struct SealedRootKey {
    account: AccountId,
    access_key_id: String,
    secret: Sealed<String>,
}

/// The root key, opened.
#[derive(Debug)]
pub(crate) struct Credentials {
    pub(crate) account: AccountId,
    pub(crate) access_key_id: String,
    pub(crate) secret: Secret<String>,
}

/// Why the data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DataDirError {
    #[error("cannot {what} {}: {source}", path.display())]
    Io { what: &'static str, path: PathBuf, source: io::Error },
    #[error("{} may be read by others; run `chmod 600 {}`", path.display(), path.display())]
    Readable { path: PathBuf },
    #[error("no master key: {from}")]
    NoMasterKey { from: String },
    #[error("the master key from {from} cannot be used: {source}")]
    MasterKey { from: String, source: SealError },
    #[error("{} is malformed; start the node again to have it written anew", path.display())]
    Malformed { path: PathBuf },
    #[error("the root key in {} does not open: {source}", path.display())]
    Sealed { path: PathBuf, source: SealError },
    #[error("no node has been started on {}; run `portcullis serve` or `portcullis run FILE` first", path.display())]
    NeverStarted { path: PathBuf },
}

const MASTER_KEY: &str = "master.key";
const ROOT_KEY: &str = "root-key.json";
const ENDPOINTS: &str = "endpoints.json";
const CA: &str = "ca.pem";

impl DataDir {
    /// Names a directory without touching it.
    pub(crate) fn at(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// Makes the directory, for its owner only, where it is not there yet.
    pub(crate) fn create(&self) -> Result<(), DataDirError> {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.0);
        made.map_err(|source| DataDirError::Io { what: "make", path: self.0.clone(), source })
    }

    /// The directory.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Reads the master key from where `from` says, else from the directory.
    pub(crate) fn master_key(&self, from: Option<&str>) -> Result<MasterKey, DataDirError> {
        if let Some(name) = from.and_then(|from| from.strip_prefix("env:")) {
            let from = format!("the environment variable {name}");
            let text = std::env::var(name)
                .map(Secret::new)
                .map_err(|_| DataDirError::NoMasterKey { from: format!("{from} is not set") })?;
            return MasterKey::parse(text.expose()).map_err(|source| DataDirError::MasterKey { from, source });
        }
        let path = from.map_or_else(|| self.0.join(MASTER_KEY), PathBuf::from);
        let io = |what, source| DataDirError::Io { what, path: path.clone(), source };
        let metadata = fs::metadata(&path).map_err(|source| io("read the master key", source))?;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(DataDirError::Readable { path });
        }
        let text = fs::read_to_string(&path).map(Secret::new).map_err(|source| io("read the master key", source))?;
        let from = path.display().to_string();
        MasterKey::parse(text.expose()).map_err(|source| DataDirError::MasterKey { from, source })
    }

    /// The same; where the directory has none yet and none was named, makes one.
    pub(crate) fn master_key_or_new(&self, from: Option<&str>) -> Result<MasterKey, DataDirError> {
        if from.is_none() && !self.0.join(MASTER_KEY).exists() {
            let key = MasterKey::random();
            self.write(MASTER_KEY, format!("{}\n", key.to_text().expose()).as_bytes(), Existing::Keep)?;
        }
        self.master_key(from)
    }

    /// Keeps the root key for `portcullis credentials`, sealed.
    pub(crate) fn write_root_key(&self, master_key: &MasterKey, root: &control::RootKey) -> Result<(), DataDirError> {
        let id = root.id.to_string();
        let secret = master_key.seal(root_place(&id), &root.secret);
        let sealed = SealedRootKey { account: root.account, access_key_id: id, secret };
        self.write_json(ROOT_KEY, &sealed)
    }

    /// Opens the root key.
    pub(crate) fn root_key(&self, master_key: &MasterKey) -> Result<Credentials, DataDirError> {
        let sealed: SealedRootKey = self.read_json(ROOT_KEY)?;
        let opened = master_key.open_text(root_place(&sealed.access_key_id), &sealed.secret);
        let secret = opened.map_err(|source| DataDirError::Sealed { path: self.0.join(ROOT_KEY), source })?;
        Ok(Credentials { account: sealed.account, access_key_id: sealed.access_key_id, secret })
    }

    /// Says where the node answers. Written last, so that a script may wait for it.
    pub(crate) fn write_endpoints(&self, endpoints: &Endpoints) -> Result<(), DataDirError> {
        self.write_json(ENDPOINTS, endpoints)
    }

    /// Where the node answers or last answered.
    pub(crate) fn endpoints(&self) -> Result<Endpoints, DataDirError> {
        self.read_json(ENDPOINTS)
    }

    /// Takes the endpoints away: the node answers no more.
    pub(crate) fn remove_endpoints(&self) {
        // A file that is not there needs no removing; any other fault shows at the next start.
        let _ = fs::remove_file(self.0.join(ENDPOINTS));
    }

    /// Keeps the local root certificate where clients find it.
    pub(crate) fn write_ca(&self, pem: &str) -> Result<(), DataDirError> {
        self.write(CA, pem.as_bytes(), Existing::Replace)
    }

    /// The local root certificate.
    pub(crate) fn ca(&self) -> Result<String, DataDirError> {
        let path = self.0.join(CA);
        fs::read_to_string(&path).map_err(|source| self.unread(path, source))
    }

    fn read_json<T: serde::de::DeserializeOwned>(&self, name: &str) -> Result<T, DataDirError> {
        let path = self.0.join(name);
        let bytes = fs::read(&path).map_err(|source| self.unread(path.clone(), source))?;
        serde_json::from_slice(&bytes).map_err(|_| DataDirError::Malformed { path })
    }

    fn unread(&self, path: PathBuf, source: io::Error) -> DataDirError {
        if source.kind() == io::ErrorKind::NotFound {
            return DataDirError::NeverStarted { path: self.0.clone() };
        }
        DataDirError::Io { what: "read", path, source }
    }

    fn write_json(&self, name: &str, value: &impl Serialize) -> Result<(), DataDirError> {
        let mut bytes = serde_json::to_vec_pretty(value).expect("our own structs are JSON");
        bytes.push(b'\n');
        self.write(name, &bytes, Existing::Replace)
    }

    /// Writes a file of mode 0600 whole or not at all: under another name first, then renamed.
    fn write(&self, name: &str, bytes: &[u8], existing: Existing) -> Result<(), DataDirError> {
        let path = self.0.join(name);
        // A name that nobody else has: processes in two containers may well have the same id.
        let temporary = self.0.join(format!(".{name}.{}", base::id::random_text(12)));
        let placed = fill(&temporary, bytes).and_then(|()| match existing {
            Existing::Replace => fs::rename(&temporary, &path),
            // Where another process was first, its file counts.
            Existing::Keep => match fs::hard_link(&temporary, &path) {
                Err(fault) if fault.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                linked => linked,
            },
        });
        // After a rename there is nothing to remove; what else stays behind does no harm.
        let _ = fs::remove_file(&temporary);
        // The name must outlive a power failure too: a store whose master key is gone opens for nobody.
        let durable = placed.and_then(|()| File::open(&self.0)?.sync_all());
        durable.map_err(|source| DataDirError::Io { what: "write", path, source })
    }
}

/// What to do with a file that is there already.
#[derive(Debug, Clone, Copy)]
enum Existing {
    Replace,
    Keep,
}

/// Writes a new file of mode 0600 and has it on the disk.
fn fill(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn root_place(id: &str) -> Place<'_> {
    Place { table: "root-key.json", id, version: 1 }
}

#[cfg(test)]
mod tests;
