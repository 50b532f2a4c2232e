//! Rules about where a request comes from: they ask the databases and lists that the operator provides, as they are now.

use std::sync::Arc;

use gateway::firewall::Provided;
use gateway::firewall::places::testing::{countries, networks};
use gateway::firewall::places::{Countries, Networks, Places};
use http::StatusCode;
use serde_json::{Value, json};
use waf::document::IpSet;

use crate::support::web_acl::rules;
use crate::support::{Plan, Site, mock, plan};

/// A site whose web ACL blocks by one statement. Requests come from 192.0.2.7.
fn site(statement: Value, provided: Provided) -> Site {
    let web_acl = Some(rules(&[("origin", statement, json!({ "Block": {} }))]));
    let site = Plan { web_acl, ..plan(vec![("ANY", "/{proxy+}", mock("passed"))]) }.start();
    site.gateway.handles.firewall.provide(provided);
    site
}

/// 192.0.2.0/24 is in Germany, 198.51.100.0/24 in the State of Washington; the first belongs to network 64496.
fn places() -> Provided {
    let known = [("192.0.2.0/24", "DE"), ("198.51.100.0/24", "US-WA"), ("2001:db8::/32", "FR")];
    let places = Places {
        countries: Some(Arc::new(Countries::read(countries(&known)).expect("a database"))),
        networks: Some(Arc::new(Networks::read(networks(&[("192.0.2.0/24", 64_496)])).expect("a database"))),
    };
    Provided { places, ..Provided::default() }
}

fn geo(countries: &[&str]) -> Value {
    json!({ "GeoMatchStatement": { "CountryCodes": countries } })
}

async fn is_blocked(site: &Site, headers: &str) -> bool {
    let reply = site.send("GET /prod/a", headers, bytes::Bytes::new()).await;
    assert!([StatusCode::OK, StatusCode::FORBIDDEN].contains(&reply.status), "{}", reply.text());
    reply.status == StatusCode::FORBIDDEN
}

#[tokio::test]
async fn a_country_is_that_of_the_connections_address() {
    assert!(is_blocked(&site(geo(&["FR", "DE"]), places()), "").await);
    assert!(!is_blocked(&site(geo(&["US"]), places()), "").await);
    assert!(
        !is_blocked(&site(geo(&["US"]), places()), "X-Forwarded-For: 198.51.100.1\r\n").await,
        "nobody asks the header"
    );
    let not_germany = json!({ "NotStatement": { "Statement": geo(&["DE"]) } });
    assert!(!is_blocked(&site(not_germany.clone(), places()), "").await);
    assert!(is_blocked(&site(not_germany, Provided::default()), "").await, "where nobody knows, it is not Germany");
}

#[tokio::test]
async fn a_network_is_that_of_the_connections_address() {
    let asn = |number: u32| json!({ "AsnMatchStatement": { "AsnList": [number] } });
    assert!(is_blocked(&site(asn(64_496), places()), "").await);
    assert!(!is_blocked(&site(asn(64_497), places()), "").await);
    assert!(is_blocked(&site(asn(0), Provided::default()), "").await, "what nobody knows is network 0");
}

#[tokio::test]
async fn a_header_may_name_the_address_instead() {
    let config = |fallback: &str| json!({ "HeaderName": "X-Forwarded-For", "FallbackBehavior": fallback });
    for (kind, members) in [
        ("GeoMatchStatement", json!({ "CountryCodes": ["DE", "FR"] })),
        ("AsnMatchStatement", json!({ "AsnList": [64_496] })),
    ] {
        for fallback in ["MATCH", "NO_MATCH"] {
            let mut members = members.clone();
            members["ForwardedIPConfig"] = config(fallback);
            let site = site(json!({ kind: members }), places());
            let header = |value: &str| format!("X-Forwarded-For: {value}\r\n");
            let told = format!("{kind} {fallback}");
            assert!(is_blocked(&site, &header("192.0.2.200, 198.51.100.1")).await, "{told}: the first one counts");
            assert!(!is_blocked(&site, &header("198.51.100.1, 192.0.2.200")).await, "{told}");
            assert!(!is_blocked(&site, "").await, "{told}: without the header the rule is not applied");
            assert_eq!(is_blocked(&site, &header("nobody")).await, fallback == "MATCH", "{told}: no address");
            assert_eq!(is_blocked(&site, &header("192.0.2.1.1")).await, fallback == "MATCH", "{told}: no address");
        }
    }
    let mut six = geo(&["FR"]);
    six["GeoMatchStatement"]["ForwardedIPConfig"] = config("NO_MATCH");
    let site = site(six, places());
    assert!(is_blocked(&site, "X-Forwarded-For: [2001:db8::1]:443\r\n").await);
    assert!(!is_blocked(&site, "X-Forwarded-For: 2001:db9::1\r\n").await);
}

#[tokio::test]
async fn a_geo_match_labels_where_the_address_is_even_if_it_does_not_match() {
    let config = json!({ "HeaderName": "X-Forwarded-For", "FallbackBehavior": "NO_MATCH" });
    let geo = json!({ "GeoMatchStatement": { "CountryCodes": ["DE"], "ForwardedIPConfig": config } });
    let label = json!({ "LabelMatchStatement": { "Scope": "LABEL", "Key": "awswaf:forwardedip:geo:region:US-WA" } });
    let block = json!({ "Block": {} });
    let web_acl = Some(rules(&[("germany", geo, block.clone()), ("washington", label, block)]));
    let site = Plan { web_acl, ..plan(vec![("ANY", "/{proxy+}", mock("passed"))]) }.start();
    site.gateway.handles.firewall.provide(places());
    assert!(is_blocked(&site, "X-Forwarded-For: 198.51.100.1\r\n").await);
    assert!(!is_blocked(&site, "X-Forwarded-For: 203.0.113.1\r\n").await);
}

#[tokio::test]
async fn what_is_provided_anew_counts_for_the_next_request() {
    let list = json!({ "IPSetReferenceStatement": { "ARN": "portcullis:list:reputation" } });
    let listing = |address: &str| {
        let set = IpSet::of([format!("{address}/32").parse().unwrap()]);
        Provided { lists: [("reputation".to_owned(), Arc::new(set))].into(), ..Provided::default() }
    };
    let site = site(list, listing("192.0.2.7"));
    assert!(is_blocked(&site, "").await);
    site.gateway.handles.firewall.provide(listing("192.0.2.8"));
    assert!(!is_blocked(&site, "").await);
    site.gateway.handles.firewall.provide(Provided::default());
    assert!(is_blocked(&site, "").await, "a list that is gone closes what asks it");
}
