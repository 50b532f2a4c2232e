//! Why each step decided what it did: one exhaustive enum of small values, grouped by step.
//!
//! `explain.rs` words them; here is only what they hold. Text that a stranger chose is cut by [`cut`] before it gets here.

mod firewall;
mod authorize;
mod integrate;
mod meter;

use std::borrow::Cow;
use std::sync::Arc;

use base::id::{DeploymentId, ResourceId, RestApiId, StageName};
use serde::{Deserialize, Serialize, Serializer};

pub use self::authorize::{Authorize, GrantFrom, Token};
pub use self::firewall::{Firewall, Found, Judged};
pub use self::integrate::{Answered, Integrate};
pub use self::meter::{Meter, ThrottleLayer};
use crate::refused::ResponseType;
use crate::steps::Step;
use crate::target::Flaw;

/// What decided a step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// Which API and stage the request is for.
    Locate(Locate),
    /// Whether the network it came from may reach the API.
    Network(Network),
    /// What the web ACL says.
    Firewall(Firewall),
    /// Which resource and method it is for.
    Route(Route),
    /// Whether the caller may call it.
    Authorize(Authorize),
    /// Whether its usage plan has room.
    Meter(Meter),
    /// Whether it is what the method asks for.
    Validate(Validate),
    /// Whether an answer is at hand.
    Cache(Cache),
    /// What the integration did.
    Integrate(Integrate),
    /// What the caller is answered.
    Answer(Answer),
    /// How the request ended.
    Record(Record),
}

impl Reason {
    /// The step that decides so.
    pub fn step(&self) -> Step {
        match self {
            Self::Locate(_) => Step::Locate,
            Self::Network(_) => Step::Network,
            Self::Firewall(_) => Step::Firewall,
            Self::Route(_) => Step::Route,
            Self::Authorize(_) => Step::Authorize,
            Self::Meter(_) => Step::Meter,
            Self::Validate(_) => Step::Validate,
            Self::Cache(_) => Step::Cache,
            Self::Integrate(_) => Step::Integrate,
            Self::Answer(_) => Step::Answer,
            Self::Record(_) => Step::Record,
        }
    }

    /// Whether it was decided within a microsecond or so of the decision before, because nobody had to be asked: reading the
    /// clock would cost as much as the decision.
    pub fn is_instant(&self) -> bool {
        match self {
            Self::Locate(Locate::Stage { .. })
            | Self::Network(Network::Public)
            | Self::Firewall(Firewall::NoneAttached)
            | Self::Route(Route::Matched { .. })
            | Self::Authorize(Authorize::OpenToAll)
            | Self::Meter(Meter::Unmetered)
            | Self::Validate(Validate::NoValidator)
            | Self::Cache(Cache::Off)
            | Self::Answer(Answer::Integration { .. }) => true,
            Self::Locate(_)
            | Self::Route(_)
            | Self::Firewall(_)
            | Self::Authorize(_)
            | Self::Meter(_)
            | Self::Integrate(_)
            | Self::Answer(_)
            | Self::Record(_) => false,
        }
    }
}

/// Reasons of the locate step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Locate {
    /// The host names an API and the path a stage of it.
    Stage {
        /// The API.
        #[serde(serialize_with = "as_text")]
        api: RestApiId,
        /// The stage.
        #[serde(serialize_with = "as_text")]
        stage: StageName,
        /// What the stage serves.
        #[serde(serialize_with = "as_text")]
        deployment: DeploymentId,
    },
    /// No host was named (HTTP/1.0).
    NoHost,
    /// The host is not one of this installation's.
    ForeignHost {
        /// The host.
        host: Arc<str>,
    },
    /// The host names an API that does not exist.
    UnknownApi {
        /// The name.
        api: Arc<str>,
    },
    /// The path names a stage that the API does not have.
    UnknownStage {
        /// The API.
        #[serde(serialize_with = "as_text")]
        api: RestApiId,
        /// The name.
        stage: Arc<str>,
    },
    /// The API's default endpoint is disabled.
    EndpointDisabled {
        /// The API.
        #[serde(serialize_with = "as_text")]
        api: RestApiId,
    },
    /// The stage did not compile.
    BrokenStage {
        /// The API.
        #[serde(serialize_with = "as_text")]
        api: RestApiId,
        /// The stage.
        #[serde(serialize_with = "as_text")]
        stage: StageName,
        /// The compiler's finding.
        why: Arc<str>,
    },
    /// The store has been away for too long.
    StaleSnapshot {
        /// The snapshot's age.
        age_s: u64,
        /// The age that is still served.
        max_s: u64,
    },
    /// The body's announced length is more than is taken.
    BodyTooLarge {
        /// The length.
        bytes: u64,
        /// The limit.
        max: u64,
    },
    /// The edge refused the request before anything of it could be trusted.
    FrontEnd {
        /// The edge's words.
        why: Arc<str>,
    },
}

/// Reasons of the network step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Network {
    /// The API is public.
    Public,
}

/// Reasons of the route step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Route {
    /// A method was found.
    Matched {
        /// The resource.
        #[serde(serialize_with = "as_text")]
        resource: ResourceId,
        /// Its path template.
        path: Arc<str>,
        /// The method's verb, `ANY` where it stands for all.
        verb: Cow<'static, str>,
    },
    /// The path could be read in two ways.
    Flawed {
        /// What is wrong with it.
        flaw: Flaw,
    },
    /// No resource has this path, or it has no such method.
    NothingMatches,
    /// The same, and the `Authorization` header is not a signature, which AWS complains of instead.
    NothingMatchesAuthorization,
}

/// Reasons of the validate step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Validate {
    /// The method has no validator.
    NoValidator,
}

/// Reasons of the cache step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Cache {
    /// The stage has no cache.
    Off,
}

/// Reasons of the answer step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Answer {
    /// The integration's answer.
    Integration {
        /// The status.
        status: u16,
    },
    /// A gateway response.
    Gateway {
        /// Its type.
        kind: ResponseType,
        /// Its status.
        status: u16,
        /// What it says.
        message: Option<Arc<str>>,
    },
    /// The front end's answer, before or beside any API.
    FrontEnd {
        /// Its status.
        status: u16,
        /// What it says.
        message: Arc<str>,
    },
    /// What the web ACL answers.
    Firewall {
        /// Its status.
        status: u16,
    },
}

/// How the request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Record {
    /// The whole answer was handed to the connection.
    Answered,
    /// The client went away before it had the whole answer.
    Abandoned,
    /// The backend broke off in the middle of its answer.
    BackendBroke,
    /// The gateway itself failed; the fault is in the product's own log.
    Panicked,
}

/// The longest text that a stranger can leave in a trail, in bytes.
pub const TEXT_BYTES_MAX: usize = 256;

/// Cuts a stranger's text to [`TEXT_BYTES_MAX`].
pub fn cut(text: &str) -> Arc<str> {
    text[..text.floor_char_boundary(TEXT_BYTES_MAX)].into()
}

pub(crate) fn as_text<T: AsRef<str>, S: Serializer>(id: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(id.as_ref())
}
