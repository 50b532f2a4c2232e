//! What these tests stand on: an installation in a directory of its own, signed calls, and a store that can be broken.

mod ask;
mod store;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use base::clock::ManualClock;
use base::{AccountId, Clock, Region, Scope, Secret, Timestamp};
use compiler::Compiler;
use control::{Control, Jobs, Publisher, RootKey, Setup, found};
use identity::KeyUses;
use operation::{Kind, Ports, Service, Transaction};
use serde_json::Value;
use snapshot::{Freshness, Place};
use store_resources::{AuditFilter, Resources, Revision};
use store_sqlite::SqliteStore;
use tokio::task::JoinSet;

pub(crate) use ask::{Answer, Ask, JSON};
pub(crate) use store::{Commits, Fragile};

pub(crate) const REGION: &str = "eu-west-1";
pub(crate) const ONE: &str = "111111111111";
pub(crate) const TWO: &str = "222222222222";
/// The time on the clock when a test begins: noon, so that no test crosses midnight by accident.
pub(crate) const NOON: i64 = 1_800_014_400;
/// Where calls come from unless a test says otherwise.
pub(crate) const CALLER: [u8; 4] = [10, 0, 0, 1];

pub(crate) fn scope(account: &str) -> Scope {
    Scope { account: AccountId::parse(account).unwrap(), region: Region::parse(REGION).unwrap() }
}

/// Half of a signature: who signs.
#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) id: String,
    pub(crate) secret: Secret<String>,
}

impl From<RootKey> for Key {
    fn from(root: RootKey) -> Self {
        Self { id: root.id.to_string(), secret: root.secret }
    }
}

/// An installation with one account.
pub(crate) struct World {
    pub(crate) control: Arc<Control>,
    pub(crate) publisher: Arc<Publisher>,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) store: Arc<Fragile>,
    pub(crate) ports: Arc<Ports>,
    pub(crate) uses: Arc<KeyUses>,
    pub(crate) freshness: Freshness,
    pub(crate) root: Key,
    pub(crate) tasks: JoinSet<()>,
    // Dropped before its directory.
    _sqlite: SqliteStore,
    pub(crate) dir: tempfile::TempDir,
}

impl World {
    /// One whose publisher runs.
    pub(crate) async fn new() -> Self {
        Self::with(services()).await
    }

    /// One with these services.
    pub(crate) async fn with(services: Vec<Service>) -> Self {
        let mut world = Self::unpublished(services).await;
        world.publisher.catch_up().await.unwrap();
        let publisher = Arc::clone(&world.publisher);
        world.tasks.spawn(async move { publisher.run().await });
        world
    }

    /// One whose publisher has read nothing yet and does not follow.
    pub(crate) async fn unpublished(services: Vec<Service>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let sqlite = SqliteStore::open(dir.path()).await.unwrap();
        let clock = Arc::new(ManualClock::new(Timestamp::from_second(NOON).unwrap()));
        let store = Arc::new(Fragile::new(sqlite.resources()));
        let ports = Ports { resources: Arc::<Fragile>::clone(&store), ..operation::testing::ports(&sqlite, ONE) };
        let (ports, master_key) = (Arc::new(ports.clone()), ports.master_key);
        let root = found(store.as_ref(), &master_key, &scope(ONE), clock.now()).await.unwrap();
        let freshness = Freshness::new(Duration::from_mins(1), clock.elapsed());
        let publisher = Arc::new(Publisher::new(
            Arc::<Fragile>::clone(&store),
            Compiler::new(master_key),
            Arc::<ManualClock>::clone(&clock),
            Place::new(Region::parse(REGION).unwrap(), "localhost"),
            freshness.clone(),
        ));
        let uses = Arc::<KeyUses>::default();
        let setup =
            Setup { services, publisher: Arc::clone(&publisher), ports: Arc::clone(&ports), uses: Arc::clone(&uses) };
        let control = Arc::new(Control::new(setup).unwrap());
        let tasks = JoinSet::new();
        Self {
            control,
            publisher,
            clock,
            store,
            ports,
            uses,
            freshness,
            root: root.into(),
            tasks,
            _sqlite: sqlite,
            dir,
        }
    }

    /// A second account with a root key of its own.
    pub(crate) async fn another_account(&self) -> Key {
        let made = found(self.store.as_ref(), &self.ports.master_key, &scope(TWO), self.clock.now()).await.unwrap();
        self.serve_newest().await;
        made.into()
    }

    /// Waits until the newest revision is served.
    pub(crate) async fn serve_newest(&self) {
        let newest = self.store.revision().await.unwrap();
        self.publisher.reached(newest).await.unwrap();
    }

    /// Sends a call as it is.
    pub(crate) async fn send(&self, ask: &Ask) -> Answer {
        Answer::of(self.control.answer(&ask.received(self.clock.now())).await)
    }

    /// Signs a call as the first account's root user, and sends it.
    pub(crate) async fn call(&self, ask: Ask) -> Answer {
        self.send(&ask.signed(&self.root, self.clock.now())).await
    }

    /// Makes an API and answers its id.
    pub(crate) async fn make_api(&self, name: &str) -> String {
        let made = self.call(Ask::rest("POST", "/restapis", &format!(r#"{{"name":"{name}"}}"#))).await;
        assert_eq!(made.status, 201, "{}", made.text());
        made.json()["id"].as_str().unwrap().to_owned()
    }

    /// The records of an account's calls, oldest first; the one of the account's own making is left out.
    pub(crate) async fn records_of(&self, account: &str) -> Vec<Value> {
        let Scope { account, region } = scope(account);
        let (from, to) = (Timestamp::MIN, Timestamp::MAX);
        let filter = AuditFilter { account, region, attribute: None, from, to, after: None, limit: 100_000 };
        let entries = self.store.read_audit(&filter).await.unwrap().entries;
        let documents = entries.iter().rev().map(|entry| serde_json::from_str(&entry.record).unwrap());
        documents.filter(|record: &Value| record["eventName"] != "CreateAccount").collect()
    }

    /// The same of the first account, whose records strangers' calls join.
    pub(crate) async fn records(&self) -> Vec<Value> {
        self.records_of(ONE).await
    }

    /// Writes to the store behind the back of the control plane.
    pub(crate) async fn write(&self, work: impl FnOnce(&mut Transaction)) -> Revision {
        let mut tx = Transaction::begin(self.store.as_ref(), Kind::Write).await.unwrap();
        work(&mut tx);
        self.store.commit(tx.into_batch()).await.unwrap()
    }

    /// A node's jobs.
    pub(crate) fn jobs(&self, holder: &str) -> Jobs {
        let (ports, clock) = (Arc::clone(&self.ports), Arc::<ManualClock>::clone(&self.clock));
        Jobs { ports, clock, holder: holder.to_owned(), scope: scope(ONE) }
    }
}

/// Everything that a node serves.
pub(crate) fn services() -> Vec<Service> {
    vec![
        apigateway::service(),
        lambda::service(),
        iam::service(),
        sts::service(),
        cloudtrail::service(),
        installation::service(),
    ]
}

/// Gives an API a method and a stage `prod`; answers the deployment's answer.
pub(crate) async fn deploy(world: &World, id: &str) -> Answer {
    let resources = world.call(Ask::rest("GET", &format!("/restapis/{id}/resources"), "")).await.json();
    let root = resources["item"][0]["id"].as_str().unwrap();
    let method = format!("/restapis/{id}/resources/{root}/methods/GET");
    let mut last = None;
    for (verb, target, body) in [
        ("PUT", method.clone(), r#"{"authorizationType":"NONE"}"#),
        ("PUT", format!("{method}/integration"), r#"{"type":"MOCK"}"#),
        ("POST", format!("/restapis/{id}/deployments"), r#"{"stageName":"prod"}"#),
    ] {
        let answer = world.call(Ask::rest(verb, &target, body)).await;
        assert_eq!(answer.status, 201, "{target}: {}", answer.text());
        last = Some(answer);
    }
    last.unwrap()
}

/// The caller's address.
pub(crate) fn caller() -> IpAddr {
    IpAddr::from(CALLER)
}

/// Waits for what other tasks are about to do.
pub(crate) async fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let waited = tokio::time::timeout(Duration::from_secs(20), async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    });
    assert!(waited.await.is_ok(), "this never came: {what}");
}
