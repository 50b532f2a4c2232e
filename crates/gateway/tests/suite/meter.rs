//! API keys, usage plans, throttles and quotas: who is let through, and who is not.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use base::clock::ManualClock;
use base::id::{ApiKeyId, RestApiId, StageName, UsagePlanId};
use base::{Fingerprint, Quota, QuotaPeriod, Timestamp};
use gateway::explain::explain;
use serde_json::json;
use snapshot::{ApiKey, ApiKeySource, Identity, KeyPlan, Limit, QuotaRound, Snapshot, ThrottleSource, UsagePlan};

use crate::functions::{permitted, served};
use crate::support::functions::{Script, authorizer, grant, invoke, permission, put};
use crate::support::{API, OWNER, Plan, Reply, STAGE, Site, master_key, mock, plan, scope};

pub(crate) const GOOD: &str = "0123456789abcdefghij";
const DISABLED: &str = "disabled-disabled-00";
const UNPLANNED: &str = "unplanned-unplanned0";
pub(crate) const ELSEWHERE: &str = "elsewhere-elsewhere0";
const FOREIGN_KEY: &str = "foreign-foreign-0000";
pub(crate) const LIMITED: &str = "limited-limited-0000";
const METHOD: &str = "method-method-method";
pub(crate) const COUNTED: &str = "counted-counted-0000";

/// A fingerprint as the store would hold it.
fn fingerprint(account: &str, value: &str) -> Fingerprint {
    let scope = scope(account);
    master_key().fingerprints().of(&[scope.account.as_str(), scope.region.as_str()], value.as_bytes())
}

pub(crate) fn keys(snapshot: &mut Snapshot) {
    type Row = (&'static str, &'static str, Option<Limit>, Option<Limit>, Option<Quota>);
    let plans: [Row; 5] = [
        ("gold", STAGE, None, None, None),
        ("other", "dev", None, None, None),
        ("limited", STAGE, Some(Limit::new(1.0, 2)), None, None),
        ("method", STAGE, None, Some(Limit::new(1.0, 1)), None),
        ("counted", STAGE, None, None, Some(quota(3))),
    ];
    for (id, stage, limit, of_method, quota) in plans {
        let id = UsagePlanId::parse(id).expect("sound");
        let methods: HashMap<Arc<str>, Limit> =
            of_method.map(|limit| ("/pets/GET".into(), limit)).into_iter().collect();
        let place = (RestApiId::parse(API).expect("sound"), StageName::parse(stage).expect("sound"));
        let stages = HashMap::from([(place, methods)]);
        let plan = UsagePlan {
            id: id.clone(),
            name: "plan".into(),
            scope: scope(OWNER),
            stages,
            limit,
            quota,
            quota_round: QuotaRound::FIRST,
        };
        snapshot.usage_plans.insert(id, Arc::new(plan));
    }
    for (id, value, account, enabled, plans) in [
        ("good", GOOD, OWNER, true, &["gold"][..]),
        ("disabled", DISABLED, OWNER, false, &["gold"]),
        ("unplanned", UNPLANNED, OWNER, true, &["nosuch"]),
        ("elsewhere", ELSEWHERE, OWNER, true, &["other"]),
        ("foreign", FOREIGN_KEY, "999999999999", true, &["gold"]),
        ("limited", LIMITED, OWNER, true, &["other", "limited"]),
        ("method", METHOD, OWNER, true, &["method"]),
        ("counted", COUNTED, OWNER, true, &["counted"]),
    ] {
        let plan = |id: &&str| KeyPlan { id: UsagePlanId::parse(id).expect("sound"), spending: Arc::default() };
        let key = Arc::new(ApiKey {
            id: ApiKeyId::parse(id).expect("sound"),
            scope: scope(account),
            fingerprint: fingerprint(account, value),
            enabled,
            plans: plans.iter().map(plan).collect(),
        });
        snapshot.api_key_values.insert(Arc::clone(&key));
        snapshot.api_keys.insert(key.id.clone(), key);
    }
}

pub(crate) const fn quota(limit: u32) -> Quota {
    Quota { limit, offset: 0, period: QuotaPeriod::Day, since: Timestamp::UNIX_EPOCH }
}

/// An API whose methods ask for a key.
pub(crate) fn keyed() -> Plan {
    let routes = vec![("GET", "/pets", mock("pets")), ("GET", "/toys", mock("toys"))];
    Plan { api_key_required: true, people: keys, ..plan(routes) }
}

pub(crate) async fn send(site: &Site, target: &str, key: &str) -> Reply {
    site.send(&format!("GET {target}"), &format!("X-API-Key: {key}\r\n"), "").await
}

pub(crate) async fn statuses(site: &Site, target: &str, key: &str, count: usize) -> Vec<u16> {
    let mut statuses = Vec::new();
    for _ in 0..count {
        statuses.push(send(site, target, key).await.status.as_u16());
    }
    statuses
}

pub(crate) fn told(reply: &Reply) -> (u16, &str, &str) {
    (reply.status.as_u16(), reply.text(), reply.header("x-amzn-errortype").unwrap_or_default())
}

const FORBIDDEN: (u16, &str, &str) = (403, r#"{"message":"Forbidden"}"#, "ForbiddenException");
const TOO_MANY: (u16, &str, &str) = (429, r#"{"message":"Too Many Requests"}"#, "TooManyRequestsException");
pub(crate) const EXCEEDED: (u16, &str, &str) = (429, r#"{"message":"Limit Exceeded"}"#, "LimitExceededException");

/// The words of the meter step of the newest trail.
pub(crate) async fn words(site: &Site) -> String {
    let trails = site.records.trails().await;
    let explained = explain(&trails.last().expect("a trail").bytes).expect("a trail");
    let line = explained.text.lines().find(|line| line.contains("meter")).expect("the meter step");
    line.to_owned()
}

#[tokio::test]
async fn only_a_key_of_a_plan_of_the_stage_is_let_through() {
    let site = keyed().start();
    assert_eq!(send(&site, "/prod/pets", GOOD).await.status, 200);
    assert!(words(&site).await.contains("API key `good` may call by usage plan `gold`"));
    for (headers, why) in [
        (String::new(), "brings none"),
        ("x-api-key: \r\n".to_owned(), "brings none"),
        ("x-api-key: nonsense\r\n".to_owned(), "no key of this account has the value"),
        (format!("x-api-key: {}\r\n", &GOOD[..19]), "no key of this account"),
        (format!("x-api-key: {GOOD}x\r\n"), "no key of this account"),
        (format!("x-api-key: {}\r\n", GOOD.to_uppercase()), "no key of this account"),
        (format!("x-api-key: {}\r\n", "x".repeat(2000)), "no key of this account"),
        ("x-api-key: \u{e4}\u{1F511}\r\n".to_owned(), "no key of this account"),
        (format!("x-api-key: {FOREIGN_KEY}\r\n"), "no key of this account"),
        (format!("x-api-key: {GOOD}\r\nx-api-key: {GOOD}\r\n"), "more than one API key"),
        (format!("x-api-key: {GOOD}, {GOOD}\r\n"), "no key of this account"),
        (format!("x-api-key: {DISABLED}\r\n"), "`disabled` is not enabled"),
        (format!("x-api-key: {UNPLANNED}\r\n"), "`unplanned` belongs to no usage plan that has this stage"),
        (format!("x-api-key: {ELSEWHERE}\r\n"), "`elsewhere` belongs to no usage plan that has this stage"),
        (format!("x-api-key-: {GOOD}\r\n"), "brings none"),
        (format!("authorization: {GOOD}\r\n"), "brings none"),
    ] {
        let reply = site.send(&format!("GET /prod/pets?x-api-key={GOOD}"), &headers, "").await;
        assert_eq!(told(&reply), FORBIDDEN, "{headers}");
        let words = words(&site).await;
        assert!(words.starts_with("! meter") && words.contains(why), "{headers}: {words}");
    }
}

#[tokio::test]
async fn a_method_that_asks_for_no_key_takes_no_notice_of_one() {
    let site = Plan { api_key_required: false, ..keyed() }.start();
    for key in [GOOD, DISABLED, "nonsense", LIMITED, LIMITED, LIMITED, COUNTED, COUNTED, COUNTED, COUNTED] {
        assert_eq!(send(&site, "/prod/pets", key).await.status, 200, "{key}");
    }
}

#[tokio::test]
async fn a_key_that_comes_from_an_authorizer_comes_from_nowhere_else() {
    let site = Plan { api_key_source: ApiKeySource::Authorizer, ..keyed() }.start();
    assert_eq!(told(&send(&site, "/prod/pets", GOOD).await), FORBIDDEN);
    assert!(words(&site).await.contains("brings none"));
}

/// An API whose authorizer finds a key for its callers, and whose authorizer's function may be invoked.
fn keyed_by_authorizer(key: Option<&str>) -> Plan {
    let mut output = grant(&json!([invoke("Allow", "*")]));
    if let Some(key) = key {
        output["usageIdentifierKey"] = json!(key);
    }
    let script = Script::answering(&output);
    let identity = Identity::token("method.request.header.Authorization", None).expect("a header");
    let people = |snapshot: &mut Snapshot| {
        keys(snapshot);
        put(snapshot, "auth", Some(json!([permission("arn:aws:execute-api:*:*:a1b2c3d4e5/authorizers/auth01")])));
    };
    Plan {
        api_key_source: ApiKeySource::Authorizer,
        authorization: authorizer(identity, 300),
        runner: script as _,
        people,
        ..keyed()
    }
}

#[tokio::test]
async fn a_key_that_the_authorizer_names_is_metered_like_any_other() {
    // What the client sends as a key counts for nothing, and the authorizer's answer counts for as long as it is kept.
    let headers = format!("Authorization: abc\r\nx-api-key: {GOOD}\r\n");
    for (key, expected) in [
        (Some(GOOD), [200, 200, 200, 200]),
        (Some(COUNTED), [200, 200, 200, 429]),
        (Some(LIMITED), [200, 200, 429, 429]),
        (Some(DISABLED), [403; 4]),
        (Some("nonsense"), [403; 4]),
        (Some(""), [403; 4]),
        (None, [403; 4]),
    ] {
        let site = keyed_by_authorizer(key).start();
        let mut statuses = Vec::new();
        for _ in 0..4 {
            statuses.push(site.send("GET /prod/pets", &headers, "").await.status.as_u16());
        }
        assert_eq!(statuses, expected, "{key:?}");
    }
}

#[tokio::test]
async fn a_plan_throttles_each_key_over_all_methods() {
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let site = Plan { clock: Arc::<ManualClock>::clone(&clock), ..keyed() }.start();
    assert_eq!(statuses(&site, "/prod/pets", LIMITED, 1).await, [200]);
    assert_eq!(statuses(&site, "/prod/toys", LIMITED, 2).await, [200, 429]);
    let reply = send(&site, "/prod/pets", LIMITED).await;
    assert_eq!(told(&reply), TOO_MANY);
    assert_eq!(reply.header("retry-after"), None, "AWS sends none");
    let words = words(&site).await;
    assert!(words.contains("`limited`, whose API key is `limited`, lets pass 1 a second and 2 at once"), "{words}");
    assert_eq!(statuses(&site, "/prod/pets", GOOD, 5).await, [200; 5], "another key has its own");
    clock.advance(Duration::from_secs(1));
    assert_eq!(statuses(&site, "/prod/pets", LIMITED, 2).await, [200, 429]);
}

#[tokio::test]
async fn a_plan_throttles_one_method_by_itself() {
    let site = keyed().start();
    assert_eq!(statuses(&site, "/prod/pets", METHOD, 2).await, [200, 429]);
    assert!(words(&site).await.contains("the usage plan for this method"));
    assert_eq!(statuses(&site, "/prod/toys", METHOD, 3).await, [200; 3]);
}

#[tokio::test]
async fn a_stage_throttles_each_method_for_all_callers() {
    for (source, name) in [(ThrottleSource::Method, "this method"), (ThrottleSource::Stage, "each method")] {
        let throttle = Some((source, Limit::new(0.001, 2)));
        let site = Plan { throttle, api_key_required: false, ..keyed() }.start();
        assert_eq!(statuses(&site, "/prod/pets", "any", 3).await, [200, 200, 429]);
        assert!(words(&site).await.contains(&format!("the stage for {name}")));
        assert_eq!(statuses(&site, "/prod/toys", "any", 3).await, [200, 200, 429], "another method has its own");
    }
}

#[tokio::test]
async fn an_account_is_throttled_over_everything() {
    let site = Plan { account: Limit::new(0.001, 3), api_key_required: false, ..keyed() }.start();
    assert_eq!(statuses(&site, "/prod/pets", "any", 2).await, [200; 2]);
    assert_eq!(statuses(&site, "/prod/toys", "any", 2).await, [200, 429]);
    assert!(words(&site).await.contains("the throttle of the account lets pass 0.001 a second and 3 at once"));
}

#[tokio::test]
async fn what_a_later_layer_refuses_costs_the_earlier_ones_nothing() {
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let throttle = Some((ThrottleSource::Method, Limit::new(1.0, 1)));
    let site = Plan { clock: Arc::<ManualClock>::clone(&clock), throttle, ..keyed() }.start();
    // The stage lets one pass; the key's two tokens are not spent on what it refuses, nor is the quota.
    assert_eq!(statuses(&site, "/prod/pets", LIMITED, 9).await, [200, 429, 429, 429, 429, 429, 429, 429, 429]);
    assert_eq!(statuses(&site, "/prod/toys", LIMITED, 1).await, [200], "its second token is still there");
    assert_eq!(statuses(&site, "/prod/pets", COUNTED, 5).await, [429; 5]);
    for status in [200, 200, 200] {
        clock.advance(Duration::from_secs(1));
        assert_eq!(statuses(&site, "/prod/pets", COUNTED, 2).await, [status, 429]);
    }
    clock.advance(Duration::from_secs(1));
    assert_eq!(told(&send(&site, "/prod/pets", COUNTED).await), EXCEEDED, "three were counted, and no more");
    assert_eq!(statuses(&site, "/prod/pets", LIMITED, 1).await, [200], "the refused call gave its token back");
}

#[tokio::test]
async fn a_function_is_told_of_the_key_that_a_method_asks_for() {
    let script = Script::answering(&json!({}));
    let people = |snapshot: &mut Snapshot| {
        keys(snapshot);
        permitted(snapshot);
    };
    let site = Plan { api_key_required: true, people, ..served(&script) }.start();
    site.send("GET /prod/x", &format!("x-api-key: {GOOD}\r\n"), "").await;
    let identity = &script.event()["requestContext"]["identity"];
    assert_eq!((&identity["apiKey"], &identity["apiKeyId"]), (&json!(GOOD), &json!("good")));

    let site = Plan { people, ..served(&script) }.start();
    site.send("GET /prod/x", &format!("x-api-key: {GOOD}\r\n"), "").await;
    let identity = &script.event()["requestContext"]["identity"];
    assert_eq!((identity.get("apiKey"), identity.get("apiKeyId")), (None, None));
}
