//! Functions on this node: the engine with its code and its log, the queue of events, and those that settings name.

use std::sync::Arc;

use arc_swap::ArcSwap;
use async_trait::async_trait;
use base::id::RequestId;
use base::seal::MasterKey;
use base::{Clock, Scope};
use bytes::Bytes;
use compiler::configured::{Configured, Runs};
use control::Publisher;
use egress::Egress;
use functions::{CodeSource, Functions, Isolation, Line, LineSink};
use gateway::{EventParts, EventQueue, EventWorker, Invoker, Runner};
use snapshot::{Function, FunctionName, FunctionNetwork, Snapshot};
use store_records::{BlobKey, Blobs};
use telemetry::{LogLine, Sink};

use super::firewall::Stale;
use super::status::Status;
use super::stores::Stores;
use crate::settings::Settings;
use crate::settings::functions::Source;

/// What runs functions.
pub(super) struct Running {
    pub(super) functions: Functions,
    pub(super) invoker: Invoker,
    pub(super) events: EventQueue,
    pub(super) worker: EventWorker,
    pub(super) isolation: Isolation,
}

/// Where unpacked code lies, below the data directory.
const SCRATCH: &str = "functions";

impl Running {
    /// Puts it together; nothing runs before it is invoked.
    pub(super) fn start(
        settings: &Settings,
        (stores, master_key): (&Stores, &Arc<MasterKey>),
        sink: &Sink,
        egress: &egress::Config,
        clock: &Arc<dyn Clock>,
        snapshot: Arc<ArcSwap<Snapshot>>,
        configured: Arc<[FunctionName]>,
    ) -> Self {
        let isolation = if settings.unisolated_functions { Isolation::Waived } else { Isolation::Required };
        let data_dir = std::path::absolute(&settings.data_dir).unwrap_or_else(|_| settings.data_dir.clone());
        let engine = functions::Settings {
            isolation,
            hidden: vec![data_dir.clone()],
            lines: Some(Arc::new(Log { sink: sink.clone(), clock: Arc::clone(clock) })),
            ..functions::Settings::new(data_dir.join(SCRATCH))
        };
        let code = Arc::new(StoredCode(Arc::clone(&stores.blobs)));
        let functions = Functions::new(engine, code, Egress::new(egress.clone(), Arc::clone(clock)), Arc::clone(clock));
        let runner: Arc<dyn Runner> = Arc::new(functions.clone());
        let (events, worker) = EventQueue::new(EventParts {
            snapshot: Arc::clone(&snapshot),
            runner: Arc::clone(&runner),
            queue: Arc::clone(&stores.queue),
            master_key: Arc::clone(master_key),
            sink: sink.clone(),
            clock: Arc::clone(clock),
        });
        let invoker = Invoker::new(snapshot, runner, events.clone(), configured);
        Self { functions, invoker, events, worker, isolation }
    }

    /// What the node says of itself, functions included.
    pub(super) fn status(
        &self,
        publisher: &Arc<Publisher>,
        sink: &Sink,
        clock: &Arc<dyn Clock>,
        stale: &Stale,
    ) -> Status {
        Status {
            publisher: Arc::clone(publisher),
            sink: sink.clone(),
            clock: Arc::clone(clock),
            started: clock.now(),
            functions: self.functions.clone(),
            events: self.events.clone(),
            isolation: self.isolation,
            stale: Arc::clone(stale),
        }
    }
}

/// Function code among the blobs.
#[derive(Debug)]
struct StoredCode(Arc<dyn Blobs>);

#[async_trait]
impl CodeSource for StoredCode {
    async fn fetch(&self, scope: &Scope, digest: &[u8; 32]) -> Result<Bytes, String> {
        let key = BlobKey { scope: scope.clone(), digest: *digest };
        match self.0.get(&key).await {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err("its code is not in the store".to_owned()),
            Err(fault) => Err(base::with_causes(&fault)),
        }
    }
}

/// Keeps what functions print among the records, for `portcullis logs --kind function`.
#[derive(Debug)]
struct Log {
    sink: Sink,
    clock: Arc<dyn Clock>,
}

impl LineSink for Log {
    fn take(&self, line: Line<'_>) {
        let name = &line.version.function_name;
        let region = line.version.function_arn.split(':').nth(3).unwrap_or_default();
        let Ok(region) = base::Region::parse(region) else { return };
        let scope = Scope { account: name.account, region };
        let request = line.request_id.copied().unwrap_or(RequestId(uuid::Uuid::nil()));
        let stream = telemetry::stream::function(&name.name);
        self.sink.log(LogLine {
            scope: &scope,
            stream: &stream,
            time: self.clock.now(),
            request,
            line: line.text,
            id_at: None,
        });
    }
}

/// The functions of `portcullis.toml`, of the founding account.
pub(super) fn configured(settings: &Settings, scope: &Scope) -> Vec<Arc<Function>> {
    let function = |(name, given): (&String, &crate::settings::functions::Configured)| {
        let runs = match &given.source {
            Source::Folder { folder, runtime, handler, environment, reaches_network } => Runs::Here {
                folder: folder.clone(),
                runtime: *runtime,
                handler: handler.clone(),
                environment: environment.clone(),
                network: if *reaches_network { FunctionNetwork::Host } else { FunctionNetwork::None },
            },
            Source::Url(url) => Runs::Elsewhere(url.clone()),
        };
        let configured = Configured { name, runs, timeout: given.timeout, memory_mb: given.memory_mb };
        Arc::new(configured.compile(scope))
    };
    settings.functions.iter().map(function).collect()
}

/// Lets go of warm instances whose function changed or is gone. Runs until the publisher is gone.
pub(super) async fn follow(publisher: Arc<Publisher>, functions: Functions) {
    let mut served = publisher.subscribe();
    let mut known = publisher.snapshot().load_full();
    while served.changed().await.is_ok() {
        let snapshot = publisher.snapshot().load_full();
        if snapshot.functions.ptr_eq(&known.functions) {
            continue;
        }
        functions.forget(|version| {
            let function = snapshot.functions.get(&version.function_name);
            function.is_some_and(|function| {
                let mut all = std::iter::once(&function.latest).chain(function.published.values());
                all.any(|known| known.revision == version.revision)
            })
        });
        known = snapshot;
    }
}
