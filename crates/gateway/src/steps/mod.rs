//! The steps of the journey, in its order. Each consumes the evidence of the one before and makes its own, whose
//! constructor is private to it: a journey that skips a step does not compile.

pub mod locate;
pub mod network;
pub mod firewall;
pub mod route;
pub mod authorize;
pub mod meter;
pub mod validate;
pub mod cache;
pub mod integrate;
pub mod answer;
pub mod record;

use serde::{Deserialize, Serialize};

/// A step of the journey, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Step {
    /// Host and path name an API and its stage.
    Locate,
    /// The network it came from may reach the API.
    Network,
    /// The web ACL lets it pass.
    Firewall,
    /// Path and verb name a method.
    Route,
    /// The caller may call the method.
    Authorize,
    /// Its plan has room for the call.
    Meter,
    /// It is what the method asks for.
    Validate,
    /// No answer is at hand.
    Cache,
    /// The integration answers.
    Integrate,
    /// Status, headers and body are made.
    Answer,
    /// What happened is kept.
    Record,
}

impl Step {
    /// Its name, as explanations print it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Locate => "locate",
            Self::Network => "network",
            Self::Firewall => "firewall",
            Self::Route => "route",
            Self::Authorize => "authorize",
            Self::Meter => "meter",
            Self::Validate => "validate",
            Self::Cache => "cache",
            Self::Integrate => "integrate",
            Self::Answer => "answer",
            Self::Record => "record",
        }
    }
}
