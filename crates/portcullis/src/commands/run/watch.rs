//! Notices when a file changes and deploys it again; a file that does not import leaves the old deployment serving.

use std::path::{Path, PathBuf};
use std::time::Duration;

use notify::{RecursiveMode, Watcher};
use tokio::sync::mpsc;

use super::import::Plan;
use super::print;
use crate::node::Node;

/// Editors write a file in several strokes; so long nothing must happen before it is read.
const QUIET: Duration = Duration::from_millis(150);

/// Follows the files until watching itself fails.
pub(super) async fn follow(files: &[PathBuf], plan: &Plan, node: &Node) -> notify::Error {
    match watch(files, plan, node).await {
        Ok(()) => notify::Error::generic("the watcher has ended"),
        Err(fault) => fault,
    }
}

async fn watch(files: &[PathBuf], plan: &Plan, node: &Node) -> Result<(), notify::Error> {
    let (tell, mut told) = mpsc::unbounded_channel::<PathBuf>();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let event = event.ok().filter(|event| !event.kind.is_access());
        for path in event.into_iter().flat_map(|event| event.paths) {
            // The receiver is gone only when the node is stopping.
            let _ = tell.send(path);
        }
    })?;
    let files: Vec<PathBuf> =
        files.iter().map(|file| std::fs::canonicalize(file).unwrap_or_else(|_| file.clone())).collect();
    for folder in files.iter().filter_map(|file| file.parent()) {
        // The folder, not the file: editors replace files, and a replaced file is another one.
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
    }
    while let Some(path) = told.recv().await {
        let mut changed = vec![path];
        while let Ok(Some(path)) = tokio::time::timeout(QUIET, told.recv()).await {
            changed.push(path);
        }
        for file in files.iter().filter(|file| changed.contains(file)) {
            redeploy(file, plan, node).await;
        }
    }
    Ok(())
}

async fn redeploy(file: &Path, plan: &Plan, node: &Node) {
    match plan.deploy(file).await {
        Ok(deployed) => print::deployed(&deployed, node),
        Err(fault) => eprintln!("portcullis: {}: {fault}; the last good deployment keeps serving", file.display()),
    }
}
