//! One round of load on one process, and medians of rounds.

use std::io;

use crate::load::{Load, Measured};
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
        let spent = || (process.cpu(), process.cpu_of_threads(RECORDS_THREADS));
        let before = spent();
        let measured = load.run(core)?;
        let after = spent();
        let requests = measured.requests.max(1) as f64;
        let each = |before, after: std::time::Duration| after.saturating_sub(before).as_secs_f64() * 1e6 / requests;
        let (cpu_us, records_us) = (each(before.0, after.0), each(before.1, after.1));
        Ok(Self { cpu_us, records_us, measured, rate: requests / load.seconds as f64 })
    }
}

/// The median of a figure.
pub fn median(rounds: &[Round], of: impl Fn(&Round) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
