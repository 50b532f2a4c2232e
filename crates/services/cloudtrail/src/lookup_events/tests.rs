//! LookupEvents against the embedded store.

use base::id::{AccessKeyId, RequestId};
use base::{AccountId, Region, Scope, Timestamp};
use operation::{Call, Credentials, Failure, Kind, Operation, Ports, Principal, Transaction};
use proptest::prelude::*;
use store_resources::AuditEntry;
use store_sqlite::SqliteStore;
use wire::Shape;

use super::LookupEvents;
use super::shapes::{AttributeKey, EventCategory, Input, LookupAttribute, Output};

struct World {
    ports: Ports,
    _store: SqliteStore,
    _dir: tempfile::TempDir,
}

const NOW: i64 = 1_800_000_000;
const DAY: i64 = 86_400;
const ONE: &str = "111111111111";
const TWO: &str = "222222222222";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn scope(account: &str, region: &str) -> Scope {
    Scope { account: AccountId::parse(account).unwrap(), region: Region::parse(region).unwrap() }
}

fn entry(n: u32, time: Timestamp) -> AuditEntry {
    AuditEntry {
        scope: scope(ONE, "eu-west-1"),
        event_id: format!("id-{n}"),
        time,
        event_name: if n.is_multiple_of(2) { "CreateStage" } else { "GetStages" }.to_owned(),
        event_source: "apigateway.amazonaws.com".to_owned(),
        read_only: n % 2 == 1,
        username: Some("root".to_owned()),
        access_key_id: Some(format!("AKIA{n}")),
        resources: vec![("AWS::ApiGateway::Stage".to_owned(), format!("stage-{n}"))],
        record: format!(r#"{{"eventID":"id-{n}"}}"#),
    }
}

impl World {
    async fn of(entries: Vec<AuditEntry>) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(dir.path()).await.unwrap();
        store.resources().append_audit(entries).await.unwrap();
        let ports = operation::testing::ports(&store, ONE);
        Self { ports, _store: store, _dir: dir }
    }

    async fn ask_in(&self, scope: Scope, input: &Input) -> Result<Output, Failure> {
        let account = scope.account;
        let principal =
            Principal::Root { account, credentials: Credentials::long_term(AccessKeyId::parse("AKIAROOT").unwrap()) };
        let mut call = Call {
            principal: &principal,
            scope,
            request_id: RequestId::random(),
            now: at(NOW),
            tx: Transaction::begin(self.ports.resources.as_ref(), Kind::Read).await.unwrap(),
            ports: &self.ports,
            keys: operation::Keys::new(),
            proven: None,
        };
        LookupEvents::run(input, &mut call).await
    }

    async fn ask(&self, input: &Input) -> Output {
        self.ask_in(scope(ONE, "eu-west-1"), input).await.unwrap()
    }

    async fn ids(&self, input: &Input) -> Vec<String> {
        self.ask(input).await.events.into_iter().map(|event| event.event_id).collect()
    }

    async fn refused(&self, input: &Input) -> &'static str {
        match self.ask_in(scope(ONE, "eu-west-1"), input).await {
            Err(Failure::Api(error)) => error.code,
            other => panic!("{other:?}"),
        }
    }
}

fn by(key: &str, value: &str) -> Input {
    let attribute = LookupAttribute { attribute_key: AttributeKey(key.to_owned()), attribute_value: value.to_owned() };
    Input { lookup_attributes: Some(vec![attribute]), ..Input::default() }
}

fn three() -> Vec<AuditEntry> {
    (1..=3).map(|n| entry(n, at(NOW - 10 + i64::from(n)))).collect()
}

#[tokio::test]
async fn an_event_has_every_member_in_awss_form() {
    let world = World::of(vec![entry(1, at(NOW - 5) + std::time::Duration::from_millis(300))]).await;
    let json = wire::Value::into_json(world.ask(&Input::default()).await.to_value().unwrap());
    let expected = serde_json::json!({"Events": [{
        "EventId": "id-1",
        "EventName": "GetStages",
        "ReadOnly": "true",
        "AccessKeyId": "AKIA1",
        "EventTime": at(NOW - 5).to_string(),
        "EventSource": "apigateway.amazonaws.com",
        "Username": "root",
        "Resources": [{"ResourceType": "AWS::ApiGateway::Stage", "ResourceName": "stage-1"}],
        "CloudTrailEvent": "{\"eventID\":\"id-1\"}",
    }]});
    assert_eq!(json, expected);
}

#[tokio::test]
async fn each_attribute_finds_its_events_and_no_others() {
    let world = World::of(three()).await;
    for (key, value, expected) in [
        ("EventId", "id-2", vec!["id-2"]),
        ("EventName", "GetStages", vec!["id-3", "id-1"]),
        ("EventName", "getstages", vec![]),
        ("ReadOnly", "false", vec!["id-2"]),
        ("Username", "root", vec!["id-3", "id-2", "id-1"]),
        ("ResourceType", "AWS::ApiGateway::Stage", vec!["id-3", "id-2", "id-1"]),
        ("ResourceName", "stage-3", vec!["id-3"]),
        ("EventSource", "sts.amazonaws.com", vec![]),
        ("AccessKeyId", "AKIA1", vec!["id-1"]),
    ] {
        assert_eq!(world.ids(&by(key, value)).await, expected, "{key}={value}");
    }
}

#[tokio::test]
async fn another_account_or_region_sees_nothing() {
    let world = World::of(three()).await;
    for (account, region) in [(TWO, "eu-west-1"), (ONE, "us-east-1"), (ONE, "global")] {
        let output = world.ask_in(scope(account, region), &Input::default()).await.unwrap();
        assert_eq!(output.events, [], "{account} {region}");
    }
}

#[tokio::test]
async fn services_without_a_region_are_in_the_history_of_us_east_1() {
    let abroad = AuditEntry { scope: scope(ONE, "us-east-1"), ..entry(1, at(NOW)) };
    let world = World::of(vec![abroad]).await;
    for region in ["us-east-1", "global"] {
        assert_eq!(world.ask_in(scope(ONE, region), &Input::default()).await.unwrap().events.len(), 1, "{region}");
    }
}

#[tokio::test]
async fn times_bound_the_answer_by_whole_seconds() {
    let late = std::time::Duration::from_millis(900);
    let world =
        World::of(vec![entry(1, at(NOW - 30) + late), entry(2, at(NOW - 20)), entry(3, at(NOW - 10) + late)]).await;
    for (start, end, expected) in [
        (None, None, vec!["id-3", "id-2", "id-1"]),
        (Some(at(NOW - 30) + late + late / 2), None, vec!["id-3", "id-2"]),
        (Some(at(NOW - 30)), Some(at(NOW - 20)), vec!["id-2", "id-1"]),
        (None, Some(at(NOW - 30)), vec!["id-1"]),
        (None, Some(at(NOW - 100 * DAY)), vec![]),
        (Some(at(NOW + DAY)), None, vec![]),
    ] {
        let input = Input { start_time: start, end_time: end, ..Input::default() };
        assert_eq!(world.ids(&input).await, expected, "{start:?} {end:?}");
    }
}

#[tokio::test]
async fn events_older_than_90_days_are_not_told() {
    let world = World::of(vec![entry(1, at(NOW - 91 * DAY)), entry(2, at(NOW - 89 * DAY))]).await;
    let input = Input { start_time: Some(at(0)), ..Input::default() };
    assert_eq!(world.ids(&input).await, ["id-2"]);
}

#[tokio::test]
async fn pages_join_to_the_whole_and_the_last_has_no_token() {
    let entries: Vec<_> = (0..120).map(|n| entry(n, at(NOW - 1_000 + i64::from(n / 7)))).collect();
    let world = World::of(entries).await;
    let (mut seen, mut sizes, mut next_token) = (Vec::new(), Vec::new(), None);
    loop {
        let page = world.ask(&Input { next_token, ..Input::default() }).await;
        sizes.push(page.events.len());
        seen.extend(page.events.into_iter().map(|event| event.event_id));
        next_token = page.next_token;
        if next_token.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [50, 50, 20]);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 120);
}

#[tokio::test]
async fn a_token_goes_with_its_own_query_alone() {
    let world = World::of(three()).await;
    let first = world.ask(&Input { max_results: Some(1), ..by("Username", "root") }).await;
    let token = first.next_token.unwrap();
    let with = |input: Input| Input { next_token: Some(token.clone()), ..input };
    assert_eq!(world.ids(&with(by("Username", "root"))).await, ["id-2", "id-1"]);
    for other in [
        with(by("Username", "other")),
        with(by("EventName", "root")),
        with(Input::default()),
        with(Input { start_time: Some(at(0)), ..by("Username", "root") }),
        Input { next_token: Some(token.replacen('A', "B", 1) + "A"), ..by("Username", "root") },
        Input { next_token: Some(String::new()), ..by("Username", "root") },
    ] {
        assert_eq!(world.refused(&other).await, "InvalidNextTokenException", "{other:?}");
    }
    let stranger = world.ask_in(scope(TWO, "eu-west-1"), &with(by("Username", "root"))).await;
    assert!(matches!(stranger, Err(Failure::Api(error)) if error.code == "InvalidNextTokenException"));
}

#[tokio::test]
async fn what_cannot_be_asked_is_refused_with_awss_code() {
    let world = World::of(Vec::new()).await;
    let two = Input {
        lookup_attributes: Some(
            [by("EventId", "a"), by("EventId", "b")]
                .into_iter()
                .filter_map(|input| input.lookup_attributes)
                .flatten()
                .collect(),
        ),
        ..Input::default()
    };
    let insight = |input: Input| Input { event_category: Some(EventCategory("insight".to_owned())), ..input };
    for (input, code) in [
        (two, "InvalidLookupAttributesException"),
        (by("Colour", "red"), "InvalidLookupAttributesException"),
        (by("EventId", ""), "InvalidLookupAttributesException"),
        (by("EventId", &"x".repeat(2_001)), "InvalidLookupAttributesException"),
        (by("EventId", &"_".repeat(1_001)), "InvalidLookupAttributesException"),
        (by("ReadOnly", "True"), "InvalidLookupAttributesException"),
        (insight(by("Username", "root")), "InvalidLookupAttributesException"),
        (
            Input { event_category: Some(EventCategory("data".to_owned())), ..Input::default() },
            "InvalidEventCategoryException",
        ),
        (Input { start_time: Some(at(5)), end_time: Some(at(4)), ..Input::default() }, "InvalidTimeRangeException"),
        (Input { max_results: Some(0), ..Input::default() }, "InvalidMaxResultsException"),
        (Input { max_results: Some(51), ..Input::default() }, "InvalidMaxResultsException"),
        (Input { max_results: Some(-1), ..Input::default() }, "InvalidMaxResultsException"),
    ] {
        assert_eq!(world.refused(&input).await, code, "{input:?}");
    }
}

#[tokio::test]
async fn insights_are_empty_because_nothing_makes_them() {
    let world = World::of(three()).await;
    let input = Input { event_category: Some(EventCategory("insight".to_owned())), ..by("EventName", "GetStages") };
    assert_eq!(world.ids(&input).await, Vec::<String>::new());
}

proptest! {
    #[test]
    fn no_query_panics(
        key in "[A-Za-z]{0,12}", value in any::<String>(), category in any::<Option<String>>(), limit in any::<Option<i32>>(),
        start in proptest::option::of(Timestamp::MIN.as_second()..=Timestamp::MAX.as_second()),
        end in proptest::option::of(Timestamp::MIN.as_second()..=Timestamp::MAX.as_second()),
    ) {
        let input = Input {
            start_time: start.map(at),
            end_time: end.map(at),
            event_category: category.map(EventCategory),
            max_results: limit,
            ..by(&key, &value)
        };
        if let Ok(query) = super::query::Query::read(&input, at(NOW)) {
            let _ = query.repeated();
            if let Some(filter) = query.filter(&scope(ONE, "eu-west-1"), None) {
                prop_assert!(filter.from <= filter.to && (1..=50).contains(&filter.limit));
            }
        }
    }
}
