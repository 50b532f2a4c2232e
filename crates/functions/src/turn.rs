//! One invocation on one instance, from beginning to end.

use std::sync::Arc;
use std::time::Duration;

use base::Clock;
use tokio::sync::{oneshot, watch};

use crate::cell::End;
use crate::failure::Failed;
use crate::instance::Instance;
use crate::invocation::{Invocation, Outcome};
use crate::log::{Log, Report, Source};
use crate::runtime_api::{Answer, Begun, Delivery};
use crate::settings::LineSink;

/// How long loading may take before the function's own time begins (AWS: 10 seconds).
const INIT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a warm runtime may take to come for its next invocation.
const TAKE_TIMEOUT: Duration = Duration::from_secs(1);

/// What became of an invocation.
#[derive(Debug)]
pub(crate) enum Turn {
    /// It ran. The instance can take another, or it is spent.
    Ran(Outcome, Option<Box<Instance>>),
    /// The instance was gone before it took the invocation, so another one may.
    Unseen,
}

/// Runs an invocation to its end.
pub(crate) async fn turn(
    mut instance: Instance,
    invocation: &Invocation,
    sink: Option<&dyn LineSink>,
    clock: &dyn Clock,
) -> Turn {
    let version = Arc::clone(&instance.version);
    let stream = instance.stream.clone();
    let mut log = Log::new(Source { version: &version, stream: &stream, sink });
    let mut init = None;
    let mut failed = None;
    if instance.is_warm {
        log.catch_up(&instance.output);
    } else {
        failed = begin(&mut instance, &mut log, clock).await.err();
        init = Some(clock.elapsed().saturating_sub(instance.started));
    }
    log.start(&invocation.request_id);
    let begun = clock.elapsed();
    let answer = match failed {
        Some(failed) => Err(failed),
        None => match run(&mut instance, invocation, &mut log, clock).await {
            Ran::Answered(answer) => Ok(answer),
            Ran::Failed(failed) => Err(failed),
            Ran::Untaken => return Turn::Unseen,
        },
    };
    log.catch_up(&instance.output);
    let took = clock.elapsed().saturating_sub(begun);
    let is_fine = instance.is_alive() && matches!(answer, Ok(_) | Err(Failed::Said(_))) && init_held(&instance);
    let failed = answer.as_ref().err();
    let log_tail = log.report(&Report {
        request_id: &invocation.request_id,
        took,
        init,
        memory_mb: version.memory_mb,
        peak_mb: instance.meter.as_ref().and_then(|meter| meter.peak_mb()),
        failed,
        now: clock.now(),
    });
    let failed = failed.is_some();
    let payload = answer.unwrap_or_else(|failed| failed.payload(&invocation.request_id));
    let outcome = Outcome { payload, failed, version: Arc::clone(&version.number), log_tail, took };
    instance.is_warm = true;
    Turn::Ran(outcome, is_fine.then(|| Box::new(instance)))
}

/// Whether the runtime got as far as asking for invocations.
fn init_held(instance: &Instance) -> bool {
    *instance.desk.begun().borrow() == Begun::Asked
}

/// Waits until a new runtime is loaded, or its time for that is over and the function's own begins.
async fn begin(instance: &mut Instance, log: &mut Log<'_>, clock: &dyn Clock) -> Result<(), Failed> {
    let mut begun = instance.desk.begun();
    let begun = tokio::select! {
        biased;
        begun = begun.wait_for(|begun| *begun != Begun::NotYet) => begun.map_or(Begun::NotYet, |begun| begun.clone()),
        end = ended(&mut instance.end) => return Err(why(end)),
        () = clock.sleep(INIT_TIMEOUT) => Begun::NotYet,
        () = log.follow(&instance.output, clock) => Begun::NotYet,
    };
    log.catch_up(&instance.output);
    match begun {
        Begun::Failed(payload) => Err(Failed::Said(payload)),
        Begun::Asked | Begun::NotYet => Ok(()),
    }
}

enum Ran {
    Answered(bytes::Bytes),
    Failed(Failed),
    Untaken,
}

async fn run(instance: &mut Instance, invocation: &Invocation, log: &mut Log<'_>, clock: &dyn Clock) -> Ran {
    let timeout = instance.version.timeout;
    let answer = instance.desk.hand_out(delivery(invocation, clock.now(), timeout));
    let time = clock.sleep(timeout);
    if instance.is_warm && !is_taken(instance, clock).await {
        // Nothing of it was seen inside, so that another instance may run it.
        return Ran::Untaken;
    }
    let answered = tokio::select! {
        biased;
        answered = answer => answered,
        end = ended(&mut instance.end) => return Ran::Failed(why(end)),
        () = time => return Ran::Failed(Failed::TimedOut(timeout)),
        () = log.follow(&instance.output, clock) => return Ran::Failed(Failed::Cell),
    };
    judge(answered, instance, clock).await
}

async fn judge(answered: Result<Answer, oneshot::error::RecvError>, instance: &mut Instance, clock: &dyn Clock) -> Ran {
    match answered {
        Ok(Answer::Response(payload)) => Ran::Answered(payload),
        Ok(Answer::Error(payload)) => Ran::Failed(Failed::Said(payload)),
        Ok(Answer::TooLarge) => Ran::Failed(Failed::TooLarge),
        Ok(Answer::Truncated) => Ran::Failed(Failed::Truncated),
        // Whoever was answering is gone with its connection: the process ended, or its answer broke off.
        Err(_) => tokio::select! {
            end = ended(&mut instance.end) => Ran::Failed(why(end)),
            () = clock.sleep(TAKE_TIMEOUT) => Ran::Failed(Failed::Truncated),
        },
    }
}

/// Whether a warm runtime came for its invocation.
async fn is_taken(instance: &mut Instance, clock: &dyn Clock) -> bool {
    let desk = Arc::clone(&instance.desk);
    tokio::select! {
        biased;
        () = desk.taken() => true,
        _ = ended(&mut instance.end) => !desk.take_back(),
        () = clock.sleep(TAKE_TIMEOUT) => !desk.take_back(),
    }
}

fn delivery(invocation: &Invocation, now: jiff::Timestamp, timeout: Duration) -> Delivery {
    let timeout_ms = i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX);
    Delivery {
        request_id: invocation.request_id.to_string(),
        deadline_ms: now.as_millisecond().saturating_add(timeout_ms),
        invoked_arn: Arc::clone(&invocation.invoked_arn),
        trace_id: invocation.trace_id.clone(),
        client_context: invocation.client_context.clone(),
        payload: invocation.payload.clone(),
    }
}

/// Waits for an instance's end.
async fn ended(end: &mut watch::Receiver<Option<End>>) -> End {
    end.wait_for(Option::is_some).await.ok().and_then(|end| end.clone()).unwrap_or(End::Cell)
}

fn why(end: End) -> Failed {
    match end {
        End::Program(ending) => Failed::Ended(ending),
        End::NotStarted(why) => Failed::NotStarted(why),
        End::OutOfMemory => Failed::OutOfMemory,
        End::Cell => Failed::Cell,
    }
}
