//! The IAM policy language: parse, compile, evaluate.
//!
//! A policy is checked and compiled once ([`Policy::parse`]); [`evaluate`] then answers a [`RequestContext`] over all
//! [`Layers`] in AWS's order, without allocating; [`explain`] says for each statement why it did not apply.
//!
//! It must not know: where policies are stored, who asks, the time (it is a context key), any wire format.
//! Begin with [`evaluate`]; `statement.rs` is what one statement means, `condition/` what its conditions mean.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies.html>

mod policy;
mod parse;
mod json;
mod malformed;
mod statement;
mod principal;
mod principals;
mod action;
mod resource;
mod pattern;
mod needle;
mod condition;
mod keys;
mod context;
mod layers;
mod evaluate;
mod explain;
mod hint;
mod record;

pub use action::Action;
pub use context::RequestContext;
pub use evaluate::{Decision, Outcome, evaluate};
pub use explain::{Explanation, Trace, explain};
pub use keys::Keys;
pub use layers::{Attached, Layer, Layers, StatementRef};
pub use malformed::MalformedPolicy;
pub use policy::{Effect, Kind, Opinion, Policy, characters};
pub use principal::Principal;
pub use principals::Grant;
pub use record::{DecisionRecord, FailedElement, StatementRecord, TraceRecord};
pub use statement::Unmet;
