//! The service's own upkeep.

mod code_sweep;

pub use code_sweep::CodeSweep;
