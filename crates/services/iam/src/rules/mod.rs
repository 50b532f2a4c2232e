//! What may be set: names, paths, tags and documents.

pub(crate) mod document;
pub(crate) mod name;
pub(crate) mod tags;
