//! Compiler: what one change costs among 10, 1,000 and 10,000 APIs, and one key (of a signer, of an API client) among
//! 1,000,000; it must not grow.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::id::{AccessKeyId, RestApiId};
use base::seal::MasterKey;
use base::{Scope, Secret, Timestamp};
use benches::report;
use benches::world::{api_id, api_key_of, deployment_of, key_id, scope, stage_of};
use compiler::{Compiler, Input, StageInput, World};
use model::iam::{AccessKey, Owner};
use snapshot::Place;

/// How often each change is measured; medians are quoted.
const ROUNDS: usize = 201;

fn main() -> std::io::Result<()> {
    let bench = Bench::new();
    let mut table = "| change | among | median | p99 |\n|---|---|---|---|\n".to_owned();
    for apis in [10, 1_000, 10_000] {
        let world = bench.world_of_apis(apis);
        row(&mut table, "one stage (20 methods)", &format!("{apis} APIs"), &bench.change_stage(&world));
    }
    for keys in [10, 1_000_000] {
        let world = bench.world_of_keys(keys);
        row(&mut table, "one access key", &format!("{keys} keys"), &bench.change_key(&world));
    }
    for keys in [10, 1_000_000] {
        let world = bench.world_of_api_keys(keys);
        row(&mut table, "one API key", &format!("{keys} keys"), &bench.change_api_key(&world));
    }
    report::section("compile", "What one change costs to compile", &table)
}

fn row(table: &mut String, change: &str, among: &str, times: &[Duration]) {
    let (median, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    // Writing to a string cannot fail.
    let _ = writeln!(table, "| {change} | {among} | {median:.1?} | {p99:.1?} |");
}

struct Bench {
    compiler: Compiler,
    scope: Scope,
    sealed: base::seal::Sealed<String>,
    key_id: AccessKeyId,
    fingerprints: base::Fingerprints,
}

impl Bench {
    fn new() -> Self {
        let master_key = Arc::new(MasterKey::random());
        let scope = scope();
        let key_id = key_id(0);
        let place_id = AccessKey::place_id(&scope.account, &key_id);
        let sealed = master_key.seal(AccessKey::place(&place_id, 1), &Secret::new("s".repeat(40)));
        let fingerprints = master_key.fingerprints();
        Self { compiler: Compiler::new(master_key), scope, sealed, key_id, fingerprints }
    }

    fn place(&self) -> Place {
        Place::new(self.scope.region.clone(), "localhost")
    }

    fn world_of_apis(&self, count: usize) -> World {
        let inputs = (0..count).map(|number| self.stage(&api_id(number), 0)).collect();
        self.compiler.compile(1, inputs, &World::empty(self.place()))
    }

    fn world_of_keys(&self, count: usize) -> World {
        let mut world = World::empty(self.place());
        world = self.compiler.compile(1, vec![self.key(self.key_id.clone())], &world);
        let one = Arc::clone(world.snapshot.access_keys.get(&self.key_id).expect("it was compiled"));
        // Opening a million seals measures AES, not the table; the table is what could grow.
        for number in 1..count {
            world.snapshot.access_keys.insert(key_id(number), Arc::clone(&one));
        }
        world
    }

    fn world_of_api_keys(&self, count: usize) -> World {
        let inputs = (0..count).map(|number| self.api_key(number)).collect();
        self.compiler.compile(1, inputs, &World::empty(self.place()))
    }

    fn change_api_key(&self, world: &World) -> Vec<Duration> {
        self.measure(world, |_| self.api_key(7))
    }

    fn api_key(&self, number: usize) -> Input {
        let plan = base::id::UsagePlanId::parse("bench1").expect("letters and digits");
        let key = api_key_of(&self.fingerprints, &self.sealed, &plan, number);
        Input::ApiKey { id: key.id.clone(), scope: self.scope.clone(), found: Some(Ok(Box::new(key))) }
    }

    fn change_stage(&self, world: &World) -> Vec<Duration> {
        let api = api_id(7);
        self.measure(world, |round| self.stage(&api, round))
    }

    fn change_key(&self, world: &World) -> Vec<Duration> {
        self.measure(world, |_| self.key(self.key_id.clone()))
    }

    fn measure(&self, world: &World, input: impl Fn(usize) -> Input) -> Vec<Duration> {
        let mut world = world.clone();
        let mut times: Vec<Duration> = (0..ROUNDS)
            .map(|round| {
                let inputs = vec![input(round)];
                let start = Instant::now();
                let next = self.compiler.compile(round as u64 + 2, inputs, &world);
                let took = start.elapsed();
                world = next;
                took
            })
            .collect();
        times.sort_unstable();
        times
    }

    fn key(&self, id: AccessKeyId) -> Input {
        let key = AccessKey {
            id: id.clone(),
            account: self.scope.account,
            owner: Owner::Root,
            secret: self.sealed.clone(),
            version: 1,
            active: true,
            created: Timestamp::UNIX_EPOCH,
        };
        Input::AccessKey { id, scope: self.scope.global(), found: Some(Ok(Box::new(key))) }
    }

    fn stage(&self, api: &RestApiId, round: usize) -> Input {
        let stage = stage_of(api, round);
        let unit = (api.clone(), stage.name.clone());
        let found = StageInput { stage: Ok(stage), deployment: Ok(deployment_of(api)) };
        Input::Stage { unit, scope: self.scope.clone(), found: Some(Box::new(found)) }
    }
}
