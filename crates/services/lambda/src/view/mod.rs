//! What callers are shown, in AWS's shapes.

mod configuration;
mod shapes;

pub(crate) use configuration::{FunctionConfiguration, bytes, log_group};
pub(crate) use shapes::*;
