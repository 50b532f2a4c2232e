//! A web ACL that asks what this node cannot answer is closed, whoever took it.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::seal::MasterKey;
use base::{AccountId, Region, Scope};
use compiler::{Compiler, Input, PlacesKnown, Unit, WebAclInput, World};
use model::wafv2::{Entity, Visibility, WebAcl};
use serde_json::{Value, json};
use snapshot::{Name, Place, WebAclUnit};

fn scope() -> Scope {
    let account = AccountId::parse("000000000000").expect("an account");
    Scope { account, region: Region::parse("us-east-1").expect("a region") }
}

fn name() -> Name {
    Name::new(scope().account, "edge")
}

/// A web ACL with one rule that blocks.
fn input(statement: &Value) -> Input {
    let visibility =
        json!({"SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": "strangers"});
    let document = json!({"Name": "edge", "LabelNamespace": "awswaf:000000000000:webacl:edge:",
        "DefaultAction": {"Allow": {}}, "Rules": [{"Name": "strangers", "Priority": 0, "Statement": statement,
            "Action": {"Block": {}}, "VisibilityConfig": visibility}]});
    let entity = Entity {
        name: "edge".to_owned(),
        id: "0".to_owned(),
        description: String::new(),
        lock_token: "0".to_owned(),
        tags: BTreeMap::new(),
    };
    let visibility = Visibility { sampled_requests: true, metrics: true, metric_name: "edge".to_owned() };
    let acl = WebAcl { scope: scope(), entity, capacity: 1, document, visibility, references: Vec::new() };
    let found = WebAclInput { acl, logging: None, references: BTreeMap::new() };
    Input::WebAcl { name: name(), scope: scope(), found: Some(Ok(Box::new(found))) }
}

fn compiled(places: PlacesKnown, statement: &Value) -> World {
    let compiler = Compiler::new(Arc::new(MasterKey::random())).with_places(places);
    compiler.compile(1, vec![input(statement)], &World::empty(Place::new(scope().region, "localhost")))
}

#[test]
fn rules_about_places_that_the_node_does_not_know_close_the_web_acl() {
    let (geo, asn) = ("its rules ask for countries", "its rules ask for networks");
    let country = json!({"GeoMatchStatement": {"CountryCodes": ["DE"]}});
    let network = json!({"AsnMatchStatement": {"AsnList": [64496]}});
    let not = |statement: &Value| json!({"NotStatement": {"Statement": statement}});
    let keyed = json!({"RateBasedStatement": {"Limit": 100, "AggregateKeyType": "CUSTOM_KEYS",
        "CustomKeys": [{"HTTPMethod": {}}, {"ASN": {}}], "ScopeDownStatement": not(&network)}});
    for (countries, networks, statement, closed) in [
        (false, true, &country, Some(geo)),
        (false, true, &not(&country), Some(geo)),
        (true, false, &country, None),
        (true, false, &network, Some(asn)),
        (true, false, &not(&network), Some(asn)),
        (true, false, &keyed, Some(asn)),
        (false, true, &network, None),
        (false, true, &keyed, None),
    ] {
        let world = compiled(PlacesKnown { countries, networks }, statement);
        let unit = world.snapshot.web_acls.get(&name()).expect("it is there, closed or not");
        let found = world.findings.get(&Unit::WebAcl(name()));
        match closed {
            None => assert!(matches!(unit, WebAclUnit::Ready(_)) && found.is_none(), "{statement}"),
            Some(says) => {
                assert!(matches!(unit, WebAclUnit::Broken { why, .. } if why.contains(says)), "{statement}: {unit:?}");
                assert!(found.is_some_and(|found| found[0].why.contains(says)), "{statement}");
            }
        }
    }
}
