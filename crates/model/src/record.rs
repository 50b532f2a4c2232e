//! What makes a type a stored document.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A document of one table. Its whole key is the scope it is stored under, its table, and its id.
pub trait Record: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
    /// The table's name, unique in the installation.
    const TABLE: &'static str;

    /// The path inside the table, such as `a1b2c3/prod`; parents come first, so that a prefix lists children.
    fn id(&self) -> String;

    /// Exact-match index entries `(index, value)`, unique in the installation; written with the document.
    fn index(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}
