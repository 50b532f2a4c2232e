//! AWS WAFv2's rule language: rules are read from AWS's own JSON, weighed in WCU, compiled, and asked about requests.
//!
//! A judge without a clock and without a network: what it needs from the world it asks of [`Facts`].
//!
//! It must not know: any store, any service, how a request travels, where lists of addresses come from.
//! Begin with [`document::WebAcl`], what AWS's JSON says; [`compile()`] makes a [`WebAcl`] of it, which judges a [`Request`] and
//! answers a [`Judgement`].
//! <https://docs.aws.amazon.com/waf/latest/developerguide/waf-rules.html>

mod request;
mod facts;
mod judgement;
mod invalid;
mod strict;
pub mod document;
mod label;
pub mod managed;
mod references;
pub mod capacity;
pub mod compile;
mod judge;
mod budget;
mod shared;
mod regex;
mod needles;
mod words;
pub mod field;
mod json;
pub mod transform;
pub mod injection;
#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use compile::{Needs, WebAcl, check, compile};
pub use facts::{Country, Facts, Purpose, RateRule, Token};
pub use invalid::Invalid;
pub use json::Broken;
pub use judge::address_of;
pub use judgement::{
    Action, Answered, Finding, Group, Inserted, Judgement, Limited, LimitedPart, Matched, Oversize, RulePath,
    Terminating, Took,
};
pub use label::{LabelMatch, LabelScope};
pub use references::References;
pub use request::{Body, Header, Request};
