//! The IAM policy language: parse, compile, evaluate.
//!
//! A policy is checked and compiled once ([`Policy::parse`], which refuses in AWS's words and in AWS's order);
//! [`evaluate`] then answers a [`RequestContext`] over all [`Layers`] in AWS's order, without allocating; [`explain`] says
//! for each statement why it did not apply, and [`Explanation::record`] keeps that, bounded, with what would have allowed
//! the request; [`places`] finds the statements in the document's text. Before a policy is stored, [`Policy::condition_keys`] tells which keys it looks at and which of them
//! would leave it open if nothing set them.
//!
//! Callers choose the layers: a REST API's methods without authorization, and those of user pools once the token is
//! checked, ask for [`Principal::Anonymous`] with the API's policy as [`Layers::resource`]; a Lambda authorizer's answer is
//! the anonymous caller's [`Layers::identity`]; a role's trust policy is a resource policy that must itself allow
//! ([`Layers::resource_must_allow`]). `tests/judge/flows.rs` holds the developer guide's tables.
//!
//! A statement's cost is mostly that of not being about the action: [`Policy::opinion`] looks at one small gate per
//! statement first. `tests/oracles` compares decisions with those of other evaluators.
//!
//! It must not know: where policies are stored, who asks, the time (it is a context key), any wire format.
//! Begin with [`evaluate`]; `statement.rs` is what one statement means, `condition/` what its conditions mean.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies.html>

mod policy;
mod parse;
mod json;
mod place;
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
mod value;
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
pub use place::{Place, places};
pub use policy::{Effect, Kind, Opinion, Policy, characters};
pub use principal::Principal;
pub use principals::Grant;
pub use record::{DecisionRecord, FailedElement, StatementRecord, TraceRecord};
pub use statement::Unmet;
pub use value::{Value, ValueType};
