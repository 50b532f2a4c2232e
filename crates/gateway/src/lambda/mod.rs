//! Functions that API Gateway invokes: whether it may, what they are told, and what comes of it.

pub(crate) mod permission;
pub(crate) mod call;
pub(crate) mod event;
pub(crate) mod context;

pub(crate) use call::{Failure, Ran, invoke};
pub(crate) use permission::{NotInvoked, Permit};
