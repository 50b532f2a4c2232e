//! Metering: what API key, usage plan, throttles and quota add to a request with 1,000,000 keys loaded, and memory a key.

use std::fmt::Write as _;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::clock::SystemClock;
use base::seal::MasterKey;
use base::{Clock, Quota, QuotaPeriod, Secret, Timestamp};
use benches::folder::Folder;
use benches::journey::{AccessLog, Journeys, head, metering, place, stage};
use benches::process::{own_thread_cpu, resident_of};
use benches::report;
use benches::world::{api_id, api_key_of, api_key_value, scope, usage_plan_of};
use bytes::Bytes;
use compiler::{Compiler, Everything, Input, World};
use gateway::quotas::Quotas;
use model::Record as _;
use model::apigateway::{ApiKey, MethodSetting, Throttle, UsagePlan};
use snapshot::Snapshot;
use store_resources::{Batch, Key, Resources, Table, Write};
use store_sqlite::SqliteStore;
use telemetry::Sink;
use tokio::runtime::Runtime;

const KEYS: usize = 1_000_000;
/// Keys that call, spread over all of them: more than any cache of the processor holds.
const CALLERS: usize = 100_000;
/// Rounds; the first is not counted.
const ROUNDS: usize = 8;
/// Requests a round: what they leave fits into the queue of records.
const REQUESTS: usize = 20_000;

fn main() -> io::Result<()> {
    let keys = if std::env::args().any(|argument| argument == "--quick") { KEYS / 10 } else { KEYS };
    let folder = Folder::make()?;
    let writing = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let store = writing.block_on(SqliteStore::open(&folder.0.join("counted"))).map_err(io::Error::other)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let (sink, writer) = telemetry::pipe(store.events(), Arc::clone(&clock), telemetry::QUEUE_BYTES_MAX);
    writing.spawn(writer.run());
    let (quotas, keeper) = gateway::quotas::pair(store.counters(), Arc::clone(&clock));
    writing.spawn(keeper.run());

    let compiled = writing.block_on(Compiled::new(keys, &store))?;
    let bench = Bench { compiled, sink, quotas, clock };
    let (memory, loading) = (bench.compiled.bytes_a_key, bench.compiled.loading.as_secs_f64());
    let quota = Quota { limit: u32::MAX, offset: 0, period: QuotaPeriod::Month, since: Timestamp::UNIX_EPOCH };
    let contenders = [
        ("no API key, no limit but the account's", bench.journeys(false, false, None)?),
        ("a throttle of the stage", bench.journeys(false, true, None)?),
        ("API key and usage plan with a throttle", bench.journeys(true, false, None)?),
        ("the same and a throttle of the stage", bench.journeys(true, true, None)?),
        ("the same and a quota", bench.journeys(true, true, Some(quota))?),
    ];
    let answering = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let heads = heads(keys);
    take_ahead(&answering, &contenders[contenders.len() - 1].1, &heads)?;
    let mut times: Vec<Vec<f64>> = contenders.iter().map(|_| Vec::new()).collect();
    for round in 0..ROUNDS {
        for ((_, journeys), into) in contenders.iter().zip(&mut times) {
            let begun = own_thread_cpu();
            for head in heads.iter().cycle().skip(round * REQUESTS).take(REQUESTS) {
                answering.block_on(journeys.travel_with(head))?;
            }
            let each = own_thread_cpu().saturating_sub(begun).as_secs_f64() * 1e6 / REQUESTS as f64;
            writing.block_on(bench.sink.flush()).map_err(io::Error::other)?;
            if round > 0 {
                into.push(each);
            }
        }
    }
    let mut table = "| request | CPU time | more |\n|---|---|---|\n".to_owned();
    let bare = middle(&mut times[0]);
    for ((name, _), times) in contenders.iter().zip(&mut times) {
        let time = middle(times);
        // Writing to a string cannot fail.
        let _ = writeln!(table, "| {name} | {time:.2} µs | {:+.2} µs |", time - bare);
    }
    let about = format!(
        "Journeys in process with {keys} API keys loaded, {} of them calling in turn: medians of {} rounds of {REQUESTS} requests, CPU time of the thread that answers. Each caller's quota is taken ahead before: what a request finds in 999 of 1,000 cases. A node reads the keys from SQLite in {loading:.1} s when it starts; one takes {memory} bytes of memory.",
        CALLERS.min(keys),
        ROUNDS - 1
    );
    report::section("meter", "What metering costs", &format!("{about}\n\n{table}"))
}

struct Bench {
    compiled: Compiled,
    sink: Sink,
    quotas: Quotas,
    clock: Arc<dyn Clock>,
}

/// A world of keys, compiled once.
struct Compiled {
    master_key: Arc<MasterKey>,
    compiler: Compiler,
    world: World,
    bytes_a_key: u64,
    loading: Duration,
}

/// Writes documents of keys. All have one sealed value: no request opens it.
async fn write(master_key: &MasterKey, keys: usize, resources: &dyn Resources) -> io::Result<()> {
    let fingerprints = master_key.fingerprints();
    let place_id = ApiKey::place_id(&scope(), &benches::world::api_key_id(0));
    let sealed = master_key.seal(ApiKey::place(&place_id, 1), &Secret::new(api_key_value(0)));
    let plan = usage_plan_of(&api_id(0), None, None).id;
    for some in (0..keys).collect::<Vec<_>>().chunks(10_000) {
        let put = |number: &usize| {
            let key = api_key_of(&fingerprints, &sealed, &plan, *number);
            let at = Key::new(scope(), Table(ApiKey::TABLE), key.id());
            Ok(Write::Put { key: at, value: serde_json::to_vec(&key)?, index: Vec::new() })
        };
        let writes = some.iter().map(put).collect::<io::Result<_>>()?;
        resources.commit(Batch { writes, ..Batch::default() }).await.map_err(io::Error::other)?;
    }
    Ok(())
}

impl Compiled {
    /// Writes keys into a store and reads them as a node does when it starts.
    async fn new(keys: usize, store: &SqliteStore) -> io::Result<Self> {
        let (master_key, resources) = (Arc::new(MasterKey::random()), store.resources());
        write(&master_key, keys, &*resources).await?;
        let compiler = Compiler::new(Arc::clone(&master_key));
        let (before, begun) = (resident_of(std::process::id()), Instant::now());
        let mut view = resources.view().await.map_err(io::Error::other)?;
        let (mut world, mut everything) = (World::empty(place()), Everything::default());
        while let Some(inputs) = everything.next(view.as_mut()).await.map_err(io::Error::other)? {
            compiler.compile_into(1, inputs, &mut world);
        }
        let loading = begun.elapsed();
        let bytes_a_key = resident_of(std::process::id()).saturating_sub(before) / keys as u64;
        if world.snapshot.api_key_values.len() != keys {
            return Err(io::Error::other("not every key was loaded"));
        }
        Ok(Self { master_key, compiler, world, bytes_a_key, loading })
    }

    /// The world with a stage, and a plan of it.
    fn snapshot(&self, keyed: bool, throttled: bool, plan: UsagePlan) -> Snapshot {
        let stage = stage(AccessLog::Off, None, |stage, deployment| {
            for method in deployment.resources.values_mut().flat_map(|resource| resource.methods.values_mut()) {
                method.api_key_required = keyed;
            }
            if throttled {
                let setting = MethodSetting {
                    throttling_burst_limit: Some(1_000_000),
                    throttling_rate_limit: Some(1e9),
                    ..MethodSetting::default()
                };
                stage.method_settings.insert("*/*".to_owned(), setting);
            }
        });
        let plan = Input::UsagePlan { id: plan.id.clone(), scope: scope(), found: Some(Ok(Box::new(plan))) };
        self.compiler.compile(2, vec![stage, plan], &self.world).snapshot
    }
}

impl Bench {
    fn journeys(&self, keyed: bool, throttled: bool, quota: Option<Quota>) -> io::Result<Journeys> {
        let throttle = Throttle { burst_limit: Some(1_000_000), rate_limit: Some(1e9) };
        let snapshot = self.compiled.snapshot(keyed, throttled, usage_plan_of(&api_id(0), Some(throttle), quota));
        let metering = metering(self.compiled.master_key.fingerprints(), self.quotas.clone());
        Journeys::serving(self.sink.clone(), Arc::clone(&self.clock), snapshot, metering)
    }
}

/// Lets every caller call once, many at a time: the store is asked once for each, and syncs what it grants to the disk.
fn take_ahead(runtime: &Runtime, journeys: &Journeys, heads: &[Bytes]) -> io::Result<()> {
    for some in heads.chunks(512) {
        let calls = futures_util::future::join_all(some.iter().map(|head| journeys.travel_with(head)));
        runtime.block_on(calls).into_iter().collect::<io::Result<()>>()?;
    }
    Ok(())
}

/// A head for each key that calls.
fn heads(keys: usize) -> Vec<Bytes> {
    let callers = CALLERS.min(keys);
    // A prime step reaches every key once before any twice, in no order that memory could foresee.
    (0..callers).map(|number| head(&format!("x-api-key: {}\r\n", api_key_value(number * 7_919 % keys)))).collect()
}

fn middle(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
