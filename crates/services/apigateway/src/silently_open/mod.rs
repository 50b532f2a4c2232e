//! Nothing is ever silently open: every member, PATCH path and document extension that a caller can set has a verdict.
//!
//! The tables say for each whether it is enforced (and where), harmless (and why) or refused. These tests hold the
//! tables against the shapes themselves, so that a member that is added without a verdict turns them red, and set
//! whatever is said to be refused, so that a refusal that is forgotten turns them red as well.

mod fate;
mod inputs;
mod input_table;
mod patches;
mod patch_table;
mod documents;
