//! What a node says of itself: what it closed and why, what protects each method, what it had to drop.

use std::sync::Arc;

use base::{Scope, Timestamp};
use compiler::{Finding as Compiled, Unit};
use control::Publisher;
use operation::{CoverageLine, Finding, Losses, NodeStatus};
use snapshot::{Authorization, Method, Stage, StageUnit};
use telemetry::Sink;

/// The node's view of itself.
#[derive(Debug)]
pub(super) struct Status {
    pub(super) publisher: Arc<Publisher>,
    pub(super) sink: Sink,
    pub(super) started: Timestamp,
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
        let world = self.publisher.world();
        let mut lines = Vec::new();
        for api in world.snapshot.apis.values().filter(|api| api.scope == *scope) {
            for (name, unit) in &api.stages {
                match unit {
                    StageUnit::Ready(stage) => lines.extend(stage.routes.methods().map(|method| line(stage, method))),
                    StageUnit::Broken { .. } => lines.push(CoverageLine {
                        rest_api_id: api.id.to_string(),
                        stage: name.to_string(),
                        method: "ANY".to_owned(),
                        path: "/*".to_owned(),
                        controls: vec!["closed: the stage is broken and answers 500".to_owned()],
                    }),
                }
            }
        }
        lines.sort_by(|one, two| {
            (&one.rest_api_id, &one.stage, &one.path, &one.method).cmp(&(
                &two.rest_api_id,
                &two.stage,
                &two.path,
                &two.method,
            ))
        });
        lines
    }

    fn losses(&self) -> Losses {
        let dropped = self.sink.dropped();
        Losses { log_lines: dropped.logs, trails: dropped.trails }
    }
}

fn finding(found: &Compiled) -> Finding {
    let unit = match (&found.method, &found.unit) {
        (Some(method), unit) => format!("{method} of {unit}"),
        (None, unit @ (Unit::Stage(..) | Unit::AccessKey(_) | Unit::Certificate(_))) => unit.to_string(),
    };
    Finding { unit, why: found.why.clone(), remedy: found.remedy.to_owned() }
}

fn line(stage: &Stage, method: &Method) -> CoverageLine {
    let authorization = match method.authorization {
        Authorization::None => "OPEN: authorization NONE",
    };
    let mut controls = vec![authorization.to_owned(), "TLS 1.2 or newer".to_owned()];
    if stage.default_endpoint_disabled {
        controls.push("default endpoint disabled".to_owned());
    }
    CoverageLine {
        rest_api_id: stage.api_id.to_string(),
        stage: stage.name.to_string(),
        method: method.verb.to_owned(),
        path: method.resource_path.to_string(),
        controls,
    }
}
