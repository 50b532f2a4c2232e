//! What a proxy changes in the headers it passes on.

pub(crate) mod request;
pub(crate) mod response;
