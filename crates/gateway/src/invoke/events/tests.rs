//! Events by the clock: what is run anew when, what is given up, and what becomes of events of nodes that die.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use base::clock::ManualClock;
use base::id::RequestId;
use base::{AccountId, Region, Timestamp};
use bytes::Bytes;
use functions::{InvokeRefusal, Outcome};
use operation::{FunctionCall, FunctionMode};
use snapshot::{Function, FunctionBody, Place, Version};
use store_records::Fault;
use store_records::queue::{Claim, Claimed, Item, Put, Settled};
use store_records::testing::{MemoryEvents, MemoryQueue};

use super::super::Invoker;
use super::*;

mod nodes;
mod refusals;

type Answer = Result<bool, InvokeRefusal>;

/// Answers what it is told, after a while, and remembers when it was asked.
#[derive(Debug)]
struct Script {
    clock: Arc<ManualClock>,
    takes: Duration,
    answers: Mutex<Vec<Answer>>,
    asked: Mutex<Vec<u64>>,
}

#[async_trait]
impl Runner for Script {
    async fn invoke(&self, version: &Arc<Version>, _: Invocation) -> Result<Outcome, InvokeRefusal> {
        self.asked.lock().unwrap().push(self.clock.elapsed().as_secs());
        let answer = self.answers.lock().unwrap().pop().expect("an answer for each attempt");
        if !self.takes.is_zero() {
            self.clock.sleep(self.takes).await;
        }
        answer.map(|failed| Outcome {
            payload: Bytes::new(),
            failed,
            version: Arc::clone(&version.number),
            log_tail: Bytes::new(),
            took: Duration::ZERO,
        })
    }
}

/// What nodes share.
#[derive(Debug)]
struct World {
    clock: Arc<ManualClock>,
    queue: Arc<dyn Queue>,
    master_key: Arc<MasterKey>,
}

/// One of them.
struct Node {
    script: Arc<Script>,
    events: EventQueue,
    invoker: Invoker,
    worker: tokio::task::JoinHandle<()>,
    sink: Sink,
    records: Arc<MemoryEvents>,
}

impl World {
    fn new() -> Self {
        Self::over(Arc::<MemoryQueue>::default())
    }

    fn over(queue: Arc<dyn Queue>) -> Self {
        let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
        Self { clock, queue, master_key: Arc::new(MasterKey::random()) }
    }

    /// A node whose function takes so long and answers so, once for each attempt.
    fn node(&self, takes: Duration, mut answers: Vec<Answer>) -> Node {
        answers.reverse();
        let clock = Arc::clone(&self.clock);
        let (answers, asked) = (Mutex::new(answers), Mutex::default());
        let script = Arc::new(Script { clock: Arc::clone(&clock), takes, answers, asked });
        let records = Arc::<MemoryEvents>::default();
        let (sink, writer) = telemetry::pipe(
            Arc::<MemoryEvents>::clone(&records),
            Arc::new(base::clock::SystemClock::new()),
            telemetry::QUEUE_BYTES_MAX,
        );
        tokio::spawn(writer.run());
        let mut world = Snapshot::empty(Place::new(scope().region, "localhost"));
        let function = function();
        world.functions.insert(function.name.clone(), Arc::new(function));
        let parts = EventParts {
            snapshot: Arc::new(ArcSwap::from_pointee(world)),
            runner: Arc::<Script>::clone(&script),
            queue: Arc::clone(&self.queue),
            master_key: Arc::clone(&self.master_key),
            sink: sink.clone(),
            clock,
        };
        let (events, worker) = EventQueue::new(parts.clone());
        let invoker = Invoker::new(parts.snapshot, parts.runner, events.clone(), Arc::new([]));
        Node { script, events, invoker, worker: tokio::spawn(worker.run()), sink, records }
    }

    /// Moves the clock second by second; between two of them everybody does what there is to do.
    async fn pass(&self, seconds: u32) {
        for _ in 0..seconds {
            rest().await;
            self.clock.advance(Duration::from_secs(1));
        }
        rest().await;
    }

    async fn waiting(&self) -> u64 {
        self.queue.waiting(&scope()).await.unwrap().items
    }
}

impl Node {
    fn attempts(&self) -> Vec<u64> {
        self.script.asked.lock().unwrap().clone()
    }
}

async fn rest() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
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

fn call(bytes: usize) -> FunctionCall {
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

/// An event with such a payload.
pub(super) fn event(payload: &[u8]) -> Event {
    let invocation = Invocation {
        request_id: RequestId::random(),
        invoked_arn: "arn:aws:lambda:eu-west-1:111111111111:function:f:live".into(),
        payload: Bytes::copy_from_slice(payload),
        trace_id: Some("Root=1".to_owned()),
        client_context: None,
        patience: None,
    };
    let function = FunctionName { account: scope().account, name: "f".into() };
    Event { scope: scope(), function, qualifier: Some("live".to_owned()), invocation }
}

#[expect(clippy::unnecessary_wraps, reason = "it stands in a list of what a function may do")]
fn done() -> Answer {
    Ok(false)
}

#[expect(clippy::unnecessary_wraps, reason = "it stands in a list of what a function may do")]
fn failed() -> Answer {
    Ok(true)
}

#[tokio::test]
async fn an_event_that_succeeds_runs_once_and_at_once() {
    let world = World::new();
    let node = world.node(Duration::ZERO, vec![done()]);
    assert_eq!(node.invoker.invoke(call(2)).await.unwrap(), operation::Invoked::default());
    world.pass(100).await;
    assert_eq!((node.attempts(), node.events.given_up(), world.waiting().await), (vec![0], 0, 0));
}

#[tokio::test]
async fn a_function_that_fails_is_run_anew_after_one_and_two_minutes_and_then_given_up() {
    let world = World::new();
    let node = world.node(Duration::ZERO, vec![failed(), failed(), failed()]);
    let asked = call(2);
    node.invoker.invoke(asked.clone()).await.unwrap();
    world.pass(600).await;
    assert_eq!((node.attempts(), node.events.given_up(), world.waiting().await), (vec![0, 60, 180], 1, 0));
    node.sink.flush().await.unwrap();
    let block = &node.records.blocks()[0];
    let line = String::from_utf8(block.decode().unwrap()[0].bytes.to_vec()).unwrap();
    assert_eq!(line, format!("DISCARDED RequestId: {} Reason: it failed three times", asked.request_id));
    assert_eq!((&*block.stream.name, &block.stream.scope), ("function/f", &scope()));
}

#[tokio::test]
async fn a_throttle_counts_as_no_failure() {
    let throttled = || Err(InvokeRefusal::Throttled { limit: 1 });
    let world = World::new();
    let node = world.node(Duration::ZERO, vec![throttled(), throttled(), failed(), done()]);
    node.invoker.invoke(call(2)).await.unwrap();
    world.pass(100).await;
    assert_eq!((node.attempts(), node.events.given_up()), (vec![0, 1, 3, 63], 0));
}

#[tokio::test]
async fn what_can_never_run_is_given_up_at_once() {
    let world = World::new();
    let node = world.node(Duration::ZERO, vec![Err(InvokeRefusal::Broken { why: "no code".to_owned() })]);
    node.invoker.invoke(call(2)).await.unwrap();
    world.pass(10).await;
    assert_eq!((node.attempts().len(), node.events.given_up(), world.waiting().await), (1, 1, 0));
}

#[tokio::test]
async fn more_events_than_hands_wait_for_one_to_be_free() {
    let world = World::new();
    let node = world.node(Duration::from_secs(5), (0..150).map(|_| done()).collect());
    let calls = (0..150).map(|_| node.invoker.invoke(call(2)));
    let answers = futures_util::future::join_all(calls).await;
    assert!(answers.iter().all(Result::is_ok), "all are accepted");
    world.pass(4).await;
    let hands = RUNNING_MAX as usize;
    assert_eq!((node.attempts().len(), world.waiting().await), (hands, 150));
    world.pass(8).await;
    assert_eq!((node.attempts().len(), world.waiting().await), (150, 0));
}
