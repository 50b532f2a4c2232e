//! What a person sees of a long task: each step's name, its progress and its time.

use std::io::Write as _;
use std::time::{Duration, Instant};

use crate::Outcome;

/// Runs a step between a line that names it and a line that says how it went and how long it took.
pub(crate) fn step(name: &str, about: &str, work: impl FnOnce() -> Outcome) -> (Outcome, Duration) {
    say(&format!("==> {name}: {about}"));
    let started = Instant::now();
    let outcome = work();
    let took = started.elapsed();
    match &outcome {
        Ok(()) => say(&format!("    {name}: ok, {}", seconds(took))),
        Err(failure) => say(&format!("    {name}: FAILED after {}: {}", seconds(took), failure.0)),
    }
    (outcome, took)
}

/// Prints a line at once, also when the output is a pipe.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // A closed pipe is the reader's choice and no reason to stop.
    let _ = writeln!(out, "{line}");
    let _ = out.flush();
}

/// A duration as a person reads it.
pub(crate) fn seconds(duration: Duration) -> String {
    let total = duration.as_secs();
    if total < 60 { format!("{:.1} s", duration.as_secs_f64()) } else { format!("{} min {} s", total / 60, total % 60) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_times_show_tenths_and_long_times_minutes() {
        assert_eq!(seconds(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 5 s");
    }
}
