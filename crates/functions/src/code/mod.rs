//! Unpacked code, kept by digest below the scratch folder and laid over one another for layers.

mod unzip;
mod merge;

use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use aws_lc_rs::digest::{SHA256, digest};
use snapshot::{FunctionCode, LocalFunction};
use tokio::sync::OnceCell;

use crate::invocation::InvokeRefusal;
use crate::settings::CodeSource;
use unzip::{UNPACKED_BYTES_MAX, UnzipError};

/// Unpacked code that stays in place as long as somebody holds it.
#[derive(Debug)]
pub(crate) struct Unpacked {
    /// Where it lies.
    pub(crate) folder: PathBuf,
    bytes: u64,
}

/// A function's code and layers.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    /// What becomes `/var/task`.
    pub(crate) task: Arc<Unpacked>,
    /// What becomes `/opt`.
    pub(crate) layers: Option<Arc<Unpacked>>,
}

/// Everything unpacked.
#[derive(Debug)]
pub(crate) struct Shelf {
    source: Arc<dyn CodeSource>,
    folder: PathBuf,
    bytes_max: u64,
    places: Mutex<Places>,
}

#[derive(Debug, Default)]
struct Places {
    by_name: HashMap<String, Place>,
    uses: u64,
}

#[derive(Debug)]
struct Place {
    unpacked: Arc<OnceCell<Arc<Unpacked>>>,
    last_use: u64,
}

impl Shelf {
    /// A shelf below a folder. What an earlier node unpacked there is removed with [`Shelf::clear`].
    pub(crate) fn new(source: Arc<dyn CodeSource>, folder: PathBuf, bytes_max: u64) -> Self {
        Self { source, folder, bytes_max, places: Mutex::default() }
    }

    /// Takes away what earlier nodes left, which nobody vouches for.
    pub(crate) fn clear(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        fs::create_dir_all(&self.folder)
    }

    /// A function's code, unpacked now if it is not yet. The same archive is unpacked once, whoever asks.
    pub(crate) async fn code(&self, function: &LocalFunction) -> Result<Code, InvokeRefusal> {
        let task = self.one(&function.code).await?;
        let layers = match &*function.layers {
            [] => None,
            [layer] => Some(self.one(layer).await?),
            layers => Some(self.merged(layers).await?),
        };
        let total = task.bytes + layers.as_ref().map_or(0, |layers| layers.bytes);
        if total > UNPACKED_BYTES_MAX {
            let why = format!("its code and layers come to {total} bytes unpacked, more than {UNPACKED_BYTES_MAX}");
            return Err(InvokeRefusal::Broken { why });
        }
        Ok(Code { task, layers })
    }

    async fn one(&self, code: &FunctionCode) -> Result<Arc<Unpacked>, InvokeRefusal> {
        match code {
            FunctionCode::Folder(folder) if folder.is_dir() => {
                Ok(Arc::new(Unpacked { folder: folder.clone(), bytes: 0 }))
            }
            FunctionCode::Folder(folder) => {
                Err(InvokeRefusal::Broken { why: format!("the folder `{}` is not there", folder.display()) })
            }
            FunctionCode::Stored { scope, digest: wanted } => {
                let name = hex::encode(wanted);
                self.place(&name, async |target| {
                    let bytes = self.source.fetch(scope, wanted).await.map_err(|why| InvokeRefusal::Fault { why })?;
                    let wanted = *wanted;
                    blocking(move || {
                        if digest(&SHA256, &bytes).as_ref() != wanted {
                            return Err(InvokeRefusal::Fault {
                                why: "the stored code is not what was stored".to_owned(),
                            });
                        }
                        unzip::unzip(&bytes, &target).map_err(|error| refusal(&error))
                    })
                    .await
                })
                .await
            }
        }
    }

    async fn merged(&self, layers: &[FunctionCode]) -> Result<Arc<Unpacked>, InvokeRefusal> {
        let mut parts = Vec::new();
        for layer in layers {
            if let FunctionCode::Folder(folder) = layer {
                let why = format!("a layer in a folder (`{}`) must be the only one", folder.display());
                return Err(InvokeRefusal::Broken { why });
            }
            parts.push(self.one(layer).await?);
        }
        let names: String = parts.iter().map(|part| part.folder.display().to_string()).collect::<Vec<_>>().join("\n");
        let name = format!("layers-{}", hex::encode(digest(&SHA256, names.as_bytes())));
        self.place(&name, async |target| {
            blocking(move || {
                for part in &parts {
                    merge::merge(&part.folder, &target).map_err(|error| disk(&error))?;
                }
                Ok(parts.iter().map(|part| part.bytes).sum())
            })
            .await
        })
        .await
    }

    /// The place of a name, filled by `fill` where it is new. A failed attempt leaves nothing and is made anew.
    async fn place(
        &self,
        name: &str,
        fill: impl AsyncFnOnce(PathBuf) -> Result<u64, InvokeRefusal>,
    ) -> Result<Arc<Unpacked>, InvokeRefusal> {
        let cell = self.cell(name);
        let unpacked = cell
            .get_or_try_init(|| async {
                let half = self.folder.join(format!("{}.half", uuid::Uuid::new_v4().simple()));
                make_folder(&half).map_err(|error| disk(&error))?;
                let whole = self.folder.join(format!("{name}-{}", uuid::Uuid::new_v4().simple()));
                let bytes = match fill(half.clone()).await {
                    Ok(bytes) => bytes,
                    Err(refusal) => {
                        let _ = fs::remove_dir_all(&half);
                        return Err(refusal);
                    }
                };
                fs::rename(&half, &whole).map_err(|error| disk(&error))?;
                Ok(Arc::new(Unpacked { folder: whole, bytes }))
            })
            .await
            .cloned()?;
        self.make_room();
        Ok(unpacked)
    }

    fn cell(&self, name: &str) -> Arc<OnceCell<Arc<Unpacked>>> {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.uses += 1;
        let last_use = places.uses;
        let place =
            places.by_name.entry(name.to_owned()).or_insert_with(|| Place { unpacked: Arc::default(), last_use });
        place.last_use = last_use;
        Arc::clone(&place.unpacked)
    }

    /// Takes away what was used longest ago and is held by nobody, until the rest fits.
    fn make_room(&self) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let held = |place: &Place| place.unpacked.get().is_none_or(|unpacked| Arc::strong_count(unpacked) > 1);
        loop {
            let total: u64 =
                places.by_name.values().filter_map(|place| place.unpacked.get()).map(|unpacked| unpacked.bytes).sum();
            if total <= self.bytes_max {
                return;
            }
            let oldest =
                places.by_name.iter().filter(|(_, place)| !held(place)).min_by_key(|(_, place)| place.last_use);
            let Some(name) = oldest.map(|(name, _)| name.clone()) else { return };
            let gone = places.by_name.remove(&name).and_then(|place| place.unpacked.get().cloned());
            if let Some(gone) = gone {
                remove(&gone.folder);
            }
        }
    }
}

/// Makes a folder that everybody may enter, whatever the node's umask: the function's user is somebody else.
fn make_folder(path: &Path) -> io::Result<()> {
    fs::create_dir(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
}

/// Removes a folder aside: it may hold many files.
fn remove(folder: &Path) {
    let folder = folder.to_path_buf();
    tokio::task::spawn_blocking(move || {
        if let Err(error) = fs::remove_dir_all(&folder) {
            tracing::warn!(folder = %folder.display(), %error, "unpacked code stays on the disk");
        }
    });
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, InvokeRefusal> + Send + 'static,
) -> Result<T, InvokeRefusal> {
    let fault = |error: tokio::task::JoinError| InvokeRefusal::Fault { why: error.to_string() };
    tokio::task::spawn_blocking(work).await.map_err(fault)?
}

fn refusal(error: &UnzipError) -> InvokeRefusal {
    match error {
        UnzipError::Broken(_) | UnzipError::Refused(_) => InvokeRefusal::Broken { why: error.to_string() },
        UnzipError::Disk(source) => disk(source),
    }
}

fn disk(error: &io::Error) -> InvokeRefusal {
    InvokeRefusal::Fault { why: format!("the scratch folder: {error}") }
}
