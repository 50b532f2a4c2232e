//! Events by the clock: what is run anew when, and what is given up.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use base::clock::ManualClock;
use base::id::RequestId;
use base::{AccountId, Region, Scope, Timestamp};
use bytes::Bytes;
use functions::Outcome;
use operation::{FunctionCall, FunctionMode};
use snapshot::{Function, FunctionBody, Place, Version};

use super::super::Invoker;
use super::*;

/// Answers what it is told, and remembers when it was asked.
#[derive(Debug)]
struct Script {
    clock: Arc<ManualClock>,
    answers: Mutex<Vec<Result<bool, InvokeRefusal>>>,
    asked: Mutex<Vec<u64>>,
    again: tokio::sync::Notify,
}

#[async_trait]
impl Runner for Script {
    async fn invoke(&self, version: &Arc<Version>, _: Invocation) -> Result<Outcome, InvokeRefusal> {
        self.asked.lock().unwrap().push(self.clock.elapsed().as_secs());
        let answer = self.answers.lock().unwrap().pop().expect("an answer for each attempt");
        self.again.notify_one();
        answer.map(|failed| Outcome {
            payload: Bytes::new(),
            failed,
            version: Arc::clone(&version.number),
            log_tail: Bytes::new(),
            took: Duration::ZERO,
        })
    }
}

struct Scene {
    clock: Arc<ManualClock>,
    script: Arc<Script>,
    queue: EventQueue,
    invoker: Invoker,
    _worker: tokio::task::JoinHandle<()>,
}

fn scope() -> Scope {
    Scope { account: AccountId::parse("111111111111").unwrap(), region: Region::parse("eu-west-1").unwrap() }
}

fn function() -> Function {
    let name = FunctionName { account: scope().account, name: "f".into() };
    let latest = Version {
        function_arn: "arn".into(),
        function_name: name.clone(),
        number: "$LATEST".into(),
        revision: "1".into(),
        body: FunctionBody::Remote { url: "http://127.0.0.1:1".parse().unwrap() },
        timeout: Duration::from_secs(3),
        memory_mb: 128,
        reserved_concurrency: None,
    };
    Function {
        name,
        scope: scope(),
        arn: "arn:aws:lambda:eu-west-1:111111111111:function:f".into(),
        reserved_concurrency: None,
        latest: Arc::new(latest),
        published: BTreeMap::new(),
        aliases: BTreeMap::new(),
        policies: BTreeMap::new(),
    }
}

fn scene(mut answers: Vec<Result<bool, InvokeRefusal>>) -> Scene {
    answers.reverse();
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let script = Arc::new(Script {
        clock: Arc::clone(&clock),
        answers: Mutex::new(answers),
        asked: Mutex::default(),
        again: tokio::sync::Notify::new(),
    });
    let mut world = Snapshot::empty(Place::new(scope().region, "localhost"));
    let function = function();
    world.functions.insert(function.name.clone(), Arc::new(function));
    let snapshot = Arc::new(ArcSwap::from_pointee(world));
    let runner = Arc::<Script>::clone(&script) as Arc<dyn Runner>;
    let on = Arc::<ManualClock>::clone(&clock) as Arc<dyn Clock>;
    let (queue, worker) = EventQueue::new(Arc::clone(&snapshot), Arc::clone(&runner), on);
    let invoker = Invoker::new(snapshot, runner, queue.clone(), Arc::new([]));
    Scene { clock, script, queue, invoker, _worker: tokio::spawn(worker.run()) }
}

fn event(bytes: usize) -> FunctionCall {
    FunctionCall {
        scope: scope(),
        function: "f".to_owned(),
        qualifier: None,
        mode: FunctionMode::Event,
        request_id: RequestId::random(),
        payload: Bytes::from(vec![b' '; bytes]),
        trace_id: None,
        client_context: None,
    }
}

impl Scene {
    /// Moves the clock until the event is done or given up, second by second, and answers when it was attempted.
    async fn attempts(&self) -> Vec<u64> {
        self.script.again.notified().await;
        while self.queue.waiting() > 0 {
            tokio::task::yield_now().await;
            self.clock.advance(Duration::from_secs(1));
        }
        self.script.asked.lock().unwrap().clone()
    }
}

#[expect(clippy::unnecessary_wraps, reason = "it stands in a list of what a function may do")]
fn failed() -> Result<bool, InvokeRefusal> {
    Ok(true)
}

#[tokio::test]
async fn an_event_that_succeeds_runs_once() {
    let scene = scene(vec![Ok(false)]);
    let answered = scene.invoker.invoke(event(2)).await.unwrap();
    assert_eq!(answered, operation::Invoked::default());
    assert_eq!(scene.attempts().await.len(), 1);
    assert_eq!(scene.queue.dropped(), 0);
}

#[tokio::test]
async fn a_function_that_fails_is_run_anew_after_one_and_two_minutes_and_then_given_up() {
    let scene = scene(vec![failed(), failed(), failed()]);
    scene.invoker.invoke(event(2)).await.unwrap();
    let attempts = scene.attempts().await;
    let pauses: Vec<u64> = attempts.windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(pauses[0] >= 60 && pauses[0] < 70 && pauses[1] >= 120 && pauses[1] < 130, "{pauses:?}");
    assert_eq!((attempts.len(), scene.queue.dropped()), (3, 1));
}

#[tokio::test]
async fn a_throttle_counts_as_no_failure() {
    let throttled = || Err(InvokeRefusal::Throttled { limit: 1 });
    let scene = scene(vec![throttled(), throttled(), failed(), Ok(false)]);
    scene.invoker.invoke(event(2)).await.unwrap();
    assert_eq!(scene.attempts().await.len(), 4);
    assert_eq!(scene.queue.dropped(), 0);
}

#[tokio::test]
async fn what_can_never_run_is_given_up_at_once() {
    let scene = scene(vec![Err(InvokeRefusal::Broken { why: "no code".to_owned() })]);
    scene.invoker.invoke(event(2)).await.unwrap();
    assert_eq!(scene.attempts().await.len(), 1);
    assert_eq!(scene.queue.dropped(), 1);
}

#[tokio::test]
async fn a_full_queue_refuses_and_a_large_event_is_never_taken() {
    let scene = scene(Vec::new());
    let refused = scene.invoker.invoke(event(1_048_577)).await;
    assert_eq!(refused, Err(NotInvoked::TooLarge { bytes: 1_048_577, max: 1_048_576 }));
    // Nothing yields, so nothing runs meanwhile.
    for _ in 0..64 {
        scene.queue.take(queued(1_048_576)).unwrap();
    }
    assert!(matches!(scene.queue.take(queued(1)), Err(NotInvoked::Throttled { .. })));
    assert_eq!(scene.queue.waiting(), 64);
}

fn queued(bytes: usize) -> Event {
    Event {
        function: FunctionName { account: scope().account, name: "f".into() },
        qualifier: None,
        invocation: Invocation {
            request_id: RequestId::random(),
            invoked_arn: "arn".into(),
            payload: Bytes::from(vec![b' '; bytes]),
            trace_id: None,
            client_context: None,
            patience: None,
        },
    }
}

#[tokio::test]
async fn a_dry_run_runs_nothing_and_nobody_invokes_what_is_not_there() {
    let scene = scene(Vec::new());
    let dry = FunctionCall { mode: FunctionMode::DryRun, ..event(2) };
    assert_eq!(scene.invoker.invoke(dry.clone()).await, Ok(operation::Invoked::default()));
    let foreign = Scope { account: AccountId::parse("222222222222").unwrap(), ..scope() };
    for missing in [
        FunctionCall { function: "g".to_owned(), ..dry.clone() },
        FunctionCall { qualifier: Some("1".to_owned()), ..dry.clone() },
        FunctionCall { scope: foreign, ..dry },
    ] {
        assert_eq!(scene.invoker.invoke(missing).await, Err(NotInvoked::Missing));
    }
}
