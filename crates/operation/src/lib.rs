//! What an AWS operation is: its [`Spec`], its [`Call`], and the [`Service`] that lists it; what a background [`Job`] is.
//!
//! It must not know: any particular service, HTTP connections, how callers authenticate, the snapshot.
//! Begin with [`Operation`]; `control` runs what implements it, step by step.

pub mod spec;
pub mod operation;
pub mod service;
pub mod call;
pub mod transaction;
pub mod principal;
pub mod named_principals;
pub mod failure;
pub mod job;
pub mod data_plane;
pub mod firewall;
pub mod status;
pub mod web_tokens;
pub mod page_token;
pub mod list_page;
#[cfg(feature = "testing")]
pub mod testing;

pub use call::{AccountThrottle, Call, Installation, Ports};
pub use data_plane::{
    AuthorizerTest, AuthorizerTested, DataPlane, Explanation, FunctionCall, FunctionMode, Invoked, NotInvoked, WhatIf,
};
pub use failure::{ApiError, Failure, Members};
pub use firewall::{
    FirewallFacts, FirewallTest, FirewallTested, RateQuestion, RuleName, RuleTop, Sample, SampleQuestion,
    SampledPuzzle, Samples, TokenFailure, WebAclTop,
};
pub use job::{Job, JobCall};
pub use list_page::ListPage;
pub use operation::{CALLER, Operation, Prepared, Registered};
pub use page_token::PageToken;
pub use policy::Keys;
pub use principal::{Credentials, Principal};
pub use service::{Refused, Service, TagsOf, no_tags};
pub use spec::{Http, Kind, Spec};
pub use status::{CoverageLine, Finding, FunctionIsolation, Losses, NodeStatus, StaleFile, Wall};
pub use transaction::{Listed, Transaction};
pub use web_tokens::{Claims, NoWebTokens, Untrue, WebTokens};
