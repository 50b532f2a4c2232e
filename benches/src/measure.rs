//! One round of load on one process, and medians of rounds.

use std::io;
use std::time::Duration;

use crate::load::{Load, Measured};
use crate::loader::Loader;
use crate::process::Process;

/// One round of one contender.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// CPU time a request, in microseconds.
    pub cpu_us: f64,
    /// What of it the threads took that pack and store records.
    pub records_us: f64,
    /// What the load saw.
    pub measured: Measured,
    /// Requests a second.
    pub rate: f64,
}

/// How the threads are named that pack and store records.
const RECORDS_THREADS: &str = "records-";

impl Round {
    /// Loads a process from `core`.
    pub fn run(process: &Process, load: &Load, core: usize) -> io::Result<Self> {
        let before = Spent::by(process);
        let measured = load.run(core)?;
        Ok(Self::of(before, Spent::by(process), load, measured))
    }

    /// Loads a process from the loader; what its warm-up costs is left out.
    pub fn run_by(loader: &mut Loader, process: &Process, load: &Load) -> io::Result<Self> {
        let mut before = Spent::by(process);
        let measured = loader.run(load, || before = Spent::by(process))?;
        Ok(Self::of(before, Spent::by(process), load, measured))
    }

    fn of(before: Spent, after: Spent, load: &Load, measured: Measured) -> Self {
        let requests = measured.requests.max(1) as f64;
        let each = |before, after: Duration| after.saturating_sub(before).as_secs_f64() * 1e6 / requests;
        let (cpu_us, records_us) = (each(before.all, after.all), each(before.records, after.records));
        Self { cpu_us, records_us, measured, rate: requests / load.seconds as f64 }
    }
}

/// CPU time that a process has spent by some moment.
#[derive(Debug, Clone, Copy)]
struct Spent {
    all: Duration,
    records: Duration,
}

impl Spent {
    fn by(process: &Process) -> Self {
        Self { all: process.cpu(), records: process.cpu_of_threads(RECORDS_THREADS) }
    }
}

/// The median of a figure.
pub fn median(rounds: &[Round], of: impl Fn(&Round) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
