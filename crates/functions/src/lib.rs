//! Runs Lambda code: instances that speak the Runtime API, each in a cell of its own.
//!
//! It must not know: who may invoke what, the AWS operations, stored documents.
//!
//! Begin with [`Functions::invoke`]. One invocation is driven by `turn.rs`; which instance serves it is decided in `pool.rs`;
//! an instance is a cell (`cell/`: processes behind walls, put up by `helper/`) and a desk (`runtime_api/`: the conversation
//! with the runtime inside).

#[cfg(not(target_os = "linux"))]
compile_error!("Portcullis runs functions in cells of the Linux kernel: build it on Linux, or for a Linux target");

pub mod invocation;
mod settings;
pub mod isolation;
mod functions;
mod pool;
mod turn;
mod instance;
mod runtime_api;
mod failure;
mod log;
mod remote;
mod code;
mod clients;
mod environment;
mod cell;
mod helper;

pub use functions::Functions;
pub use helper::helper_main;
pub use invocation::{Invocation, InvokeRefusal, Outcome};
pub use settings::{CodeSource, Isolation, Line, LineSink, Settings};
