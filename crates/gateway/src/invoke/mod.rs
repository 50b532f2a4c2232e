//! Invocations that the control plane asks for: a function found in the snapshot, and run at once or later.

mod events;

use std::sync::Arc;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use aws_lc_rs::rand;
use base::Scope;
use bytes::Bytes;
use functions::{Functions, Invocation, InvokeRefusal, Outcome};
use operation::{FunctionCall, FunctionMode, Invoked, NotInvoked};
use snapshot::{Function, FunctionBody, FunctionName, Snapshot, Version};

pub use events::{EventParts, EventQueue, EventWorker};

/// An event that somebody waits for, in bytes.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const SYNCHRONOUS_BYTES_MAX: usize = 6_291_456;
/// An event that nobody waits for.
const EVENT_BYTES_MAX: usize = 1_048_576;

/// Runs one version of a function once.
#[async_trait]
pub trait Runner: Send + Sync + std::fmt::Debug {
    /// Hands it the event, and answers what it did.
    async fn invoke(&self, version: &Arc<Version>, invocation: Invocation) -> Result<Outcome, InvokeRefusal>;
}

#[async_trait]
impl Runner for Functions {
    async fn invoke(&self, version: &Arc<Version>, invocation: Invocation) -> Result<Outcome, InvokeRefusal> {
        Functions::invoke(self, version, invocation).await
    }
}

/// A node that runs no functions: whatever is invoked is refused.
#[derive(Debug, Clone, Copy)]
pub struct NoFunctions;

#[async_trait]
impl Runner for NoFunctions {
    async fn invoke(&self, _: &Arc<Version>, _: Invocation) -> Result<Outcome, InvokeRefusal> {
        Err(InvokeRefusal::Fault { why: "this node runs no functions".to_owned() })
    }
}

/// Invokes functions by name.
#[derive(Debug, Clone)]
pub struct Invoker {
    snapshot: Arc<ArcSwap<Snapshot>>,
    runner: Arc<dyn Runner>,
    events: EventQueue,
    configured: Arc<[FunctionName]>,
}

impl Invoker {
    /// An invoker of the functions of `snapshot`. `configured` are those that this node's own settings name.
    pub fn new(
        snapshot: Arc<ArcSwap<Snapshot>>,
        runner: Arc<dyn Runner>,
        events: EventQueue,
        configured: Arc<[FunctionName]>,
    ) -> Self {
        Self { snapshot, runner, events, configured }
    }

    /// What runs functions.
    pub(crate) fn runner(&self) -> &Arc<dyn Runner> {
        &self.runner
    }

    /// Takes an event for later: it is stored when this answers.
    pub(crate) async fn later(
        &self,
        name: FunctionName,
        qualifier: Option<String>,
        invocation: Invocation,
    ) -> Result<(), NotInvoked> {
        let bytes = invocation.payload.len();
        if bytes > EVENT_BYTES_MAX {
            return Err(NotInvoked::TooLarge { bytes, max: EVENT_BYTES_MAX });
        }
        let function = self.snapshot.load().functions.get(&name).cloned().ok_or(NotInvoked::Missing)?;
        let scope = function.scope.clone();
        self.events.take(events::Event { scope, function: name, qualifier, invocation }).await
    }

    pub(crate) fn is_configured(&self, scope: &Scope, function: &str) -> bool {
        self.configured.iter().any(|known| known.account == scope.account && *known.name == *function)
    }

    pub(crate) async fn invoke(&self, call: FunctionCall) -> Result<Invoked, NotInvoked> {
        let name = FunctionName { account: call.scope.account, name: call.function.as_str().into() };
        let function = self.snapshot.load().functions.get(&name).cloned().ok_or(NotInvoked::Missing)?;
        let version = function.version(call.qualifier.as_deref(), draw()).cloned().ok_or(NotInvoked::Missing)?;
        if call.payload.len() > SYNCHRONOUS_BYTES_MAX {
            return Err(NotInvoked::TooLarge { bytes: call.payload.len(), max: SYNCHRONOUS_BYTES_MAX });
        }
        let invocation = Invocation {
            request_id: call.request_id,
            invoked_arn: arn(&function, call.qualifier.as_deref()),
            payload: call.payload,
            trace_id: call.trace_id,
            client_context: call.client_context,
            patience: None,
        };
        match call.mode {
            FunctionMode::RequestResponse => {
                self.runner.invoke(&version, invocation).await.map(invoked).map_err(not_invoked)
            }
            FunctionMode::Event => {
                self.later(name, call.qualifier, invocation).await?;
                Ok(Invoked::default())
            }
            FunctionMode::DryRun => match &version.body {
                FunctionBody::Local(_) | FunctionBody::Remote { .. } => Ok(Invoked::default()),
                FunctionBody::Broken { why } => Err(NotInvoked::Broken { why: why.to_string() }),
            },
        }
    }
}

/// The ARN that was invoked.
fn arn(function: &Function, qualifier: Option<&str>) -> Arc<str> {
    match qualifier {
        Some(qualifier) => format!("{}:{qualifier}", function.arn).into(),
        None => Arc::clone(&function.arn),
    }
}

/// A number from 0 up to 1. Without a random number the alias's own version is chosen.
fn draw() -> f64 {
    let mut bytes = [0; 4];
    match rand::fill(&mut bytes) {
        Ok(()) => f64::from(u32::from_le_bytes(bytes)) / (f64::from(u32::MAX) + 1.0),
        Err(_) => 1.0,
    }
}

fn invoked(outcome: Outcome) -> Invoked {
    // Lambda's runtimes of today tell `Unhandled` of what their code throws as well; only the payload tells them apart.
    let error = outcome.failed.then_some("Unhandled");
    let payload: Bytes = outcome.payload;
    Invoked { payload, error, version: Some(outcome.version.to_string()), log_tail: outcome.log_tail }
}

fn not_invoked(refusal: InvokeRefusal) -> NotInvoked {
    match refusal {
        InvokeRefusal::Throttled { limit } => {
            NotInvoked::Throttled { why: format!("all {limit} concurrent invocations are taken") }
        }
        InvokeRefusal::TooLarge { bytes, max } => NotInvoked::TooLarge { bytes, max },
        InvokeRefusal::Broken { why } => NotInvoked::Broken { why },
        InvokeRefusal::Fault { why } => NotInvoked::Fault { why },
    }
}
