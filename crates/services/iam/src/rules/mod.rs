//! What may be set: names, paths, ARNs, tags and documents.

pub(crate) mod arn;
pub(crate) mod document;
pub(crate) mod name;
pub(crate) mod tags;
