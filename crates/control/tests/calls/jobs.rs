//! Jobs: one node at a time, a late one writes nothing, and each write is the system's on the record.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use model::Record;
use operation::{Failure, Job, JobCall, Kind, Transaction};
use serde_json::json;
use store_resources::Revision;
use tokio::sync::Notify;

use crate::support::{Commits, ONE, World, eventually, scope};

/// What the jobs of these tests write.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
struct Note {
    text: String,
}

impl Record for Note {
    const TABLE: &'static str = "test.note";

    fn id(&self) -> String {
        "note".to_owned()
    }
}

async fn noted(world: &World) -> Option<String> {
    let mut tx = Transaction::begin(world.store.as_ref(), Kind::Read).await.unwrap();
    tx.get::<Note>(&scope(ONE), "note").await.unwrap().map(|note| note.text)
}

/// Writes a note, each time another; where it has a gate, it waits there before it ends.
#[derive(Debug, Default)]
struct Writing {
    text: &'static str,
    gate: Option<Arc<Gate>>,
}

#[derive(Debug, Default)]
struct Gate {
    arrived: Notify,
    open: Notify,
}

#[async_trait]
impl Job for Writing {
    fn name(&self) -> &'static str {
        "write-a-note"
    }

    fn every(&self) -> Duration {
        Duration::from_mins(10)
    }

    async fn run(&self, call: &mut JobCall<'_>) -> Result<(), Failure> {
        call.tx.put(&scope(ONE), &Note { text: self.text.to_owned() })?;
        if let Some(gate) = &self.gate {
            gate.arrived.notify_one();
            gate.open.notified().await;
        }
        Ok(())
    }
}

fn writing(text: &'static str) -> Writing {
    Writing { text, gate: None }
}

#[tokio::test]
async fn while_one_node_holds_a_job_another_does_nothing() {
    let world = World::new().await;
    assert_eq!(world.jobs("one").once(&writing("one")).await.unwrap(), Some(Revision(2)));
    assert_eq!(world.jobs("two").once(&writing("two")).await.unwrap(), None);
    assert_eq!(noted(&world).await.as_deref(), Some("one"));
    assert_eq!(world.jobs("one").once(&writing("again")).await.unwrap(), Some(Revision(3)), "its holder goes on");
}

#[tokio::test]
async fn another_node_takes_a_job_over_once_its_lease_is_over() {
    let world = World::new().await;
    world.jobs("one").once(&writing("one")).await.unwrap();
    // The pause between two runs and a minute.
    world.clock.advance(Duration::from_mins(11) - Duration::from_secs(1));
    assert_eq!(world.jobs("two").once(&writing("two")).await.unwrap(), None);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(world.jobs("two").once(&writing("two")).await.unwrap(), Some(Revision(3)));
    assert_eq!(world.jobs("one").once(&writing("one")).await.unwrap(), None);
    assert_eq!(noted(&world).await.as_deref(), Some("two"));
}

#[tokio::test]
async fn a_node_that_comes_too_late_writes_nothing_and_leaves_no_record() {
    let world = World::new().await;
    let gate = Arc::new(Gate::default());
    let slow = Writing { text: "late", gate: Some(Arc::clone(&gate)) };
    let (late, two) = (world.jobs("one"), world.jobs("two"));
    let run_late = late.once(&slow);
    let overtake = async {
        gate.arrived.notified().await;
        world.clock.advance(Duration::from_mins(11));
        let overtaken = two.once(&writing("in time")).await.unwrap();
        gate.open.notify_one();
        overtaken
    };
    let (late, in_time) = tokio::join!(run_late, overtake);
    assert_eq!((late.unwrap(), in_time), (None, Some(Revision(2))));
    assert_eq!(noted(&world).await.as_deref(), Some("in time"));
    assert_eq!(world.records().await.len(), 1);
}

#[tokio::test]
async fn a_job_s_write_is_recorded_as_the_system_s() {
    let world = World::new().await;
    world.jobs("one").once(&writing("one")).await.unwrap();
    let records = world.records().await;
    assert_eq!(records.len(), 1);
    let identity = json!({
        "type": "AWSService",
        "principalId": "system:write-a-note",
        "accountId": "111111111111",
        "invokedBy": "portcullis.internal",
    });
    for (field, expected) in [
        ("userIdentity", identity),
        ("eventType", json!("AwsServiceEvent")),
        ("eventName", json!("write-a-note")),
        ("eventSource", json!("portcullis.amazonaws.com")),
        ("sourceIPAddress", json!("portcullis.internal")),
        ("readOnly", json!(false)),
        ("eventTime", json!("2027-01-15T12:00:00Z")),
    ] {
        assert_eq!(records[0][field], expected, "{field}");
    }
}

#[tokio::test]
async fn a_job_that_is_always_overtaken_is_left_to_its_next_run() {
    let world = World::new().await;
    world.store.commits(Commits::Conflict);
    assert_eq!(world.jobs("one").once(&writing("one")).await.unwrap(), None);
    world.store.commits(Commits::Whole);
    assert_eq!(noted(&world).await, None);
    assert_eq!(world.jobs("one").once(&writing("one")).await.unwrap(), Some(Revision(2)));
}

/// Panics in its first run.
#[derive(Debug, Default)]
struct Clumsy(std::sync::atomic::AtomicUsize);

#[async_trait]
impl Job for Clumsy {
    fn name(&self) -> &'static str {
        "fall-once"
    }

    fn every(&self) -> Duration {
        Duration::from_mins(10)
    }

    async fn run(&self, call: &mut JobCall<'_>) -> Result<(), Failure> {
        assert!(
            self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst) > 0,
            "this job panics once, as its test wants"
        );
        call.tx.put(&scope(ONE), &Note { text: "second".to_owned() })
    }
}

#[tokio::test]
async fn a_job_that_fails_or_panics_runs_again() {
    let mut world = World::new().await;
    world.store.take_away(true);
    let jobs = world.jobs("one");
    world.tasks.spawn(async move { jobs.run(Arc::new(Clumsy::default())).await });
    tokio::task::yield_now().await;
    world.store.take_away(false);
    eventually("it has written", || {
        world.clock.advance(Duration::from_mins(1));
        world.publisher.world().snapshot.revision >= 2
    })
    .await;
    assert_eq!(noted(&world).await.as_deref(), Some("second"));
}
