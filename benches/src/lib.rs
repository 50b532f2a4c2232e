//! What the benchmarks share: made-up documents, processes and their CPU time, and the report.

pub mod world;
pub mod journey;
pub mod report;
pub mod process;
pub mod load;
mod steady;
pub mod loader;
mod latencies;
pub mod nginx;
pub mod node;
pub mod folder;
pub mod tls;
pub mod measure;
pub mod manage;
pub mod waf;

/// The allocator of the real binary: another one would measure another product.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
