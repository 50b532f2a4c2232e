//! One round of load on one process, and medians of rounds.

use std::io;

use crate::load::{Load, Measured};
use crate::process::Process;

/// One round of one contender.
#[derive(Debug, Clone, Copy)]
pub struct Round {
    /// CPU time a request, in microseconds.
    pub cpu_us: f64,
    /// What the load saw.
    pub measured: Measured,
    /// Requests a second.
    pub rate: f64,
}

impl Round {
    /// Loads a process from `core`.
    pub fn run(process: &Process, load: &Load, core: usize) -> io::Result<Self> {
        let before = process.cpu();
        let measured = load.run(core)?;
        let cpu = process.cpu().saturating_sub(before);
        let requests = measured.requests.max(1) as f64;
        Ok(Self { cpu_us: cpu.as_secs_f64() * 1e6 / requests, measured, rate: requests / load.seconds as f64 })
    }
}

/// The median of a figure.
pub fn median(rounds: &[Round], of: impl Fn(&Round) -> f64) -> f64 {
    let mut values: Vec<f64> = rounds.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
