//! Asking an authorizer's function: the permission, the invocation, and what its answer means.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html>

use std::sync::Arc;
use std::time::Duration;

use base::limits::AUTHORIZER_TIMEOUT_MS;
use base::{AccountId, Clock};
use bytes::Bytes;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use snapshot::{FunctionCall, Snapshot};

use super::Grant;
use crate::execution_log::one_line;
use crate::invoke::Runner;
use crate::lambda::call::{Ask, draw};
use crate::lambda::{Failure, NotInvoked, Permit, invoke};
use crate::request::Request;

/// Why an authorizer let nobody in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// Its function said `Unauthorized`.
    Unauthorized,
    /// Its function may not be invoked, or does not exist.
    NotInvoked {
        /// Why, and what would allow it.
        why: Arc<str>,
    },
    /// Its function failed or took too long.
    Failed {
        /// How.
        why: Arc<str>,
    },
    /// What it answered is no answer of an authorizer.
    Malformed {
        /// What is wrong with it.
        why: Arc<str>,
    },
}

/// A question to an authorizer's function. It outlives the request that asks first: others may wait for its answer.
#[derive(Debug)]
pub(crate) struct Asking {
    /// What is served.
    pub(crate) snapshot: Arc<Snapshot>,
    /// Runs functions.
    pub(crate) runner: Arc<dyn Runner>,
    /// Time.
    pub(crate) clock: Arc<dyn Clock>,
    /// Whose API it is.
    pub(crate) owner: AccountId,
    /// Which function.
    pub(crate) call: FunctionCall,
    /// What it is told.
    pub(crate) event: Bytes,
    /// Who asks first.
    pub(crate) request: Arc<Request>,
    /// Whether its execution log tells of the exchange.
    pub(crate) logged: bool,
}

/// AWS's one word for a caller who is not known.
const UNAUTHORIZED: &str = "Unauthorized";

impl Asking {
    /// Asks, and forgets everything of the answer but its meaning.
    pub(crate) fn answer(self) -> BoxFuture<'static, Result<Arc<Grant>, Unanswered>> {
        async move { self.ask().await.map(|(grant, _)| Arc::new(grant)) }.boxed()
    }

    /// Asks.
    pub(crate) async fn ask(&self) -> Result<(Grant, Bytes), Unanswered> {
        let permit = Permit { snapshot: &self.snapshot, owner: self.owner, caller: None, now: self.request.received };
        let refused = |refused: NotInvoked| Unanswered::NotInvoked { why: refused.to_string().into() };
        let version = permit.version(&self.call, draw(self.request.id)).map_err(refused)?;
        self.log_call();
        let ask = Ask {
            arn: Arc::clone(&self.call.arn),
            event: self.event.clone(),
            trace_id: self.request.trace_id.text().map(str::to_owned),
            patience: Duration::from_millis(AUTHORIZER_TIMEOUT_MS),
        };
        let ran = invoke(&*self.runner, &*self.clock, &version, ask).await.map_err(unanswered)?;
        self.log(|| format!("Authorizer result body before parsing: {}", shown(&ran.payload)));
        let malformed = |why: String| Unanswered::Malformed { why: crate::reason::cut(&why) };
        let grant = Grant::read(&ran.payload).map_err(malformed)?;
        Ok((grant, ran.payload))
    }

    fn log_call(&self) {
        let region = &self.snapshot.place.region;
        let uri = format!("https://lambda.{region}.amazonaws.com/2015-03-31/functions/{}/invocations", self.call.arn);
        self.log(|| format!("Endpoint request URI: {uri}"));
        self.log(|| format!("Sending request to {uri}"));
    }

    fn log(&self, line: impl FnOnce() -> String) {
        if self.logged {
            self.request.notes.log_authorizer(one_line(&line()));
        }
    }
}

/// What an execution log shows of an answer. SECURITY: an API key in it is a credential. What the function was told holds the
/// caller's, so it is not shown at all.
fn shown(payload: &[u8]) -> String {
    if String::from_utf8_lossy(payload).contains("usageIdentifierKey") {
        "(it names an API key)".to_owned()
    } else {
        excerpt(payload)
    }
}

/// AWS cuts a logged body here.
const EXCERPT_BYTES_MAX: usize = 1024;

fn excerpt(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(EXCERPT_BYTES_MAX)]).into_owned();
    if bytes.len() > EXCERPT_BYTES_MAX { format!("{text} [TRUNCATED]") } else { text }
}

fn unanswered(failure: Failure) -> Unanswered {
    let why = match failure {
        Failure::Failed { message, .. } if *message == *UNAUTHORIZED => return Unanswered::Unauthorized,
        Failure::Failed { message, .. } => crate::reason::cut(&format!("it failed: {message}")),
        Failure::TimedOut { patience } => format!("it did not answer within {} ms", patience.as_millis()).into(),
        Failure::TooLarge { bytes, max } => format!("the event has {bytes} bytes, more than {max}").into(),
        Failure::Throttled { why } | Failure::NotRun { why } => why,
    };
    Unanswered::Failed { why }
}
