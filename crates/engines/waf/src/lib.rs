//! AWS WAFv2's rule language: rules are read from AWS's own JSON, weighed in WCU, compiled, and asked about requests.
//!
//! A judge without a clock and without a network: what it needs from the world it asks of [`Facts`].
//!
//! It must not know: any store, any service, how a request travels, where lists of addresses come from.
//! Begin with [`Request`], what is judged, and [`Judgement`], what is answered.
//! <https://docs.aws.amazon.com/waf/latest/developerguide/waf-rules.html>

mod invalid;
mod request;
mod facts;
mod judgement;

pub use facts::{Country, Facts, Purpose, RateRule, Token};
pub use invalid::Invalid;
pub use judgement::{Action, Answered, Finding, Group, Inserted, Judgement, Matched, Oversize, Terminating};
pub use request::{Body, Header, Request};
