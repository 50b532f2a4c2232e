//! What tests of records stand on: a web ACL made of AWS's JSON, and requests that it judges.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;

use base::id::RequestId;
use base::{AccountId, Region, Scope, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use snapshot::{Redacted, WebAcl, WebAclLogging};
use waf::document::RuleGroup;
use waf::testing::{NOWHERE, World};
use waf::{Body, Country, Header, Request, Token};

use super::case::Case;

pub(super) const ARN: &str = "arn:aws:wafv2:eu-west-1:000000000000:regional/webacl/shop/1";

/// What rules may ask: everybody is over every limit, comes from Germany, and brings this token. The one rule group has a rule
/// that counts `spam`, one that is easily excluded, and one that blocks `attack`.
fn world(token: Token) -> World {
    let rules = [
        rule("spam", 0, &holds("spam", &json!({ "QueryString": {} })), "Count"),
        rule("loud", 1, &holds("loud", &json!({ "QueryString": {} })), "Block"),
        rule("attack", 2, &holds("attack", &json!({ "QueryString": {} })), "Block"),
    ];
    let group = json!({ "Rules": rules, "LabelNamespace": "awswaf:000000000000:rulegroup:ours:" });
    World {
        country: Some(Country { code: *b"DE", region: [0; 3] }),
        asn: Some(64_496),
        over_limit: true,
        token,
        rule_group: Some(Arc::new(RuleGroup::parse(&group).unwrap())),
        ..NOWHERE
    }
}

/// A rule with a label of its own name.
pub(super) fn rule(name: &str, priority: usize, statement: &Value, does: &str) -> Value {
    json!({
        "Name": name, "Priority": priority, "Statement": statement, "Action": { does: {} },
        "RuleLabels": [{ "Name": name }],
        "VisibilityConfig": { "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": name },
    })
}

/// The rule group `ours`, of which `loud` is excluded.
pub(super) fn group(name: &str, priority: usize) -> Value {
    json!({
        "Name": name, "Priority": priority, "OverrideAction": { "None": {} },
        "Statement": { "RuleGroupReferenceStatement": {
            "ARN": "arn:aws:wafv2:eu-west-1:000000000000:regional/rulegroup/x/ours",
            "ExcludedRules": [{ "Name": "loud" }],
        } },
        "VisibilityConfig": { "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": name },
    })
}

pub(super) fn holds(text: &str, field: &Value) -> Value {
    json!({ "ByteMatchStatement": {
        "SearchString": STANDARD.encode(text), "FieldToMatch": field, "PositionalConstraint": "CONTAINS",
        "TextTransformations": [{ "Priority": 0, "Type": "NONE" }],
    } })
}

pub(super) fn sqli(field: &Value) -> Value {
    json!({ "SqliMatchStatement": {
        "FieldToMatch": field, "TextTransformations": [{ "Priority": 0, "Type": "URL_DECODE" }],
    } })
}

/// A web ACL that samples and logs everything.
pub(super) fn acl(rules: &[Value], redacted: Redacted) -> WebAcl {
    let document = json!({
        "Name": "shop", "LabelNamespace": "awswaf:000000000000:webacl:shop:", "DefaultAction": { "Allow": {} },
        "Rules": rules,
    });
    let document = waf::document::WebAcl::parse(&document).unwrap();
    let metrics = ["default", "spam", "attack", "sql", "cookie", "group", "often"];
    let log = WebAclLogging { destination: "log".into(), redacted, filters: Box::default(), keep_others: true };
    WebAcl {
        scope: scope(),
        name: "shop".into(),
        arn: ARN.into(),
        judge: waf::compile(&document, ARN, &world(Token::Missing)).unwrap(),
        metric: "default".into(),
        sampled: metrics.map(Arc::from).into_iter().collect::<HashSet<_>>(),
        logging: Some(log),
        stream: "waf/shop".into(),
    }
}

pub(super) fn scope() -> Scope {
    Scope { account: AccountId::parse("000000000000").unwrap(), region: Region::parse("eu-west-1").unwrap() }
}

/// A request as a test writes it.
#[derive(Debug, Clone)]
pub(super) struct Sent {
    pub(super) target: String,
    pub(super) headers: Vec<(String, Vec<u8>)>,
    pub(super) second: i64,
}

impl Sent {
    pub(super) fn get(target: &str) -> Self {
        Self { target: target.to_owned(), headers: Vec::new(), second: 1_800_000_000 }
    }

    pub(super) fn header(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn at(mut self, second: i64) -> Self {
        self.second = second;
        self
    }

    /// What is told of it once the web ACL judged it.
    pub(super) fn judged<R>(&self, acl: &WebAcl, token: Token, tell: impl FnOnce(&Case<'_>) -> R) -> R {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let headers: Vec<_> =
            self.headers.iter().map(|(name, value)| Header { name: name.as_bytes(), value }).collect();
        let seen = Request {
            method: b"GET",
            path: path.as_bytes(),
            query: query.as_bytes(),
            version: "HTTP/1.1",
            headers: &headers,
            body: Body::default(),
            client: IpAddr::from([192, 0, 2, 1]),
            host: "shop.example",
        };
        let world = world(token);
        let judgement = acl.judge.judge(&seen, &world);
        let case = Case {
            acl,
            seen: &seen,
            judgement: &judgement,
            source: ["000000000000", "a1b2c3", "prod"],
            at: Timestamp::from_second(self.second).unwrap(),
            request: RequestId::parse("6f1c0c5e-2d0b-4d3a-9f0e-0a8f3f1f2a11").unwrap(),
            scheme: "https",
            facts: &world,
            body_bytes: Some(0),
            status: None,
        };
        tell(&case)
    }
}
