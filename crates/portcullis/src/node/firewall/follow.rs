//! Follows the operator's files: what is written into them counts within seconds, and what cannot be used never does.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base::{Clock, Timestamp};
use gateway::firewall::Firewall;
use operation::StaleFile;

use super::file::{File, Stamp, Unreadable};

/// How often the files are looked at. A change counts once it is seen twice in the same state.
const EVERY: Duration = Duration::from_secs(1);

/// Files that changed and cannot be used as they are now.
pub(in crate::node) type Stale = Arc<Mutex<Vec<StaleFile>>>;

/// The files of a node, and what is made of them.
pub(in crate::node) struct Follow {
    pub(in crate::node) firewall: Arc<Firewall>,
    pub(in crate::node) clock: Arc<dyn Clock>,
    /// What the node says of them.
    pub(in crate::node) stale: Stale,
    pub(in crate::node) files: Vec<Followed>,
}

/// A file that is in use.
#[derive(Debug)]
pub(in crate::node) struct Followed {
    file: File,
    /// The state in which it was read.
    used: Stamp,
    /// Another state, when it was last looked at.
    seen: Option<State>,
    /// The state that cannot be used, why, and since when.
    refused: Option<(State, String, Timestamp)>,
}

/// The state of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    There(Stamp),
    /// It cannot be looked at.
    Away(io::ErrorKind),
}

impl Followed {
    /// A file that was read in this state.
    pub(super) fn new(file: File, used: Stamp) -> Self {
        Self { file, used, seen: None, refused: None }
    }
}

impl Follow {
    /// Looks for ever, if there is anything to look at.
    pub(in crate::node) async fn run(mut self) {
        let (stale, clock) = (Arc::clone(&self.stale), Arc::clone(&self.clock));
        while !self.files.is_empty() {
            self.clock.sleep(EVERY).await;
            // Reading a database takes a second.
            let looked = tokio::task::spawn_blocking(move || {
                self.look();
                self
            });
            match looked.await {
                Ok(follow) => self = follow,
                Err(fault) => {
                    tracing::error!(error = %fault, "address lists and databases are no longer followed");
                    let what = "every address list and database".to_owned();
                    let why = "reading one of them failed, and none is followed before the node starts anew".to_owned();
                    tell(&stale, vec![StaleFile { what, why, since: clock.now() }]);
                    return;
                }
            }
        }
    }

    /// Looks once.
    fn look(&mut self) {
        let now = self.clock.now();
        for followed in &mut self.files {
            followed.look(&self.firewall, now);
        }
        tell(&self.stale, self.files.iter().filter_map(Followed::stale).collect());
    }
}

fn tell(stale: &Stale, files: Vec<StaleFile>) {
    *stale.lock().unwrap_or_else(PoisonError::into_inner) = files;
}

impl Followed {
    fn look(&mut self, firewall: &Firewall, now: Timestamp) {
        let state = match self.file.stamp() {
            Ok(stamp) => State::There(stamp),
            Err(fault) => State::Away(fault.kind()),
        };
        if state == State::There(self.used) {
            self.seen = None;
            self.mended();
            return;
        }
        // Somebody may still be writing; and who replaces a file may take it away first.
        if self.seen.replace(state) != Some(state) {
            return;
        }
        if self.refused.as_ref().is_some_and(|(refused, _, _)| *refused == state) {
            return;
        }
        match self.take(firewall) {
            Ok(()) => self.mended(),
            Err(Unreadable::Changing) => self.seen = None,
            Err(why) => {
                let (what, why) = (&self.file.purpose, base::with_causes(&why));
                let path = self.file.path.display();
                tracing::error!(
                    "{what} {path} changed and cannot be used, what was read before goes on to count: {why}"
                );
                self.refused = Some((state, why, now));
            }
        }
    }

    /// Reads the file, and puts what stands in it to use.
    fn take(&mut self, firewall: &Firewall) -> Result<(), Unreadable> {
        let (stamp, held) = self.file.read()?;
        // SECURITY: a list that lost all it had was hardly meant to: who writes it failed, or has only begun.
        if stamp.bytes == 0 && self.used.bytes > 0 {
            return Err(Unreadable::Emptied);
        }
        let mut provided = firewall.provided().as_ref().clone();
        self.file.purpose.fill(&mut provided, held);
        firewall.provide(provided);
        self.used = stamp;
        tracing::info!("{} {} changed and was read", self.file.purpose, self.file.path.display());
        Ok(())
    }

    fn mended(&mut self) {
        if self.refused.take().is_some() {
            tracing::info!("{} {} is in order again", self.file.purpose, self.file.path.display());
        }
    }

    fn stale(&self) -> Option<StaleFile> {
        let (_, why, since) = self.refused.as_ref()?;
        let what = format!("{} {}", self.file.purpose, self.file.path.display());
        Some(StaleFile { what, why: why.clone(), since: *since })
    }
}

#[cfg(test)]
mod tests;
