//! Both planes, wired: the journey and the calls, with what runs beside them.

use std::sync::Arc;
use std::time::Duration;

use ::functions::Functions;
use base::seal::MasterKey;
use base::{Clock, Scope, limits};
use compiler::Compiler;
use control::{Control, Jobs, KeyUseWriter, Listen, Publisher, Setup};
use edge::{Endpoint, Limits, Server, Tls};
use egress::Egress;
use gateway::firewall::Firewall;
use gateway::metering::Metering;
use gateway::quotas::Keeper;
use gateway::tokens::Tokens;
use gateway::{EventQueue, EventWorker, Explainer, Gateway, Grants, Handles, Served};
use identity::{Identities, KeyUses};
use operation::{FirewallFacts, Installation, Job, Ports};
use snapshot::{Freshness, Place};
use telemetry::{Sink, Writer};

use super::certificates::AuthorityRenewal;
use super::firewall::{Follow, Found, Stale};
use super::functions::{self, Running};
use super::listeners::Listeners;
use super::metering::{Membership, metering};
use super::start::StartError;
use super::status::Status;
use super::stores::Stores;
use super::{Node, services, tls};
use crate::settings::{Settings, Workers};

/// Everything that serves, before it serves.
pub(super) struct Planes {
    pub(super) sink: Sink,
    writer: Writer,
    publisher: Arc<Publisher>,
    control: Arc<Control>,
    jobs: Jobs,
    pub(super) key_uses: KeyUseWriter,
    pub(super) metering: Arc<Metering>,
    keeper: Keeper,
    pub(super) membership: Membership,
    traffic: Traffic,
    follow: Follow,
    scope: Scope,
    pub(super) functions: Functions,
    pub(super) events: EventQueue,
    event_worker: EventWorker,
}

/// Signing keys and sessions of API callers that are kept ready.
const CALLERS: usize = 65_536;

/// How long a management call may take without progress: the longest function, and some time to start it.
const FUNCTION_PATIENCE: Duration = Duration::from_secs(930);

/// What answers requests, and questions about them.
struct Traffic {
    served: Served,
    handles: Handles,
    egress: egress::Config,
}

impl Planes {
    /// Wires everything that needs no listener.
    pub(super) fn build(
        settings: &Settings,
        scope: &Scope,
        stores: &Stores,
        master_key: &Arc<MasterKey>,
        clock: &Arc<dyn Clock>,
        egress: egress::Config,
    ) -> Result<Self, StartError> {
        let freshness = Freshness::new(settings.stale_max.unwrap_or_default(), clock.elapsed());
        let place = Place::new(settings.region.clone(), &settings.zone);
        let configured = functions::configured(settings, scope);
        let found = Found::read(settings)?;
        let facts = found.facts();
        let compiler = found.known_to(Compiler::new(Arc::clone(master_key)).with_functions(configured.clone()));
        let resources = Arc::clone(&stores.resources);
        let publisher = Publisher::new(resources, compiler, Arc::clone(clock), place, freshness.clone());
        let publisher = Arc::new(publisher);
        let (sink, writer) = telemetry::pipe(Arc::clone(&stores.events), Arc::clone(clock), telemetry::QUEUE_BYTES_MAX);
        let configured = configured.iter().map(|function| function.name.clone()).collect();
        let running =
            Running::start(settings, (stores, master_key), &sink, &egress, clock, publisher.snapshot(), configured);
        let stale = Stale::default();
        let status = running.status(&publisher, &sink, clock, &stale);
        let uses = Arc::<KeyUses>::default();
        let callers = Arc::new(Identities::new(Arc::clone(master_key), CALLERS, Arc::clone(&uses)));
        let (metering, keeper) = metering(settings, &stores.counters, master_key, clock);
        let fingerprints = master_key.fingerprints();
        let firewall = Arc::new(Firewall::new(fingerprints, Arc::clone(clock), found.provided));
        let follow = Follow { firewall: Arc::clone(&firewall), clock: Arc::clone(clock), stale, files: found.files };
        let handles = Handles {
            egress: Egress::new(egress.clone(), Arc::clone(clock)),
            identities: callers,
            room: edge::Room::new(limits::JOURNEY_BODIES_BYTES_MAX),
            tokens: Arc::new(Tokens::new(egress.clone(), Arc::clone(clock))),
            invoker: running.invoker,
            grants: Arc::new(Grants::new(limits::AUTHORIZER_ANSWERS_BYTES_MAX)),
            metering: Arc::clone(&metering),
            firewall,
            sink: sink.clone(),
            clock: Arc::clone(clock),
            installation: scope.clone(),
        };
        let served = Served { snapshot: publisher.snapshot(), freshness };
        let traffic = Traffic { served, handles, egress };
        let installation = installation(settings, scope, facts);
        let ports = ports(stores, master_key, (&traffic, status), clock, installation);
        let setup = Setup {
            services: services(),
            publisher: Arc::clone(&publisher),
            ports: Arc::clone(&ports),
            uses: Arc::clone(&uses),
        };
        let key_uses = key_uses(settings, stores, &publisher, uses, clock);
        let holder = format!("{}-{}", std::process::id(), base::id::random_text(8));
        let membership = Membership {
            counters: Arc::clone(&stores.counters),
            clock: Arc::clone(clock),
            node: holder.clone(),
            share: metering.share.clone(),
        };
        Ok(Self {
            control: Arc::new(Control::new(setup)?),
            jobs: Jobs { ports, clock: Arc::clone(clock), holder, scope: scope.clone() },
            key_uses,
            metering,
            keeper,
            membership,
            scope: scope.clone(),
            sink,
            writer,
            publisher,
            traffic,
            follow,
            functions: running.functions,
            events: running.events,
            event_worker: running.worker,
        })
    }

    /// Brings the snapshot up to date and starts everything, listeners last.
    pub(super) async fn serve(
        self,
        listeners: Listeners,
        settings: &Settings,
        clock: &Arc<dyn Clock>,
        node: &mut Node,
    ) -> Result<(), StartError> {
        let renewal = self.renewal(settings);
        renewal.ensure(&self.jobs.ports, clock.now()).await?;
        self.publisher.catch_up().await?;
        let default = renewal.names.first().cloned().unwrap_or_default();
        let certificates = tls::certificates(&self.publisher, &default)?;
        let tls = Tls::new(Arc::clone(&certificates))?;
        let publisher = Arc::clone(&self.publisher);
        node.background.spawn(async move { publisher.run().await });
        node.background.spawn(tls::follow(Arc::clone(&self.publisher), certificates, default));
        node.background.spawn(self.writer.run());
        node.background.spawn(functions::follow(Arc::clone(&self.publisher), self.functions));
        node.background.spawn(self.event_worker.run());
        node.background.spawn(self.keeper.run());
        node.background.spawn(self.follow.run());
        self.membership.join().await.map_err(|fault| StartError::Store(Box::new(fault)))?;
        node.background.spawn(self.membership.stay());
        let key_uses = self.key_uses;
        node.background.spawn(async move { key_uses.run().await });
        for job in jobs(renewal, settings) {
            let jobs = self.jobs.clone();
            node.background.spawn(async move { jobs.run(job).await });
        }
        let admin_is_tls = listeners.admin_is_tls();
        let Listeners { admin, gateway, plain } = listeners;
        let admin = if admin_is_tls { Endpoint::tls(admin, tls.clone()) } else { Endpoint::plain(admin) };
        let mut api = vec![Endpoint::tls(gateway, tls)];
        api.extend(plain.map(Endpoint::plain));
        let limits = Limits { drain_timeout: settings.drain, ..Limits::default() };
        // Whoever invokes a function waits for as long as functions may run.
        let patient = Limits { stall_timeout: limits.stall_timeout.max(FUNCTION_PATIENCE), ..limits.clone() };
        let server = |endpoints, workers, limits| Server {
            endpoints,
            limits,
            workers,
            clock: Arc::clone(clock),
            shutdown: node.shutdown.clone(),
        };
        let calls = server(vec![admin], edge::Workers::Shared, patient);
        let requests = server(api, workers(settings.workers), limits);
        let (control, clock) = (self.control, Arc::clone(clock));
        let listen = move |_| Listen::new(Arc::clone(&control), Arc::clone(&clock));
        node.listeners.spawn(async move { drained(edge::serve(calls, listen).await) });
        node.listeners.spawn(async move { drained(edge::serve(requests, move |_| self.traffic.gateway()).await) });
        Ok(())
    }

    fn renewal(&self, settings: &Settings) -> AuthorityRenewal {
        let names = edge::authority::local_names(settings.region.as_str(), &settings.zone);
        AuthorityRenewal { scope: self.scope.clone(), names }
    }
}

/// What management calls may use.
fn ports(
    stores: &Stores,
    master_key: &Arc<MasterKey>,
    (traffic, status): (&Traffic, Status),
    clock: &Arc<dyn Clock>,
    installation: Installation,
) -> Arc<Ports> {
    Arc::new(Ports {
        resources: Arc::clone(&stores.resources),
        events: Arc::clone(&stores.events),
        blobs: Arc::clone(&stores.blobs),
        counters: Arc::clone(&stores.counters),
        data_plane: Arc::new(traffic.explainer()),
        status: Arc::new(status),
        master_key: Arc::clone(master_key),
        web_tokens: Arc::new(sts::IssuerTokens::new(traffic.egress.clone(), Arc::clone(clock))),
        installation,
    })
}

fn installation(settings: &Settings, scope: &Scope, firewall: FirewallFacts) -> Installation {
    Installation {
        firewall,
        account: scope.account,
        region: settings.region.clone(),
        zone: settings.zone.clone(),
        throttle: settings.throttle,
    }
}

/// Stores when keys last signed.
fn key_uses(
    settings: &Settings,
    stores: &Stores,
    publisher: &Arc<Publisher>,
    uses: Arc<KeyUses>,
    clock: &Arc<dyn Clock>,
) -> KeyUseWriter {
    KeyUseWriter {
        resources: Arc::clone(&stores.resources),
        publisher: Arc::clone(publisher),
        uses,
        clock: Arc::clone(clock),
        region: settings.region.clone(),
    }
}

/// What this node may reach and trust, backends and identity providers alike.
pub(super) fn egress_config(settings: &Settings, listeners: &Listeners) -> Result<egress::Config, StartError> {
    let policy = settings.egress.parse().map_err(StartError::Egress)?;
    let root = match &settings.upstream_ca {
        Some(path) => {
            let unreadable = |source| StartError::UpstreamCa { path: path.display().to_string(), source };
            Some(std::fs::read_to_string(path).map_err(unreadable)?)
        }
        None => None,
    };
    Ok(egress::Config::new(policy, listeners.addresses(), root.as_deref())?)
}

impl Traffic {
    /// A worker's own gateway, with connections of its own to the backends.
    fn gateway(&self) -> Gateway {
        let egress = Egress::new(self.egress.clone(), Arc::clone(&self.handles.clock));
        let handles = Arc::new(Handles { egress, ..self.handles.clone() });
        Gateway { served: self.served.clone(), handles }
    }

    fn explainer(&self) -> Explainer {
        Explainer { served: self.served.clone(), handles: Arc::new(self.handles.clone()) }
    }
}

fn jobs(renewal: AuthorityRenewal, settings: &Settings) -> Vec<Arc<dyn Job>> {
    let retention = telemetry::Retention { days: settings.records_days, bytes_max: settings.records_bytes };
    vec![
        Arc::new(renewal),
        Arc::new(installation::jobs::RecordsRetention { retention }),
        Arc::new(installation::jobs::UsageRetention),
        Arc::new(installation::jobs::AuditRetention),
        Arc::new(installation::jobs::ChangeFeedRetention::default()),
        Arc::new(lambda::jobs::CodeSweep::default()),
    ]
}

fn workers(workers: Workers) -> edge::Workers {
    match workers {
        Workers::Shared => edge::Workers::Shared,
        Workers::PerCore(count) => edge::Workers::PerCore(count),
    }
}

fn drained(outcome: std::io::Result<edge::Drained>) -> edge::Drained {
    outcome.unwrap_or_else(|fault| {
        tracing::error!(error = %fault, "a listener could not be served");
        edge::Drained { cut_off: usize::MAX }
    })
}
