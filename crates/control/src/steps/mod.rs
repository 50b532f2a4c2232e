//! The steps of a call, in their order.

pub(crate) mod identify;
pub(crate) mod authenticate;
mod session_tokens;
pub(crate) mod decode;
pub(crate) mod authorize;
mod entity;
mod trust;
mod resource_policy;
mod why;
pub(crate) mod run;
pub(crate) mod publish;
pub(crate) mod encode;
pub(crate) mod record;
