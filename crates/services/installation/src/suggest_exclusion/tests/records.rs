//! Suggestions about requests as records tell of them.

use base::Scope;
use model::wafv2::{Entity, Visibility, WebAcl};
use operation::Failure;
use serde_json::json;

use super::{document, holds, rule};
use crate::refusal::{NOT_FOUND, VALIDATION};
use crate::suggest_exclusion::{Input, SuggestExclusion};
use crate::testing::{Line, ONE, TWO, World, line, scope};

/// A decision record: the web ACL `shop` blocked a request by its rule `attacks`.
fn trail(account: &str, query: &str) -> (Line, Line) {
    let found = json!([{ "location": "ALL_QUERY_ARGS", "name": "q", "condition": "BYTE_MATCH" }]);
    let judged = json!({ "acl": "shop", "rule": "attacks", "inside": null, "found": found });
    let trail = json!({
        "httpMethod": "GET", "path": "/prod/pets", "host": "a1b2.x", "sourceIp": "192.0.2.1",
        "steps": [{ "reason": { "Locate": {} } }, { "reason": { "Firewall": { "Blocked": judged } } }],
    });
    let record = json!({ "httpRequest": {
        "httpMethod": "GET", "uri": "/prod/pets", "args": query, "headers": [{ "name": "Host", "value": "a1b2.x" }],
    } });
    let trail = line(account, "trail", 1, &trail.to_string());
    let mut record = line(account, "waf/shop", 1, &record.to_string());
    record.request = trail.request;
    (trail, record)
}

async fn world(scope: &Scope, lines: &[Line]) -> World {
    let world = World::new().await;
    world.store(lines).await;
    let statement = holds("attack");
    let acl = WebAcl {
        entity: Entity {
            name: "shop".to_owned(),
            id: "1".to_owned(),
            description: String::new(),
            lock_token: "1".to_owned(),
            tags: std::collections::BTreeMap::new(),
        },
        scope: scope.clone(),
        capacity: 1,
        document: document("Allow", &[rule("attacks", 0, &statement, "Block")]),
        visibility: Visibility { sampled_requests: true, metrics: true, metric_name: "shop".to_owned() },
        references: Vec::new(),
    };
    world.put(scope, &acl).await;
    world
}

#[tokio::test]
async fn a_request_whose_log_is_kept_is_judged_anew() {
    let (trail, record) = trail(ONE, "q=attack");
    let input = Input { request_id: trail.request.to_string() };
    let world = world(&scope(ONE), &[trail, record]).await;
    let output = world.ask::<SuggestExclusion>(ONE, &input).await.expect("a suggestion");
    assert_eq!((&*output.web_acl, &*output.rule, output.verified), ("shop", "attacks", true), "{output:?}");
    assert_eq!(output.exclusion.0["ChangeRule"]["Name"], "attacks");
    assert!(output.opens.contains("with the argument `q`"), "{}", output.opens);
}

#[tokio::test]
async fn a_request_of_which_too_little_is_known_is_not_called_verified() {
    for hidden in [json!("REDACTED"), json!("q=harmless"), json!("q=1\r\nX: attack")] {
        let (trail, record) = trail(ONE, hidden.as_str().unwrap());
        let input = Input { request_id: trail.request.to_string() };
        let world = world(&scope(ONE), &[trail, record]).await;
        let output = world.ask::<SuggestExclusion>(ONE, &input).await.expect("a suggestion");
        assert!(!output.verified && output.verification.starts_with("not verified"), "{hidden}: {output:?}");
    }
}

#[tokio::test]
async fn only_what_a_web_acl_of_the_own_account_stopped_is_suggested_about() {
    let (stopped, record) = trail(ONE, "q=attack");
    let steps = json!({ "steps": [{ "reason": { "Firewall": "NoneAttached" } }] });
    let passed = line(ONE, "trail", 1, &steps.to_string());
    let (mine, others) = (scope(ONE), Input { request_id: stopped.request.to_string() });
    let nothing = Input { request_id: passed.request.to_string() };
    let world = world(&mine, &[stopped, record, passed]).await;
    for (account, input, code) in [(TWO, &others, NOT_FOUND), (ONE, &nothing, VALIDATION)] {
        let refused = world.ask::<SuggestExclusion>(account, input).await;
        assert!(matches!(&refused, Err(Failure::Api(error)) if error.code == code), "{account}: {refused:?}");
    }
}
