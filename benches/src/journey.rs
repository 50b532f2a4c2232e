//! Journeys in process: requests handed to a gateway whose one method answers by itself, so that no socket is measured.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use arc_swap::ArcSwap;
use base::clock::SystemClock;
use base::id::{AuthorizerId, RestApiId};
use base::seal::MasterKey;
use base::{Clock, Fingerprints};
use bytes::Bytes;
use compiler::{Compiler, Input, StageInput, World};
use edge::Handler as _;
use egress::{Egress, Policy};
use functions::{Invocation, InvokeRefusal, Outcome};
use gateway::firewall::Firewall;
use gateway::firewall::Provided;
use gateway::metering::{Metering, Share};
use gateway::quotas::Quotas;
use gateway::tokens::Tokens;
use gateway::{EventParts, EventQueue, Gateway, Handles, Invoker, Served};
use identity::Identities;
use model::apigateway::{
    AccessLogSettings, AuthorizationType, Authorizer, AuthorizerType, Deployment, IntegrationResponse, IntegrationType,
    MethodResponse, Stage,
};
use snapshot::{Freshness, Function, FunctionBody, FunctionName, Limit, NamedPolicy, Place, Snapshot, Version};
use telemetry::Sink;

use crate::world::{api_id, deployment_of, scope, stage_of};

/// What `portcullis run` gives its stage.
const ACCESS_LOG: &str = "{ \"requestId\":\"$context.requestId\", \"ip\":\"$context.identity.sourceIp\", \
\"requestTime\":\"$context.requestTime\", \"httpMethod\":\"$context.httpMethod\", \"path\":\"$context.path\", \
\"resourcePath\":\"$context.resourcePath\", \"status\":\"$context.status\", \
\"responseLength\":\"$context.responseLength\", \"responseLatency\":\"$context.responseLatency\" }";

/// Whether the stage has an access log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessLog {
    /// It has.
    On,
    /// It has not: requests leave their trails alone.
    Off,
}

/// Who is let in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guard {
    /// Everybody.
    Open,
    /// Whom an authorizer's function let in before.
    Authorizer,
}

/// A function that lets everybody in.
#[derive(Debug)]
struct LetsIn;

#[async_trait::async_trait]
impl gateway::Runner for LetsIn {
    async fn invoke(&self, version: &Arc<Version>, _: Invocation) -> Result<Outcome, InvokeRefusal> {
        let answer = br#"{"principalId":"bench","policyDocument":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:us-east-1:*:*/prod/GET/*"}]},"context":{"tenant":"t1"}}"#;
        let (payload, version) = (Bytes::from_static(answer), Arc::clone(&version.number));
        Ok(Outcome { payload, failed: false, version, log_tail: Bytes::new(), took: std::time::Duration::ZERO })
    }
}

/// A gateway and the connection its requests seem to come on.
#[derive(Debug)]
pub struct Journeys {
    gateway: Gateway,
    connection: Arc<edge::Connection>,
    head: Bytes,
}

impl Journeys {
    /// A gateway whose requests are recorded in `sink`.
    pub fn new(sink: Sink, access_log: AccessLog) -> io::Result<Self> {
        Self::build(sink, access_log, None)
    }

    /// One whose requests bring a token of 900 bytes, which a guard may look at.
    pub fn guarded(sink: Sink, guard: Guard) -> io::Result<Self> {
        Self::build(sink, AccessLog::Off, Some(guard))
    }

    fn build(sink: Sink, access_log: AccessLog, guard: Option<Guard>) -> io::Result<Self> {
        let metering = metering(MasterKey::random().fingerprints(), Quotas::closed());
        let head = guard.map_or_else(String::new, |_| format!("Authorization: Bearer {}\r\n", "t".repeat(900)));
        let served = Self::serving(sink, Arc::new(SystemClock::new()), snapshot(access_log, guard), metering)?;
        Ok(Self { head: self::head(&head), ..served })
    }

    /// A gateway that serves a snapshot.
    pub fn serving(sink: Sink, clock: Arc<dyn Clock>, snapshot: Snapshot, metering: Metering) -> io::Result<Self> {
        let config = egress::Config::new(Policy::default(), Vec::new(), None).map_err(io::Error::other)?;
        let snapshot = Arc::new(ArcSwap::from_pointee(snapshot));
        let freshness = Freshness::new(std::time::Duration::ZERO, clock.elapsed());
        let tokens = Arc::new(Tokens::new(config.clone(), Arc::clone(&clock)));
        let egress = Egress::new(config, Arc::clone(&clock));
        let accepted = clock.now();
        let handles = Handles {
            egress,
            identities: Arc::new(Identities::new(Arc::new(MasterKey::random()), 1024, Arc::default())),
            room: edge::Room::new(base::limits::JOURNEY_BODIES_BYTES_MAX),
            tokens,
            invoker: invoker(&snapshot, &sink, &clock),
            grants: Arc::new(gateway::Grants::new(1 << 20)),
            firewall: Arc::new(Firewall::new(metering.fingerprints.clone(), Arc::clone(&clock), Provided::default())),
            metering: Arc::new(metering),
            sink,
            clock,
            installation: scope(),
        };
        let gateway = Gateway { served: Served { snapshot, freshness }, handles: Arc::new(handles) };
        let (peer, local) = (([203, 0, 113, 7], 50_000).into(), ([127, 0, 0, 1], 443).into());
        let connection = Arc::new(edge::Connection { id: 1, peer, local, accepted, tls: None });
        Ok(Self { gateway, connection, head: head("") })
    }

    /// One request, from its parsed head to its record.
    pub async fn travel(&self) -> io::Result<()> {
        self.travel_with(&self.head).await
    }

    /// One request with a head of its own.
    pub async fn travel_with(&self, head: &Bytes) -> io::Result<()> {
        let head = edge::testing::parse(head, &edge::Limits::default());
        let head = head.map_err(|_| io::Error::other("the bench's own head was refused"))?.head;
        let (body, connection) = (edge::Body::from(Bytes::new()), Arc::clone(&self.connection));
        let answer = self.gateway.handle(edge::Arrived { head, body, connection }).await;
        if answer.status.is_success() { Ok(()) } else { Err(io::Error::other(format!("{}", answer.status))) }
    }
}

/// The head of a request with more lines, each ending in CRLF.
pub fn head(more: &str) -> Bytes {
    let host = format!("{}.execute-api.us-east-1.localhost", api_id(0));
    format!("GET /prod/r7/42 HTTP/1.1\r\nHost: {host}\r\n{more}\r\n").into()
}

/// Where all of this is served.
pub fn place() -> Place {
    Place::new(scope().region, "localhost")
}

/// Metering by an account's limit that nothing reaches.
pub fn metering(fingerprints: Fingerprints, quotas: Quotas) -> Metering {
    Metering { fingerprints, account: Limit::new(1e9, 1_000_000), share: Share::default(), quotas }
}

/// What runs the authorizer's function.
fn invoker(snapshot: &Arc<ArcSwap<Snapshot>>, sink: &telemetry::Sink, clock: &Arc<dyn Clock>) -> Invoker {
    let parts = EventParts {
        snapshot: Arc::clone(snapshot),
        runner: Arc::new(LetsIn),
        queue: Arc::<store_records::testing::MemoryQueue>::default(),
        master_key: Arc::new(MasterKey::random()),
        sink: sink.clone(),
        clock: Arc::clone(clock),
    };
    let (events, _) = EventQueue::new(parts.clone());
    Invoker::new(parts.snapshot, parts.runner, events, Arc::new([]))
}

/// The authorizer, as it is stored.
fn authorizer(api: &RestApiId) -> Authorizer {
    let region = scope().region;
    let function = format!("arn:aws:lambda:{region}:{}:function:judge", scope().account);
    Authorizer {
        rest_api_id: api.clone(),
        id: AuthorizerId::parse("judge1").expect("an id"),
        name: "judge".to_owned(),
        kind: AuthorizerType::Token,
        auth_type: None,
        uri: format!("arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function}/invocations"),
        credentials: None,
        identity_source: Some("method.request.header.Authorization".to_owned()),
        identity_validation_expression: None,
        ttl_s: 3_600,
    }
}

/// Its function, which lets API Gateway in.
fn judge() -> Function {
    let name = FunctionName { account: scope().account, name: "judge".into() };
    let text = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"*"}}"#;
    let policy = policy::Policy::parse(text, policy::Kind::Resource).expect("a sound policy");
    let arn: Arc<str> = format!("arn:aws:lambda:{}:{}:function:judge", scope().region, scope().account).into();
    let latest = Version {
        function_arn: Arc::clone(&arn),
        function_name: name.clone(),
        number: "$LATEST".into(),
        revision: "1".into(),
        body: FunctionBody::Broken { why: "the bench answers instead".into() },
        timeout: std::time::Duration::from_secs(3),
        memory_mb: 128,
        reserved_concurrency: None,
    };
    Function {
        name,
        scope: scope(),
        arn,
        reserved_concurrency: None,
        latest: Arc::new(latest),
        published: BTreeMap::new(),
        aliases: BTreeMap::new(),
        policies: BTreeMap::from([(None, Arc::new(NamedPolicy { name: "policy".into(), policy }))]),
    }
}

/// A stage whose methods answer by themselves, changed as the caller likes.
pub fn stage(access_log: AccessLog, guard: Option<Guard>, change: impl FnOnce(&mut Stage, &mut Deployment)) -> Input {
    let api = api_id(0);
    let mut stage = stage_of(&api, 0);
    stage.access_log = (access_log == AccessLog::On).then(|| AccessLogSettings {
        destination_arn: "arn:aws:logs:us-east-1:000000000000:log-group:bench".to_owned(),
        format: ACCESS_LOG.to_owned(),
    });
    let mut deployment = deployment_of(&api);
    for method in deployment.resources.values_mut().flat_map(|resource| resource.methods.values_mut()) {
        if guard == Some(Guard::Authorizer) {
            method.authorization = AuthorizationType::Custom;
            method.authorizer_id = Some(authorizer(&api).id);
        }
        let empty = MethodResponse { parameters: BTreeMap::new(), models: BTreeMap::new() };
        method.responses.insert("200".to_owned(), empty);
        if let Some(integration) = &mut method.integration {
            let answer = IntegrationResponse {
                selection_pattern: None,
                parameters: BTreeMap::new(),
                templates: BTreeMap::from([("application/json".to_owned(), "{}".to_owned())]),
            };
            integration.kind = IntegrationType::Mock;
            integration.request_parameters.clear();
            integration.request_templates =
                BTreeMap::from([("application/json".to_owned(), r#"{"statusCode": 200}"#.to_owned())]);
            integration.responses.insert("200".to_owned(), answer);
        }
    }
    let judging = authorizer(&api);
    deployment.authorizers.insert(judging.id.clone(), judging);
    change(&mut stage, &mut deployment);
    let unit = (api, stage.name.clone());
    let found = Some(Box::new(StageInput { stage: Ok(stage), deployment: Ok(deployment) }));
    Input::Stage { unit, scope: scope(), found }
}

fn snapshot(access_log: AccessLog, guard: Option<Guard>) -> Snapshot {
    let input = stage(access_log, guard, |_, _| {});
    let compiler = Compiler::new(Arc::new(MasterKey::random()));
    let mut snapshot = compiler.compile(1, vec![input], &World::empty(place())).snapshot;
    let function = judge();
    snapshot.functions.insert(function.name.clone(), Arc::new(function));
    snapshot
}
