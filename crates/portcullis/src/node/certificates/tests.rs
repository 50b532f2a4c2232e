//! The local authority over a store and a clock that a test turns: made once, renewed in time, and believed by clients.

use std::sync::Arc;

use base::clock::ManualClock;
use base::{AccountId, Clock, Region};
use compiler::Compiler;
use control::{Jobs, Publisher};
use egress::Egress;
use gateway::metering::Metering;
use identity::Identities;
use operation::Installation;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use snapshot::{Freshness, Place};
use store_records::Counters;
use store_resources::AuditFilter;
use store_sqlite::SqliteStore;

use super::*;
use crate::node::status::Status;

const DAY: Duration = Duration::from_hours(24);
/// When the tests begin.
const START: i64 = 1_800_000_000;

/// What a node says of itself that runs no functions.
fn status(
    dir: &tempfile::TempDir,
    publisher: Arc<Publisher>,
    sink: telemetry::Sink,
    clock: Arc<dyn Clock>,
    events: gateway::EventQueue,
) -> Status {
    let egress = egress::Config::new(egress::Policy::default(), Vec::new(), None).unwrap();
    let settings = functions::Settings::new(dir.path().join("functions"));
    let engine = Egress::new(egress, Arc::clone(&clock));
    Status {
        functions: functions::Functions::new(settings, Arc::new(NoCode), engine, Arc::clone(&clock)),
        events,
        isolation: functions::Isolation::Required,
        stale: Arc::default(),
        started: clock.now(),
        publisher,
        sink,
        clock,
    }
}

/// No function runs here.
#[derive(Debug)]
struct NoCode;

#[async_trait]
impl functions::CodeSource for NoCode {
    async fn fetch(&self, _: &Scope, _: &[u8; 32]) -> Result<bytes::Bytes, String> {
        Err("there is no code".to_owned())
    }
}

struct World {
    clock: Arc<ManualClock>,
    ports: Arc<Ports>,
    root_pem: String,
    // Dropped before its directory.
    _store: SqliteStore,
    _dir: tempfile::TempDir,
}

fn scope() -> Scope {
    Scope { account: AccountId::parse("111111111111").unwrap(), region: Region::parse("eu-west-1").unwrap() }
}

fn renewal() -> AuthorityRenewal {
    AuthorityRenewal { scope: scope(), names: edge::authority::local_names("eu-west-1", "gate.example") }
}

/// What answers questions about requests that nobody asks here.
fn explainer(
    counters: &Arc<dyn Counters>,
    parts: &gateway::EventParts,
    events: gateway::EventQueue,
) -> gateway::Explainer {
    let gateway::EventParts { snapshot, runner, master_key, sink, clock, queue: _ } = parts;
    let invoker = gateway::Invoker::new(Arc::clone(snapshot), Arc::clone(runner), events, Arc::new([]));
    let egress = egress::Config::new(egress::Policy::default(), Vec::new(), None).unwrap();
    let handles = gateway::Handles {
        egress: Egress::new(egress.clone(), Arc::clone(clock)),
        identities: Arc::new(Identities::new(Arc::clone(master_key), 16, Arc::default())),
        room: edge::Room::new(0),
        tokens: Arc::new(gateway::tokens::Tokens::new(egress, Arc::clone(clock))),
        invoker,
        grants: Arc::new(gateway::Grants::new(1 << 20)),
        metering: metering(counters, master_key, clock),
        firewall: Arc::new(gateway::firewall::Firewall::new(
            master_key.fingerprints(),
            Arc::clone(clock),
            gateway::firewall::Provided::default(),
        )),
        sink: sink.clone(),
        clock: Arc::clone(clock),
        installation: scope(),
    };
    let freshness = Freshness::new(Duration::ZERO, clock.elapsed());
    let served = gateway::Served { snapshot: Arc::clone(snapshot), freshness };
    gateway::Explainer { served, handles: Arc::new(handles) }
}

fn metering(counters: &Arc<dyn Counters>, master_key: &MasterKey, clock: &Arc<dyn Clock>) -> Arc<Metering> {
    let account = snapshot::Limit::new(1.0, 1);
    let quotas = gateway::quotas::pair(Arc::clone(counters), Arc::clone(clock)).0;
    let share = gateway::metering::Share::default();
    Arc::new(Metering { fingerprints: master_key.fingerprints(), account, share, quotas })
}

impl World {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(dir.path()).await.unwrap();
        let manual = Arc::new(ManualClock::new(Timestamp::from_second(START).unwrap()));
        let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&manual);
        let master_key = Arc::new(MasterKey::random());
        let publisher = Arc::new(Publisher::new(
            store.resources(),
            Compiler::new(Arc::clone(&master_key)),
            Arc::clone(&clock),
            Place::new(scope().region, "gate.example"),
            Freshness::new(Duration::ZERO, clock.elapsed()),
        ));
        let (sink, _) = telemetry::pipe(store.events(), Arc::clone(&clock), telemetry::QUEUE_BYTES_MAX);
        let now = clock.now();
        let resources = store.resources();
        let root = found_authority(resources.as_ref(), &master_key, &scope(), "gate.example", now).await.unwrap();
        let root_pem = root.certificate_pem().to_owned();
        let parts = gateway::EventParts {
            snapshot: publisher.snapshot(),
            runner: Arc::new(gateway::NoFunctions),
            queue: store.queue(),
            master_key: Arc::clone(&master_key),
            sink: sink.clone(),
            clock: Arc::clone(&clock),
        };
        let (events, _) = gateway::EventQueue::new(parts.clone());
        let ports = Arc::new(Ports {
            resources: store.resources(),
            events: store.events(),
            blobs: store.blobs(),
            counters: store.counters(),
            data_plane: Arc::new(explainer(&store.counters(), &parts, events.clone())),
            status: Arc::new(status(&dir, publisher, sink, clock, events)),
            master_key,
            web_tokens: Arc::new(operation::NoWebTokens),
            installation: Installation {
                account: scope().account,
                region: scope().region,
                firewall: operation::FirewallFacts::default(),
                zone: "gate.example".to_owned(),
                throttle: operation::AccountThrottle::default(),
            },
        });
        Self { clock: manual, ports, root_pem, _store: store, _dir: dir }
    }

    fn jobs(&self, holder: &str) -> Jobs {
        let clock: Arc<dyn Clock> = Arc::<ManualClock>::clone(&self.clock);
        Jobs { ports: Arc::clone(&self.ports), clock, holder: holder.to_owned(), scope: scope() }
    }

    async fn leaf(&self) -> LocalLeaf {
        let mut tx = Transaction::begin(self.ports.resources.as_ref(), Kind::Read).await.unwrap();
        let name = &renewal().names[0];
        tx.get::<LocalLeaf>(&scope().global(), name).await.unwrap().expect("a certificate")
    }

    /// What a client says that trusts the local root: whether the stored certificate is good for a name now, and whether
    /// its key can be used.
    async fn is_believed(&self, name: &str) -> bool {
        let leaf = self.leaf().await;
        let key = self.ports.master_key.open_text(LocalLeaf::place(&leaf.name, leaf.version), &leaf.key_pem).unwrap();
        edge::Certificate::from_pem(&leaf.chain_pem, &key).expect("the key is the certificate's");
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.root_pem.as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let client = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
        let presented = CertificateDer::from_pem_slice(leaf.chain_pem.as_bytes()).unwrap();
        let now = UnixTime::since_unix_epoch(Duration::from_secs(self.clock.now().as_second() as u64));
        let name = ServerName::try_from(name.to_owned()).unwrap();
        client.verify_server_cert(&presented, &[], &name, &[], now).is_ok()
    }

    /// The names of the events on record, oldest first.
    async fn recorded(&self) -> Vec<String> {
        let Scope { account, region } = scope();
        let (from, to) = (Timestamp::MIN, Timestamp::MAX);
        let filter = AuditFilter { account, region, attribute: None, from, to, after: None, limit: 100 };
        let page = self.ports.resources.read_audit(&filter).await.unwrap();
        page.entries.into_iter().rev().map(|entry| entry.event_name).collect()
    }
}

#[tokio::test]
async fn a_first_start_makes_a_chain_that_clients_believe() {
    let world = World::new().await;
    renewal().ensure(&world.ports, world.clock.now()).await.unwrap();
    for (name, believed) in [
        ("abc.execute-api.eu-west-1.gate.example", true),
        ("gate.example", true),
        ("localhost", true),
        ("127.0.0.1", true),
        ("abc.execute-api.us-east-1.gate.example", false),
        ("example.com", false),
    ] {
        assert_eq!(world.is_believed(name).await, believed, "{name}");
    }
    renewal().ensure(&world.ports, world.clock.now()).await.unwrap();
    assert_eq!(
        world.recorded().await,
        ["CreateLocalAuthority", "RenewLocalCertificate"],
        "a second start makes nothing"
    );
}

#[tokio::test]
async fn a_start_does_not_wait_for_the_lease_of_a_node_that_has_died() {
    let world = World::new().await;
    let (ttl, now) = (Duration::from_hours(2), world.clock.now());
    let resources = world.ports.resources.as_ref();
    resources.acquire_lease(renewal().name(), "a dead node", now, ttl).await.unwrap().expect("a free lease");
    renewal().ensure(&world.ports, now).await.unwrap();
    assert!(world.is_believed("localhost").await);
}

#[tokio::test]
async fn the_certificate_is_renewed_at_two_thirds_of_its_life_and_believed_all_along() {
    let world = World::new().await;
    let jobs = world.jobs("one");
    assert!(jobs.once(&renewal()).await.unwrap().is_some(), "there was none");
    let first = world.leaf().await;
    let mut renewed = Vec::new();
    for day in 1..=70 {
        world.clock.advance(DAY);
        if jobs.once(&renewal()).await.unwrap().is_some() {
            renewed.push(day);
        }
        assert!(world.is_believed("abc.execute-api.eu-west-1.gate.example").await, "on day {day}");
    }
    assert_eq!(renewed, [20, 40, 60]);
    let last = world.leaf().await;
    assert_eq!(last.version, first.version + 3);
    assert_ne!(last.chain_pem, first.chain_pem);
    let expected = ["CreateLocalAuthority"].into_iter().chain(["RenewLocalCertificate"; 4]);
    assert_eq!(world.recorded().await, expected.collect::<Vec<_>>());
}

#[tokio::test]
async fn while_one_node_renews_another_does_nothing() {
    let world = World::new().await;
    world.jobs("one").once(&renewal()).await.unwrap();
    world.clock.advance(20 * DAY);
    assert!(world.jobs("one").once(&renewal()).await.unwrap().is_some());
    world.clock.advance(Duration::from_mins(30));
    let moved = AuthorityRenewal { names: vec!["localhost".to_owned()], ..renewal() };
    assert_eq!(world.jobs("two").once(&moved).await.unwrap(), None, "though it would have something to do");
}

#[tokio::test]
async fn other_names_get_another_certificate() {
    let world = World::new().await;
    renewal().ensure(&world.ports, world.clock.now()).await.unwrap();
    let fewer = AuthorityRenewal { names: renewal().names[..2].to_vec(), ..renewal() };
    fewer.ensure(&world.ports, world.clock.now()).await.unwrap();
    assert!(world.is_believed("gate.example").await);
    assert!(!world.is_believed("localhost").await);
    let foreign = AuthorityRenewal { names: vec!["example.com".to_owned()], ..renewal() };
    let refused = foreign.ensure(&world.ports, world.clock.now()).await.unwrap_err().to_string();
    assert_eq!(refused, "the local authority: the local root may not certify `example.com`");
}

#[tokio::test]
async fn two_nodes_that_start_at_once_share_one_authority_and_one_certificate() {
    let world = World::new().await;
    let (resources, master_key) = (world.ports.resources.as_ref(), &world.ports.master_key);
    let elsewhere = Scope { account: AccountId::parse("222222222222").unwrap(), ..scope() };
    let start = || found_authority(resources, master_key, &elsewhere, "gate.example", world.clock.now());
    let (one, two) = tokio::join!(start(), start());
    assert_eq!(one.unwrap().certificate_pem(), two.unwrap().certificate_pem());
    let job = renewal();
    let (one, two) =
        tokio::join!(job.ensure(&world.ports, world.clock.now()), job.ensure(&world.ports, world.clock.now()));
    assert!(one.is_ok() && two.is_ok());
    assert_eq!(world.leaf().await.version, 1);
}

#[tokio::test]
async fn another_master_key_opens_no_authority() {
    let world = World::new().await;
    let other = MasterKey::random();
    let (resources, now) = (world.ports.resources.as_ref(), world.clock.now());
    let refused = found_authority(resources, &other, &scope(), "gate.example", now).await.unwrap_err().to_string();
    assert!(refused.starts_with("the local authority's key: the sealed value does not open"), "{refused}");
}
