//! Journeys in process: requests handed to a gateway whose one method answers by itself, so that no socket is measured.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use arc_swap::ArcSwap;
use base::Clock;
use base::clock::SystemClock;
use base::seal::MasterKey;
use bytes::Bytes;
use compiler::{Compiler, Input, StageInput, World};
use edge::Handler as _;
use egress::{Egress, Policy};
use gateway::Gateway;
use gateway::tokens::Tokens;
use identity::Identities;
use model::apigateway::{AccessLogSettings, IntegrationResponse, IntegrationType, MethodResponse};
use snapshot::{Freshness, Place, Snapshot};
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
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let config = egress::Config::new(Policy::default(), Vec::new(), None).map_err(io::Error::other)?;
        let snapshot = Arc::new(ArcSwap::from_pointee(snapshot(access_log)));
        let freshness = Freshness::new(std::time::Duration::ZERO, clock.elapsed());
        let tokens = Arc::new(Tokens::new(config.clone(), Arc::clone(&clock)));
        let egress = Egress::new(config, Arc::clone(&clock));
        let accepted = clock.now();
        let shared = gateway::Shared {
            snapshot: Arc::clone(&snapshot),
            freshness,
            identities: Arc::new(Identities::new(Arc::new(MasterKey::random()), 1024, Arc::default())),
            room: edge::Room::new(base::limits::JOURNEY_BODIES_BYTES_MAX),
            tokens,
            invoker: gateway::Invoker::idle(Arc::clone(&snapshot), Arc::clone(&clock)),
            grants: Arc::new(gateway::Grants::new(1 << 20)),
            sink,
            clock,
            installation: scope(),
        };
        let gateway = Gateway::new(shared, egress);
        let (peer, local) = (([203, 0, 113, 7], 50_000).into(), ([127, 0, 0, 1], 443).into());
        let connection = Arc::new(edge::Connection { id: 1, peer, local, accepted, tls: None });
        let head =
            format!("GET /prod/r7/42 HTTP/1.1\r\nHost: {}.execute-api.us-east-1.localhost\r\n\r\n", api_id(0).as_str());
        Ok(Self { gateway, connection, head: head.into() })
    }

    /// One request, from its parsed head to its record.
    pub async fn travel(&self) -> io::Result<()> {
        let head = edge::testing::parse(&self.head, &edge::Limits::default());
        let head = head.map_err(|_| io::Error::other("the bench's own head was refused"))?.head;
        let (body, connection) = (edge::Body::from(Bytes::new()), Arc::clone(&self.connection));
        let answer = self.gateway.handle(edge::Arrived { head, body, connection }).await;
        if answer.status().is_success() { Ok(()) } else { Err(io::Error::other(format!("{}", answer.status()))) }
    }
}

fn snapshot(access_log: AccessLog) -> Snapshot {
    let api = api_id(0);
    let mut stage = stage_of(&api, 0);
    stage.access_log = (access_log == AccessLog::On).then(|| AccessLogSettings {
        destination_arn: "arn:aws:logs:us-east-1:000000000000:log-group:bench".to_owned(),
        format: ACCESS_LOG.to_owned(),
    });
    let mut deployment = deployment_of(&api);
    for method in deployment.resources.values_mut().flat_map(|resource| resource.methods.values_mut()) {
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
    let unit = (api, stage.name.clone());
    let found = Some(Box::new(StageInput { stage: Ok(stage), deployment: Ok(deployment) }));
    let place = Place::new(scope().region, "localhost");
    let input = Input::Stage { unit, scope: scope(), found };
    Compiler::new(Arc::new(MasterKey::random())).compile(1, vec![input], &World::empty(place)).snapshot
}
