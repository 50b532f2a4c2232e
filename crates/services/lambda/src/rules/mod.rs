//! What may be set, and what is refused until it is enforced.

pub(crate) mod settings;
pub(crate) mod environment;
pub(crate) mod unenforced;
pub(crate) mod tags;
pub(crate) mod layers;
