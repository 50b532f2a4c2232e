//! What web ACLs need of a node beside the snapshot: how often somebody asked, where addresses are, and the tokens of
//! puzzles and challenges.

pub(crate) mod facts;
pub mod page;
pub mod audience;
pub mod mint;
mod tried;
mod picture;
pub mod places;
mod provided;
pub mod rates;
pub(crate) mod case;
pub(crate) mod veil;
mod log;
pub mod tally;
mod samples;
pub mod reading;
pub(crate) mod ask;
#[cfg(test)]
mod testing;

use std::cell::RefCell;
use std::sync::Arc;

use arc_swap::ArcSwap;
use base::{Clock, Fingerprints};
use telemetry::{LogLine, Sink};

use self::case::Case;
use self::mint::Mint;
use self::rates::Rates;
use self::samples::Samples;
use self::tally::{AclTally, Tallies};

pub use self::provided::Provided;

/// What all gateways of a node share for their web ACLs.
#[derive(Debug)]
pub struct Firewall {
    /// How often each instance of a rate-based rule asked.
    pub rates: Rates,
    /// Makes and reads tokens.
    pub(crate) mint: Mint,
    /// What the operator provides, as it is now.
    pub(crate) provided: ArcSwap<Provided>,
    /// How often rules matched, and what they took.
    pub(crate) tallies: Tallies,
    /// Some of the requests.
    pub(crate) samples: Samples,
}

impl Firewall {
    /// Nobody has asked for anything yet.
    pub fn new(fingerprints: Fingerprints, clock: Arc<dyn Clock>, provided: Provided) -> Self {
        Self {
            rates: Rates::default(),
            mint: Mint::new(fingerprints, clock),
            provided: ArcSwap::from_pointee(provided),
            tallies: Tallies::default(),
            samples: Samples::default(),
        }
    }

    /// What the operator provides, as it is now.
    pub fn provided(&self) -> Arc<Provided> {
        self.provided.load_full()
    }

    /// Puts something else in its place; requests that are being judged go on with what they began with.
    pub fn provide(&self, provided: Provided) {
        self.provided.store(Arc::new(provided));
    }

    /// Keeps what is to be kept of a judged request: numbers, perhaps a sample, and a line where its web ACL logs.
    pub(crate) fn keep(&self, tally: &AclTally, case: &Case<'_>, sink: &Sink) {
        tally.count(case);
        self.samples.take(tally, case);
        let Some(logging) = case.acl.logging.as_ref().filter(|logging| log::wants(logging, case)) else { return };
        LINE.with_borrow_mut(|line| {
            line.clear();
            log::write(logging, case, line);
            let Case { acl, request, at: time, .. } = *case;
            sink.log(LogLine { scope: &acl.scope, stream: &acl.stream, time, request, line, id_at: None });
        });
    }
}

thread_local! {
    /// Where lines are written before the queue packs them.
    static LINE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}
