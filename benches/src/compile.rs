//! What one change costs among 10, 1,000 and 10,000 APIs, and one key among 1,000,000: it must not grow.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use base::id::{AccessKeyId, DeploymentId, ResourceId, RestApiId, StageName};
use base::seal::MasterKey;
use base::{AccountId, Region, Scope, Secret, Timestamp};
use compiler::{Compiler, Input, StageInput, World};
use model::apigateway::{
    Deployment, EndpointType, HttpMethod, Integration, IntegrationType, Method, PassthroughBehavior, Resource, RestApi,
    Stage,
};
use model::iam::{AccessKey, Owner};
use snapshot::Place;

/// How often each change is measured; medians are quoted.
const ROUNDS: usize = 201;

/// Prints the table.
pub(crate) fn report() {
    let bench = Bench::new();
    println!("| change | among | median | p99 |");
    println!("|---|---|---|---|");
    for apis in [10, 1_000, 10_000] {
        let world = bench.world_of_apis(apis);
        row("one stage (20 methods)", &format!("{apis} APIs"), &bench.change_stage(&world));
    }
    for keys in [10, 1_000_000] {
        let world = bench.world_of_keys(keys);
        row("one access key", &format!("{keys} keys"), &bench.change_key(&world));
    }
}

fn row(change: &str, among: &str, times: &[Duration]) {
    let (median, p99) = (times[times.len() / 2], times[times.len() * 99 / 100]);
    println!("| {change} | {among} | {median:.1?} | {p99:.1?} |");
}

struct Bench {
    compiler: Compiler,
    scope: Scope,
    sealed: base::seal::Sealed<String>,
    key_id: AccessKeyId,
}

impl Bench {
    fn new() -> Self {
        let master_key = Arc::new(MasterKey::random());
        let account = AccountId::parse("000000000000").expect("twelve digits");
        let scope = Scope { account, region: Region::parse("us-east-1").expect("a region") };
        let key_id = key_id(0);
        let place_id = AccessKey::place_id(&account, &key_id);
        let sealed = master_key.seal(AccessKey::place(&place_id, 1), &Secret::new("s".repeat(40)));
        Self { compiler: Compiler::new(master_key), scope, sealed, key_id }
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
        let name = StageName::parse("prod").expect("a name");
        let deployment = DeploymentId::parse("d1").expect("an id");
        let stage = Stage {
            rest_api_id: api.clone(),
            name: name.clone(),
            deployment_id: deployment.clone(),
            description: Some(format!("round {round}")),
            created: Timestamp::UNIX_EPOCH,
            updated: Timestamp::UNIX_EPOCH,
            variables: BTreeMap::from([("upstream".to_owned(), "127.0.0.1:9000".to_owned())]),
            access_log: None,
            method_settings: BTreeMap::new(),
            tags: BTreeMap::new(),
        };
        let found = StageInput { stage: Ok(stage), deployment: Ok(deployment_of(api, deployment)) };
        Input::Stage { unit: (api.clone(), name), scope: self.scope.clone(), found: Some(Box::new(found)) }
    }
}

fn deployment_of(api: &RestApiId, id: DeploymentId) -> Deployment {
    let resources = (0..20).map(|number| resource(api, number)).map(|resource| (resource.id.clone(), resource));
    Deployment {
        rest_api_id: api.clone(),
        id,
        description: None,
        created: Timestamp::UNIX_EPOCH,
        api: RestApi {
            id: api.clone(),
            name: "bench".to_owned(),
            description: None,
            created: Timestamp::UNIX_EPOCH,
            version: None,
            warnings: Vec::new(),
            binary_media_types: Vec::new(),
            endpoint_type: EndpointType::Regional,
            security_policy: None,
            disable_execute_api_endpoint: false,
            schemas: BTreeMap::new(),
            root_resource_id: ResourceId::parse("root").expect("an id"),
            tags: BTreeMap::new(),
        },
        resources: resources.collect(),
    }
}

fn resource(api: &RestApiId, number: usize) -> Resource {
    let integration = Integration {
        kind: IntegrationType::HttpProxy,
        http_method: Some("GET".to_owned()),
        uri: Some(format!("http://${{stageVariables.upstream}}/r{number}/{{id}}")),
        request_parameters: BTreeMap::from([(
            "integration.request.path.id".to_owned(),
            "method.request.path.id".to_owned(),
        )]),
        request_templates: BTreeMap::new(),
        passthrough_behavior: PassthroughBehavior::WhenNoMatch,
        content_handling: None,
        timeout_ms: 29_000,
        cache_namespace: "x".to_owned(),
        tls_insecure_skip_verification: None,
        responses: BTreeMap::new(),
    };
    let method = Method {
        operation_name: None,
        request_parameters: BTreeMap::from([("method.request.path.id".to_owned(), true)]),
        request_models: BTreeMap::new(),
        responses: BTreeMap::new(),
        integration: Some(integration),
    };
    Resource {
        rest_api_id: api.clone(),
        id: ResourceId::parse(&format!("r{number}")).expect("an id"),
        parent_id: None,
        path_part: "{id}".to_owned(),
        path: format!("/r{number}/{{id}}"),
        methods: BTreeMap::from([(HttpMethod::Get, method)]),
    }
}

fn api_id(number: usize) -> RestApiId {
    RestApiId::parse(&format!("a{number:09}")).expect("letters and digits")
}

fn key_id(number: usize) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA{number:016}")).expect("letters and digits")
}
