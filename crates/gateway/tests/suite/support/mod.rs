//! What journey tests share: an API made by hand, a real backend, and a look into the records.

pub(crate) mod issuer;
pub(crate) mod functions;
pub(crate) mod counters;
pub(crate) mod records;
pub(crate) mod web_acl;
pub(crate) mod upstream;

use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use base::clock::SystemClock;
use base::id::{DeploymentId, ResourceId, RestApiId, StageName};
use base::{AccountId, Clock, Region, Scope, Timestamp};
use bytes::Bytes;
use edge::Handler as _;
use egress::{Egress, Policy};
use gateway::firewall::Firewall;
use gateway::firewall::Provided;
use gateway::metering::{Metering, Share};
use gateway::{Gateway, Handles, Served};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt as _;
use identity::Identities;
use snapshot::integration::UriPiece;
use snapshot::{
    AccessLog, Api, ApiKeySource, Authorization, Freshness, FunctionIntegration, HttpCall, HttpIntegration,
    Integration, IntegrationAnswer, Limit, LogFormat, Logging, Method, MethodAnswer, Mock, NamedPolicy, Passthrough,
    Place, ProxyFunction, Routes, Selection, Snapshot, Stage, StageThrottle, StageUnit, ThrottleSource,
};
use store_records::testing::MemoryQueue;

use self::counters::Counted;
use self::records::Records;

pub(crate) const API: &str = "a1b2c3d4e5";
pub(crate) const HOST: &str = "a1b2c3d4e5.execute-api.us-east-1.localhost";
pub(crate) const STAGE: &str = "prod";

/// An API in the making.
pub(crate) struct Plan {
    pub(crate) routes: Vec<(&'static str, &'static str, Integration)>,
    pub(crate) log_format: Option<&'static str>,
    pub(crate) logging: Logging,
    pub(crate) endpoint_disabled: bool,
    pub(crate) broken: Option<&'static str>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) stale_max: Duration,
    pub(crate) authorization: Authorization,
    pub(crate) resource_policy: Option<String>,
    /// The stage's web ACL, in AWS's words.
    pub(crate) web_acl: Option<serde_json::Value>,
    /// Adds users, roles, keys and policies.
    pub(crate) people: fn(&mut Snapshot),
    pub(crate) room: usize,
    /// Runs functions.
    pub(crate) runner: Arc<dyn gateway::Runner>,
    pub(crate) binary_media_types: Vec<&'static str>,
    pub(crate) variables: Vec<(&'static str, &'static str)>,
    /// Every method asks for an API key.
    pub(crate) api_key_required: bool,
    pub(crate) api_key_source: ApiKeySource,
    /// Every method's own throttle.
    pub(crate) throttle: Option<(ThrottleSource, Limit)>,
    pub(crate) account: Limit,
    pub(crate) counters: Arc<Counted>,
}

/// The key that session tokens of these tests are sealed with.
pub(crate) fn master_key() -> Arc<base::seal::MasterKey> {
    Arc::new(base::seal::MasterKey::parse(&"07".repeat(32)).expect("64 digits"))
}

pub(crate) fn plan(routes: Vec<(&'static str, &'static str, Integration)>) -> Plan {
    Plan {
        routes,
        log_format: None,
        logging: Logging::OFF,
        endpoint_disabled: false,
        broken: None,
        clock: Arc::new(SystemClock::new()),
        stale_max: Duration::ZERO,
        authorization: Authorization::None,
        resource_policy: None,
        web_acl: None,
        people: |_| {},
        room: 64 * 1024 * 1024,
        runner: Arc::new(gateway::NoFunctions),
        binary_media_types: Vec::new(),
        variables: Vec::new(),
        api_key_required: false,
        api_key_source: ApiKeySource::Header,
        throttle: None,
        account: Limit::new(1e9, 1_000_000),
        counters: Arc::default(),
    }
}

/// A gateway that serves one API.
pub(crate) struct Site {
    pub(crate) gateway: Arc<Gateway>,
    /// What is served; a test may change it.
    pub(crate) snapshot: Arc<ArcSwap<Snapshot>>,
    pub(crate) freshness: Freshness,
    pub(crate) records: Records,
}

pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Reply {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("text")
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().expect("text"))
    }
}

pub(crate) fn scope(account: &str) -> Scope {
    Scope { account: AccountId::parse(account).expect("sound"), region: Region::parse("us-east-1").expect("sound") }
}

pub(crate) const OWNER: &str = "111122223333";
pub(crate) const INSTALLATION: &str = "000000000000";

impl Plan {
    pub(crate) fn start(self) -> Site {
        let records = Records::start();
        let served = self.served();
        let freshness = served.freshness.clone();
        let handles = self.handles(&served, &records);
        let snapshot = Arc::clone(&served.snapshot);
        Site { gateway: Arc::new(Gateway { served, handles }), snapshot, freshness, records }
    }

    /// What answers questions about requests to the same API.
    pub(crate) fn explainer(self) -> gateway::Explainer {
        let served = self.served();
        let handles = self.handles(&served, &Records::start());
        gateway::Explainer { served, handles }
    }

    fn served(&self) -> Served {
        let snapshot = Arc::new(ArcSwap::from_pointee(self.snapshot()));
        Served { snapshot, freshness: Freshness::new(self.stale_max, self.clock.elapsed()) }
    }

    fn handles(&self, served: &Served, records: &Records) -> Arc<Handles> {
        let clock = Arc::clone(&self.clock);
        Arc::new(Handles {
            egress: egress(&clock),
            identities: Arc::new(Identities::new(master_key(), 1024, Arc::default())),
            room: edge::Room::new(self.room),
            tokens: tokens(&clock),
            invoker: self.invoker(&served.snapshot),
            grants: Arc::new(gateway::Grants::new(1 << 20)),
            metering: self.metering(),
            firewall: Arc::new(Firewall::new(master_key().fingerprints(), Arc::clone(&clock), Provided::default())),
            sink: records.sink.clone(),
            clock,
            installation: scope(INSTALLATION),
        })
    }

    fn invoker(&self, snapshot: &Arc<ArcSwap<Snapshot>>) -> gateway::Invoker {
        let (events, worker) = gateway::EventQueue::new(gateway::EventParts {
            snapshot: Arc::clone(snapshot),
            runner: Arc::clone(&self.runner),
            queue: Arc::<MemoryQueue>::default(),
            master_key: master_key(),
            sink: Records::start().sink,
            clock: Arc::clone(&self.clock),
        });
        tokio::spawn(worker.run());
        gateway::Invoker::new(Arc::clone(snapshot), Arc::clone(&self.runner), events, Arc::new([]))
    }

    fn metering(&self) -> Arc<Metering> {
        let counters = Arc::<Counted>::clone(&self.counters);
        let (quotas, keeper) = gateway::quotas::pair(counters, Arc::clone(&self.clock));
        tokio::spawn(keeper.run());
        let (fingerprints, share) = (master_key().fingerprints(), Share::default());
        Arc::new(Metering { fingerprints, account: self.account, share, quotas })
    }

    fn snapshot(&self) -> Snapshot {
        let mut snapshot = Snapshot::empty(Place::new(Region::parse("us-east-1").expect("sound"), "localhost"));
        snapshot.revision = 7;
        let id = RestApiId::parse(API).expect("sound");
        let unit = match self.broken {
            Some(why) => StageUnit::Broken { why: why.into() },
            None => StageUnit::Ready(Arc::new(self.stage(id.clone()))),
        };
        let stages = [(StageName::parse(STAGE).expect("sound"), unit)].into();
        snapshot.apis.insert(id.clone(), Arc::new(Api { id, scope: scope(OWNER), stages }));
        if let Some(document) = &self.web_acl {
            web_acl::put(&mut snapshot, document);
        }
        (self.people)(&mut snapshot);
        snapshot
    }

    fn stage(&self, api_id: RestApiId) -> Stage {
        let name = StageName::parse(STAGE).expect("sound");
        Stage {
            arn: Stage::arn_of(&scope(OWNER), &api_id, &name),
            api_id,
            scope: scope(OWNER),
            name,
            deployment_id: DeploymentId::parse("d1").expect("sound"),
            default_endpoint_disabled: self.endpoint_disabled,
            api_key_source: self.api_key_source,
            account: Arc::default(),
            resource_policy: self.resource_policy.as_deref().map(|text| {
                let policy = policy::Policy::parse(text, policy::Kind::Resource).expect("a sound policy");
                Arc::new(NamedPolicy { name: "resource policy".into(), policy })
            }),
            web_acl: self.web_acl.as_ref().map(|_| web_acl::attached()),
            endpoint_type: "REGIONAL",
            routes: self.routes(),
            binary_media_types: self.binary_media_types.iter().map(|media| Arc::from(*media)).collect(),
            variables: self.variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            access_log: self.log_format.map(|format| AccessLog {
                destination_arn: "arn:aws:logs:us-east-1:111122223333:log-group:a".into(),
                format: LogFormat::parse(format).expect("a good format"),
            }),
            access_stream: format!("access/{API}/{STAGE}").into(),
            execution_stream: format!("execution/{API}/{STAGE}").into(),
        }
    }

    fn routes(&self) -> Routes {
        let mut routes = Routes::new();
        for (number, (verb, path, integration)) in self.routes.iter().enumerate() {
            let method = Method {
                resource_id: ResourceId::parse(&format!("r{number}")).expect("sound"),
                resource_path: (*path).into(),
                verb,
                operation_name: None,
                authorization: self.authorization.clone(),
                api_key_required: self.api_key_required,
                throttle: self.throttle.map(|(source, limit)| StageThrottle { limit, source, bucket: Arc::default() }),
                plan_key: format!("{path}/{verb}").into(),
                logging: self.logging,
                integration: copy(integration),
            };
            let verb = (*verb != "ANY").then(|| verb.parse().expect("sound"));
            routes.add(path, verb, Arc::new(method)).expect("unambiguous");
        }
        routes
    }
}

fn copy(integration: &Integration) -> Integration {
    match integration {
        Integration::HttpProxy(call) => Integration::HttpProxy(copy_call(call)),
        Integration::Http(http) => Integration::Http(HttpIntegration {
            call: copy_call(&http.call),
            templates: http.templates.clone(),
            passthrough: http.passthrough,
            selection: copy_selection(&http.selection),
        }),
        Integration::Mock(mock) => Integration::Mock(Mock {
            statuses: mock.statuses.clone(),
            passthrough: mock.passthrough,
            selection: copy_selection(&mock.selection),
        }),
        Integration::ProxyFunction(proxy) => {
            Integration::ProxyFunction(ProxyFunction { call: proxy.call.clone(), timeout: proxy.timeout })
        }
        Integration::Function(function) => Integration::Function(FunctionIntegration {
            call: function.call.clone(),
            timeout: function.timeout,
            parameters: function.parameters.clone(),
            templates: function.templates.clone(),
            passthrough: function.passthrough,
            selection: copy_selection(&function.selection),
        }),
        Integration::Broken { why } => Integration::Broken { why: Arc::clone(why) },
    }
}

fn copy_call(call: &HttpCall) -> HttpCall {
    HttpCall {
        verb: call.verb.clone(),
        scheme: call.scheme.clone(),
        target: call.target.clone(),
        authority: call.authority.clone(),
        parameters: call.parameters.clone(),
        timeout: call.timeout,
        insecure_skip_verification: call.insecure_skip_verification,
    }
}

fn copy_selection(selection: &Selection) -> Selection {
    Selection { patterns: selection.patterns.clone(), default: selection.default.clone() }
}

/// A call of `authority`; `{name}` in `target` is a parameter.
pub(crate) fn call(authority: &str, target: &str) -> HttpCall {
    let mut pieces = Vec::new();
    let mut rest = target;
    while let Some((text, behind)) = rest.split_once('{') {
        let (name, after) = behind.split_once('}').expect("a closed parameter");
        pieces.push(UriPiece::Text(text.to_owned()));
        pieces.push(UriPiece::Parameter(name.to_owned()));
        rest = after;
    }
    pieces.push(UriPiece::Text(rest.to_owned()));
    HttpCall {
        verb: None,
        scheme: http::uri::Scheme::HTTP,
        target: pieces,
        authority: Some(authority.parse().expect("an authority")),
        parameters: Vec::new(),
        timeout: Duration::from_secs(29),
        insecure_skip_verification: false,
    }
}

pub(crate) fn proxy(authority: &str, target: &str) -> Integration {
    Integration::HttpProxy(call(authority, target))
}

pub(crate) fn answer(status: u16, body: Option<&str>) -> IntegrationAnswer {
    IntegrationAnswer {
        method: MethodAnswer {
            status: StatusCode::from_u16(status).expect("sound"),
            media_type: "application/json".into(),
        },
        headers: Vec::new(),
        templates: body.map(|body| ("application/json".into(), body.into())).into_iter().collect(),
    }
}

/// A mock that answers 200 with `body`.
pub(crate) fn mock(body: &str) -> Integration {
    Integration::Mock(Mock {
        statuses: vec![("application/json".into(), Some(200))],
        passthrough: Passthrough::WhenNoMatch,
        selection: Selection { patterns: Vec::new(), default: Some(answer(200, Some(body))) },
    })
}

pub(crate) fn egress(clock: &Arc<dyn Clock>) -> Egress {
    let config = egress::Config::new(Policy::default(), Vec::new(), None).expect("no root to read");
    Egress::new(config, Arc::clone(clock))
}

/// What proves tokens; it reaches what a gateway reaches.
pub(crate) fn tokens(clock: &Arc<dyn Clock>) -> Arc<gateway::tokens::Tokens> {
    let config = egress::Config::new(Policy::default(), Vec::new(), None).expect("no root to read");
    Arc::new(gateway::tokens::Tokens::new(config, Arc::clone(clock)))
}

/// A request's head from raw bytes, as the edge reads it.
pub(crate) fn arrived(head: &str, body: impl Into<edge::Body>) -> edge::Arrived {
    let raw = Bytes::copy_from_slice(head.as_bytes());
    let parsed = edge::testing::parse(&raw, &edge::Limits::default()).expect("a sound head");
    edge::Arrived { head: parsed.head, body: body.into(), connection: connection() }
}

pub(crate) fn connection() -> Arc<edge::Connection> {
    Arc::new(edge::Connection {
        id: 1,
        peer: "192.0.2.7:5000".parse().expect("sound"),
        local: "192.0.2.1:443".parse().expect("sound"),
        accepted: Timestamp::UNIX_EPOCH,
        tls: None,
    })
}

impl Site {
    /// Sends `VERB /path` with more header lines, each ending in CRLF.
    pub(crate) async fn send(&self, line: &str, headers: &str, body: impl Into<edge::Body>) -> Reply {
        self.send_head(&format!("{line} HTTP/1.1\r\nHost: {HOST}\r\n{headers}\r\n"), body).await
    }

    pub(crate) async fn get(&self, target: &str) -> Reply {
        self.send(&format!("GET {target}"), "", Bytes::new()).await
    }

    pub(crate) async fn send_head(&self, head: &str, body: impl Into<edge::Body>) -> Reply {
        let edge::Answer { status, fields, body } = self.gateway.handle(arrived(head, body)).await;
        let headers = fields.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        Reply { status, headers, body }
    }
}
