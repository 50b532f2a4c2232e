//! What the service `lambda` stores. The code itself is a blob; documents name it by its digest.

pub mod function;
pub mod configuration;
pub mod version;
pub mod layer;

pub use configuration::{Architecture, Code, Configuration, Environment, LayerUse, Runtime};
pub use function::{Alias, Function, NETWORK_TAG, Policy, Published, Statement};
pub use layer::{Layer, LayerVersion};
pub use version::FunctionVersion;

/// A number as ids hold it, so that they sort by it.
fn padded(number: u64) -> String {
    format!("{number:020}")
}
