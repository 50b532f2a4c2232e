//! Runs Lambda code: instances that speak the Runtime API, each in an isolation of its own.
//!
//! It must not know: who may invoke what, the AWS operations, stored documents. Begin with [`invocation`].

pub mod invocation;

pub use invocation::{FunctionError, Invocation, InvokeRefusal, Outcome};
