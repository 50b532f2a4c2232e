//! A temporary folder that goes with whoever made it.

use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The folder.
#[derive(Debug)]
pub struct Folder(pub PathBuf);

impl Folder {
    /// Makes one.
    pub fn make() -> io::Result<Self> {
        let path = std::env::temp_dir().join(format!("portcullis-bench-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let start = Instant::now();
        // The processes in it were told to stop and may still write.
        while std::fs::remove_dir_all(&self.0).is_err() && start.elapsed() < Duration::from_secs(5) {
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
