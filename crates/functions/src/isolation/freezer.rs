//! Stops a group of processes between invocations, as Lambda does: a warm instance computes nothing.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::cgroup::Generation;

/// The file that stops and resumes one group, and its words.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Freezer {
    file: PathBuf,
    stop: String,
    resume: String,
}

impl Freezer {
    /// The freezer of a group's folder, if it has one.
    pub(crate) fn of(folder: &Path, generation: Generation) -> Option<Self> {
        let (file, stop, resume) = match generation {
            Generation::V1 => ("freezer.state", "FROZEN", "THAWED"),
            Generation::V2 => ("cgroup.freeze", "1", "0"),
        };
        let file = folder.join(file);
        file.exists().then(|| Self { file, stop: stop.to_owned(), resume: resume.to_owned() })
    }

    /// Stops the group. Where that fails it goes on computing, within its limits.
    pub(crate) fn stop(&self) {
        if let Err(error) = fs::write(&self.file, &self.stop) {
            tracing::debug!(file = %self.file.display(), %error, "a warm instance was not stopped");
        }
    }

    /// Resumes it. True: it runs.
    pub(crate) fn resume(&self) -> bool {
        fs::write(&self.file, &self.resume).is_ok()
    }

    /// The file to resume it by, and what to write: for the keeper, which may have to when the node is gone.
    pub(crate) fn key(&self) -> (&Path, &str) {
        (&self.file, &self.resume)
    }
}
