//! PATCH as API Gateway does it: JSON pointers over per-resource tables of what may be changed, and how.
//! <https://docs.aws.amazon.com/apigateway/latest/api/patch-operations.html>
//!
//! A list of operations is read whole before the first one is applied, and a record is stored only after the last
//! one: a list succeeds whole or changes nothing.

pub(crate) mod entry;
mod operation;
mod pointer;
mod table;

pub(crate) use operation::{Op, PatchOperation};
pub(crate) use pointer::Pointer;
#[cfg(test)]
pub(crate) use table::Patches;
pub(crate) use table::{ADD_REMOVE_REPLACE, Change, Edit, REPLACE, REPLACE_REMOVE, Rule, Table, Tone};
