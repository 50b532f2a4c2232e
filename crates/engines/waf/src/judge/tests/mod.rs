//! What web ACLs decide, from AWS's JSON to the judgement.

mod statements;
mod origins;
mod actions;
mod groups;
mod rates;
mod hostile;
mod naive;
mod generated;
mod watched;

use std::cell::RefCell;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::compile::{Broken, WebAcl};
use crate::document::{self, IpSet, IpVersion, RegexPatterns, RuleGroup};
use crate::{Action, Body, Country, Facts, Header, Judgement, Purpose, RateRule, References, Request, Token};

const ARN: &str = "arn:aws:wafv2:us-east-1:000000000000:regional/webacl/shop/1";
const OWN: &str = "awswaf:000000000000:webacl:shop:";

/// The world of a test: everything that documents name, and everything that is asked of it.
struct World {
    token: Token,
    limit_over: bool,
    counted: RefCell<Vec<(u64, Vec<u8>)>>,
}

impl Default for World {
    fn default() -> World {
        World { token: Token::Missing, limit_over: false, counted: RefCell::default() }
    }
}

impl Facts for World {
    fn country(&self, address: IpAddr) -> Option<Country> {
        match address.to_string().as_str() {
            "192.0.2.1" => Some(Country { code: *b"US", region: *b"WA\0" }),
            "192.0.2.2" => Some(Country { code: *b"DE", region: [0; 3] }),
            _ => None,
        }
    }

    fn asn(&self, address: IpAddr) -> Option<u32> {
        (address.to_string() == "192.0.2.1").then_some(64_496)
    }

    fn is_listed(&self, list: &str, address: IpAddr) -> Option<bool> {
        (list == "reputation").then(|| self.ip_set("known").unwrap().contains(address))
    }

    fn over_limit(&self, rule: &RateRule, instance: &[u8]) -> bool {
        self.counted.borrow_mut().push((rule.id, instance.to_vec()));
        self.limit_over
    }

    fn token(&self, _: Purpose, _: Duration) -> Token {
        self.token
    }
}

impl References for World {
    fn ip_set(&self, arn: &str) -> Option<Arc<IpSet>> {
        let addresses = ["192.0.2.0/31".to_owned(), "10.0.0.0/8".to_owned()];
        arn.ends_with("known").then(|| Arc::new(IpSet::parse(&addresses, IpVersion::V4).unwrap()))
    }

    fn regex_patterns(&self, arn: &str) -> Option<Arc<RegexPatterns>> {
        let patterns = ["^/admin".to_owned(), "(?i)secret".to_owned(), r"^\d+$".to_owned()];
        arn.ends_with("known").then(|| Arc::new(RegexPatterns::parse(&patterns).unwrap()))
    }

    fn rule_group(&self, arn: &str) -> Option<Arc<RuleGroup>> {
        let group = match arn.rsplit('/').next()? {
            "blocks" => json!([rule("inner", 0, &path("CONTAINS", "attack"), "Block", &["Bad"])]),
            "allows" => json!([rule("inner", 0, &path("CONTAINS", "health"), "Allow", &[])]),
            "labels" => json!([
                rule("first", 0, &path("CONTAINS", "a"), "Count", &["Seen"]),
                rule("second", 1, &label("LABEL", "Seen"), "Block", &[]),
            ]),
            _ => return None,
        };
        let group = json!({ "Rules": group, "LabelNamespace": "awswaf:000000000000:rulegroup:tests:" });
        Some(Arc::new(RuleGroup::parse(&group).unwrap()))
    }

    fn has_list(&self, list: &str) -> bool {
        ["reputation", "lost"].contains(&list)
    }
}

/// A rule in AWS's JSON. `does` is an action's name.
fn rule(name: &str, priority: usize, statement: &Value, does: &str, labels: &[&str]) -> Value {
    let labels: Vec<Value> = labels.iter().map(|label| json!({ "Name": label })).collect();
    json!({
        "Name": name,
        "Priority": priority,
        "Statement": statement,
        "Action": { does: {} },
        "RuleLabels": labels,
        "VisibilityConfig": {
            "SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": name,
        },
    })
}

/// The same with other members.
fn with(mut rule: Value, more: &Value) -> Value {
    let members = rule.as_object_mut().unwrap();
    for (name, value) in more.as_object().unwrap() {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    rule
}

fn chain(names: &[&str]) -> Value {
    let names = if names.is_empty() { &["NONE"] } else { names };
    names.iter().enumerate().map(|(priority, name)| json!({ "Priority": priority, "Type": name })).collect()
}

fn bytes(field: &Value, constraint: &str, text: &str, names: &[&str]) -> Value {
    use base64::Engine as _;
    json!({ "ByteMatchStatement": {
        "SearchString": base64::engine::general_purpose::STANDARD.encode(text),
        "FieldToMatch": field,
        "TextTransformations": chain(names),
        "PositionalConstraint": constraint,
    } })
}

fn regex(field: &Value, source: &str, names: &[&str]) -> Value {
    json!({ "RegexMatchStatement": {
        "RegexString": source, "FieldToMatch": field, "TextTransformations": chain(names),
    } })
}

fn path(constraint: &str, text: &str) -> Value {
    bytes(&json!({ "UriPath": {} }), constraint, text, &[])
}

fn label(scope: &str, key: &str) -> Value {
    json!({ "LabelMatchStatement": { "Scope": scope, "Key": key } })
}

fn and(statements: &[Value]) -> Value {
    json!({ "AndStatement": { "Statements": statements } })
}

fn or(statements: &[Value]) -> Value {
    json!({ "OrStatement": { "Statements": statements } })
}

fn not(statement: &Value) -> Value {
    json!({ "NotStatement": { "Statement": statement } })
}

fn document(rules: &[Value]) -> document::WebAcl {
    let acl = json!({
        "Name": "shop",
        "LabelNamespace": OWN,
        "DefaultAction": { "Allow": {} },
        "Rules": rules,
    });
    document::WebAcl::parse(&acl).unwrap()
}

fn compiled(rules: &[Value]) -> Result<WebAcl, Broken> {
    crate::compile::compile(&document(rules), ARN, &World::default())
}

/// A request, as a test writes it.
#[derive(Debug, Clone)]
struct Sent {
    method: String,
    path: Vec<u8>,
    query: Vec<u8>,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    truncated: bool,
    client: IpAddr,
}

impl Sent {
    fn get(target: &str) -> Sent {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Sent {
            method: "GET".to_owned(),
            path: path.into(),
            query: query.into(),
            headers: vec![("Host".to_owned(), b"shop.example".to_vec())],
            body: Vec::new(),
            truncated: false,
            client: "192.0.2.1".parse().unwrap(),
        }
    }

    fn header(mut self, name: &str, value: &str) -> Sent {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    fn post(mut self, body: impl Into<Vec<u8>>) -> Sent {
        self.method = "POST".to_owned();
        self.body = body.into();
        self
    }

    fn cut_off(mut self) -> Sent {
        self.truncated = true;
        self
    }

    fn from(mut self, client: &str) -> Sent {
        self.client = client.parse().unwrap();
        self
    }

    fn seen<R>(&self, see: impl FnOnce(&Request<'_>) -> R) -> R {
        let headers: Vec<Header<'_>> =
            self.headers.iter().map(|(name, value)| Header { name: name.as_bytes(), value }).collect();
        see(&Request {
            method: self.method.as_bytes(),
            path: &self.path,
            query: &self.query,
            version: "HTTP/1.1",
            headers: &headers,
            body: Body { prefix: &self.body, truncated: self.truncated },
            client: self.client,
            host: "shop.example",
        })
    }

    fn judged(&self, acl: &WebAcl, world: &World) -> Judgement {
        self.seen(|request| acl.judge(request, world))
    }
}

/// A judgement in a few words: what is done, by which rule, and what else is to be told.
fn told(judgement: &Judgement) -> String {
    let action = match &judgement.action {
        Action::Allow => "allow".to_owned(),
        Action::Block(None) => "block".to_owned(),
        Action::Block(Some(answered)) => format!("block {}", answered.status),
        Action::Interrupt { purpose: Purpose::Captcha, token } => format!("captcha {token:?}"),
        Action::Interrupt { purpose: Purpose::Challenge, token } => format!("challenge {token:?}"),
    };
    let by = judgement.terminating.as_ref().map_or("default", |terminating| &terminating.matched.rule);
    let mut words = vec![format!("{action} by {by}")];
    for other in &judgement.others {
        words.push(format!("{} {}", other.rule, other.action));
    }
    for label in &judgement.labels {
        words.push(format!("+{}", label.strip_prefix(OWN).unwrap_or(label)));
    }
    if judgement.exhausted {
        words.push("exhausted".to_owned());
    }
    words.join("; ")
}

/// One blocking rule with this statement: does it match?
fn matches(statement: &Value, sent: &Sent) -> bool {
    let acl = compiled(&[rule("rule", 0, statement, "Block", &[])]).unwrap();
    let judgement = sent.judged(&acl, &World::default());
    assert!(!judgement.exhausted);
    judgement.terminating.is_some()
}
