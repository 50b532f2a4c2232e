//! A web ACL that a stage names, made of AWS's JSON.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Value, json};
use snapshot::{AttachedAcl, Snapshot, WebAcl, WebAclUnit};
use waf::testing::{NOWHERE, World};

use super::{OWNER, scope};

/// A web ACL that allows what its rules do not decide; each rule has its name, its statement and its action.
pub(crate) fn rules(rules: &[(&str, Value, Value)]) -> Value {
    let rules = rules.iter().enumerate().map(|(priority, (name, statement, action))| {
        json!({ "Name": name, "Priority": priority, "Statement": statement, "Action": action, "VisibilityConfig": seen(name) })
    });
    json!({
        "Name": "wall",
        "LabelNamespace": format!("awswaf:{OWNER}:webacl:wall:"),
        "DefaultAction": { "Allow": {} },
        "Rules": rules.collect::<Vec<_>>(),
        "VisibilityConfig": seen("wall"),
    })
}

fn seen(name: &str) -> Value {
    json!({ "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": name })
}

/// A statement that looks for a text (in base64, as AWS has it) somewhere in a part of the request.
pub(crate) fn contains(field: &Value, base64: &str) -> Value {
    json!({ "ByteMatchStatement": {
        "SearchString": base64,
        "FieldToMatch": field,
        "TextTransformations": [{ "Priority": 0, "Type": "NONE" }],
        "PositionalConstraint": "CONTAINS",
    } })
}

/// Puts the web ACL of the stage into a snapshot.
pub(crate) fn put(snapshot: &mut Snapshot, document: &Value) {
    let AttachedAcl { name, arn } = attached();
    snapshot.web_acls.insert(name, WebAclUnit::Ready(Arc::new(compiled(document, arn))));
}

/// The web ACL of the stage.
pub(crate) fn attached() -> AttachedAcl {
    let name = snapshot::Name::new(scope(OWNER).account, "wall");
    AttachedAcl { name, arn: format!("arn:aws:wafv2:us-east-1:{OWNER}:regional/webacl/wall/1").into() }
}

fn compiled(document: &Value, arn: Arc<str>) -> WebAcl {
    let world = World { is_listed: |list, _| (list == "reputation").then_some(false), ..NOWHERE };
    let parsed = waf::document::WebAcl::parse(document).expect("a sound web ACL");
    WebAcl {
        scope: scope(OWNER),
        name: "wall".into(),
        judge: waf::compile(&parsed, &arn, &world).expect("a whole web ACL"),
        arn,
        metric: "wall".into(),
        sampled: HashSet::new(),
        logging: None,
        stream: telemetry::stream::web_acl("wall"),
    }
}
