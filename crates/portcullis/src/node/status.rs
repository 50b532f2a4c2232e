//! What a node says of itself: what it closed and why, what protects each method, what it had to drop.

use std::sync::{Arc, PoisonError};

use base::{Clock, Scope, Timestamp};
use compiler::Finding as Compiled;
use control::Publisher;
use functions::isolation::{Found, State};
use functions::{Functions, Isolation};
use gateway::{EventQueue, Openness};
use operation::{CoverageLine, Finding, FunctionIsolation, Losses, NodeStatus, StaleFile, Wall};
use snapshot::{
    ApiKeySource, AttachedAcl, Authorization, AuthorizerJudge, Identity, Limit, Logging, Method, Snapshot, Stage,
    StageUnit, ThrottleSource, UsagePlan, WebAclUnit,
};
use telemetry::Sink;

use super::firewall::Stale;

/// The node's view of itself.
#[derive(Debug)]
pub(super) struct Status {
    pub(super) publisher: Arc<Publisher>,
    pub(super) sink: Sink,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) started: Timestamp,
    pub(super) functions: Functions,
    pub(super) events: EventQueue,
    pub(super) isolation: Isolation,
    pub(super) stale: Stale,
}

impl NodeStatus for Status {
    fn started(&self) -> Timestamp {
        self.started
    }

    fn revision(&self) -> u64 {
        self.publisher.world().snapshot.revision
    }

    fn findings(&self, scope: &Scope) -> Vec<Finding> {
        let world = self.publisher.world();
        let mut found: Vec<Finding> = world
            .findings
            .values()
            .flat_map(|findings| findings.iter())
            .filter(|finding| finding.scope == *scope || finding.scope == scope.global())
            .map(finding)
            .collect();
        found.sort_by(|one, two| one.unit.cmp(&two.unit));
        found
    }

    fn coverage(&self, scope: &Scope) -> Vec<CoverageLine> {
        let (world, now) = (self.publisher.world(), self.clock.now());
        let mut lines = Vec::new();
        for api in world.snapshot.apis.values().filter(|api| api.scope == *scope) {
            for (name, unit) in &api.stages {
                match unit {
                    StageUnit::Ready(stage) => {
                        let openness = Openness::of(stage, &world.snapshot.place, now);
                        let at = (&world.snapshot, now);
                        lines.extend(stage.routes.methods().map(|method| line(stage, method, &openness, at)));
                    }
                    StageUnit::Broken { .. } => lines.push(CoverageLine {
                        rest_api_id: api.id.to_string(),
                        stage: name.to_string(),
                        method: "ANY".to_owned(),
                        path: "/*".to_owned(),
                        open: false,
                        controls: vec!["closed: the stage is broken and answers 500".to_owned()],
                    }),
                }
            }
        }
        lines
    }

    fn losses(&self) -> Losses {
        let dropped = self.sink.dropped();
        Losses { log_lines: dropped.logs, trails: dropped.trails, events: self.events.given_up() }
    }

    fn stale_files(&self) -> Vec<StaleFile> {
        self.stale.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn isolation(&self) -> FunctionIsolation {
        let wall = |found: &Found| {
            let (stands, detail) = match &found.state {
                State::Present(by) => (true, by.clone()),
                State::Missing(why) => (false, why.clone()),
            };
            let remedy = found.mechanism.remedy().to_owned();
            Wall { name: found.mechanism.to_string(), stands, detail, remedy }
        };
        let walls = match self.functions.isolation() {
            Ok(report) => report.found.iter().map(wall).collect(),
            Err(why) => vec![Wall {
                name: "scratch folder".to_owned(),
                stands: false,
                detail: why.to_owned(),
                remedy: "Let the node write to its data directory.".to_owned(),
            }],
        };
        FunctionIsolation { waived: self.isolation == Isolation::Waived, walls }
    }
}

fn finding(found: &Compiled) -> Finding {
    let unit = match (&found.method, &found.unit) {
        (Some(method), unit) => format!("{method} of {unit}"),
        (None, unit) => unit.to_string(),
    };
    Finding { unit, why: found.why.clone(), remedy: found.remedy.to_owned() }
}

/// What is live of everything that could protect a method. Validators are refused at the call that would set them, so there
/// is no method yet that has one.
fn line(
    stage: &Stage,
    method: &Method,
    openness: &Openness<'_>,
    (snapshot, now): (&Snapshot, Timestamp),
) -> CoverageLine {
    let mut controls = vec![TLS_FLOOR.to_owned()];
    if stage.default_endpoint_disabled {
        controls.push("default endpoint disabled".to_owned());
    }
    controls.extend(stage.web_acl.as_ref().map(|attached| web_acl(attached, snapshot)));
    controls.push(authorization(method));
    if let Some(named) = &stage.resource_policy {
        let statements = named.policy.len();
        controls.push(format!("resource policy of {statements} statement{}", if statements == 1 { "" } else { "s" }));
    }
    controls.extend(key(snapshot, stage, method));
    controls.extend(throttles(snapshot, stage, method));
    if stage.access_log.is_some() {
        controls.push("access log".to_owned());
    }
    controls.extend(execution_log(method.logging).map(str::to_owned));
    // What is not permitted is answered 500, which its owner should hear of before anybody calls.
    controls.extend(
        gateway::function_hints(snapshot, stage, method, now).into_iter().map(|hint| format!("closed: {hint}")),
    );
    CoverageLine {
        rest_api_id: stage.api_id.to_string(),
        stage: stage.name.to_string(),
        method: method.verb.to_owned(),
        path: method.resource_path.to_string(),
        open: openness.is_open(method),
        controls,
    }
}

/// The web ACL that judges the stage's requests; one that cannot lets nobody pass.
fn web_acl(attached: &AttachedAcl, snapshot: &Snapshot) -> String {
    let name = &attached.name.name;
    let found = snapshot.web_acls.get(&attached.name).filter(|unit| **unit.arn() == *attached.arn);
    match found {
        Some(WebAclUnit::Ready(acl)) => {
            let rules = acl.judge.rule_count();
            let log = if acl.logging.is_some() { ", logged" } else { "" };
            format!("web ACL {name} of {rules} rule{}{log}", if rules == 1 { "" } else { "s" })
        }
        Some(WebAclUnit::Broken { .. }) | None => format!("closed: web ACL {name} cannot judge"),
    }
}

/// Who may call, and who judges it.
fn authorization(method: &Method) -> String {
    let authorizer = match &method.authorization {
        Authorization::None => return "authorization NONE".to_owned(),
        Authorization::Iam => return "authorization AWS_IAM".to_owned(),
        Authorization::Custom(authorizer) => authorizer,
    };
    let name = &authorizer.name;
    match &authorizer.judge {
        AuthorizerJudge::Function(function) => {
            let kind = match &function.identity {
                Identity::Token { .. } => "TOKEN",
                Identity::Request { .. } => "REQUEST",
            };
            format!("authorization CUSTOM by {kind} authorizer {name}")
        }
        AuthorizerJudge::Jwt(jwt) => format!("authorization CUSTOM by tokens of {} (authorizer {name})", jwt.issuer),
        AuthorizerJudge::Broken { .. } => format!("closed: authorizer {name} cannot be asked"),
    }
}

/// The API key a method asks for.
fn key(snapshot: &Snapshot, stage: &Stage, method: &Method) -> Option<String> {
    let source = match stage.api_key_source {
        ApiKeySource::Header => "x-api-key",
        ApiKeySource::Authorizer => "the authorizer",
    };
    let plans = plans(snapshot, stage).count();
    let plans = format!("{plans} usage plan{}", if plans == 1 { "" } else { "s" });
    method.api_key_required.then(|| format!("API key from {source}, of {plans}"))
}

/// How often a method may be called: by all, and by each key of each plan. The account's own limit stands behind them.
fn throttles<'a>(snapshot: &'a Snapshot, stage: &'a Stage, method: &'a Method) -> impl Iterator<Item = String> + 'a {
    let told = |limit: &Limit| format!("throttle {} a second, {} at once", limit.rate, limit.burst);
    let of_stage = method.throttle.as_ref().map(|throttle| {
        let source = match throttle.source {
            ThrottleSource::Method => "the method",
            ThrottleSource::Stage => "the stage",
        };
        format!("{} ({source})", told(&throttle.limit))
    });
    let keyed = plans(snapshot, stage).filter(|_| method.api_key_required);
    let of_plans = keyed.flat_map(move |plan| {
        let of_method = plan.methods(&stage.api_id, &stage.name).and_then(|methods| methods.get(&method.plan_key));
        let of_method = of_method.map(|limit| format!("{} (each key of plan {}, this method)", told(limit), plan.id));
        let of_plan = plan.limit.as_ref().map(|limit| format!("{} (each key of plan {})", told(limit), plan.id));
        let quota = plan
            .quota
            .map(|quota| format!("quota {} a {} (each key of plan {})", quota.limit, quota.period.as_str(), plan.id));
        [of_method, of_plan, quota].into_iter().flatten()
    });
    of_stage.into_iter().chain(of_plans)
}

fn plans<'a>(snapshot: &'a Snapshot, stage: &'a Stage) -> impl Iterator<Item = &'a UsagePlan> {
    let opens = |plan: &&UsagePlan| plan.scope == stage.scope && plan.has(&stage.api_id, &stage.name);
    snapshot.usage_plans.values().map(|plan| &**plan).filter(opens)
}

/// The least that the edge speaks.
const TLS_FLOOR: &str = "TLS 1.2 or newer";

fn execution_log(logging: Logging) -> Option<&'static str> {
    match logging {
        Logging { info: true, payloads: true, .. } => Some("execution log INFO with payloads"),
        Logging { info: true, payloads: false, .. } => Some("execution log INFO"),
        Logging { errors: true, payloads: true, .. } => Some("execution log ERROR with payloads"),
        Logging { errors: true, payloads: false, .. } => Some("execution log ERROR"),
        Logging { errors: false, info: false, .. } => None,
    }
}
