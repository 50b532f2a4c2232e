//! Records: one of each call, whole and true, and no answer without it.

use serde_json::{Value, json};

use crate::support::{Ask, Commits, NOON, World};

const FAILURE: &str = "The request processing has failed because of an unknown error, exception or failure.";

#[tokio::test]
async fn a_write_is_recorded_with_its_input_and_output() {
    let world = World::new().await;
    let made = world.call(Ask::rest("POST", "/restapis", r#"{"name":"pets","tags":{"a":"b"}}"#)).await;
    let records = world.records().await;
    assert_eq!(records.len(), 1, "exactly one");
    let record = &records[0];
    for (field, expected) in [
        ("eventVersion", json!("1.11")),
        ("eventTime", json!("2027-01-15T12:00:00Z")),
        ("eventSource", json!("apigateway.amazonaws.com")),
        ("eventName", json!("CreateRestApi")),
        ("awsRegion", json!("eu-west-1")),
        ("sourceIPAddress", json!("10.0.0.1")),
        ("userAgent", json!("aws-cli/2.0")),
        ("requestID", json!(made.header("x-amzn-requestid"))),
        ("readOnly", json!(false)),
        ("eventType", json!("AwsApiCall")),
        ("apiVersion", json!("2015-07-09")),
        ("managementEvent", json!(true)),
        ("recipientAccountId", json!("111111111111")),
        ("eventCategory", json!("Management")),
        ("requestParameters", json!({"name": "pets", "tags": {"a": "b"}})),
    ] {
        assert_eq!(record[field], expected, "{field}");
    }
    let identity = json!({
        "type": "Root",
        "principalId": "111111111111",
        "arn": "arn:aws:iam::111111111111:root",
        "accountId": "111111111111",
        "accessKeyId": world.root.id,
    });
    assert_eq!(record["userIdentity"], identity);
    assert_eq!(record["responseElements"]["id"], made.json()["id"]);
    assert_eq!((record.get("errorCode"), record.get("errorMessage")), (None, None));
    assert_eq!(made.json()["createdDate"].as_f64().map(|time| time as i64), Some(NOON));
}

#[tokio::test]
async fn a_read_is_recorded_without_its_output() {
    let world = World::new().await;
    let id = world.make_api("pets").await;
    for (ask, name) in [
        (Ask::rest("GET", &format!("/restapis/{id}"), ""), "GetRestApi"),
        (Ask::lookup(), "LookupEvents"),
        (Ask::identity(), "GetCallerIdentity"),
    ] {
        let before = world.records().await.len();
        assert_eq!(world.call(ask).await.status, 200);
        let records = world.records().await;
        assert_eq!(records.len(), before + 1, "{name}: exactly one");
        let record = &records[before];
        assert_eq!((&record["eventName"], &record["readOnly"]), (&json!(name), &json!(true)));
        assert_eq!(record["responseElements"], Value::Null, "{name}");
    }
    let records = world.records().await;
    assert_eq!(records[1]["requestParameters"], json!({"restApiId": id}));
    assert_eq!(records[1]["resources"][0]["ARN"], id.as_str(), "{}", records[1]["resources"]);
    assert_eq!(records.last().unwrap()["awsRegion"], "us-east-1", "a service without a region is in us-east-1");
}

#[tokio::test]
async fn a_call_that_fails_is_recorded_with_its_code() {
    let world = World::new().await;
    for (ask, name, code) in [
        (Ask::rest("GET", "/restapis/nothing", ""), "GetRestApi", "NotFoundException"),
        (Ask::rest("POST", "/restapis", "{"), "CreateRestApi", "SerializationException"),
        (Ask::rest("POST", "/restapis", "{}"), "CreateRestApi", "BadRequestException"),
        (Ask::rest("GET", "/nowhere", ""), "UnknownOperation", "UnknownOperationException"),
        (Ask::trail("LookupEvents", &json!({"MaxResults": 51})), "LookupEvents", "InvalidMaxResultsException"),
    ] {
        let before = world.records().await.len();
        let answer = world.call(ask).await;
        assert_eq!(answer.code(), code, "{}", answer.text());
        let records = world.records().await;
        assert_eq!(records.len(), before + 1, "{name}: exactly one");
        let record = &records[before];
        assert_eq!((&record["eventName"], &record["errorCode"]), (&json!(name), &json!(code)));
        assert_eq!(record["errorMessage"], answer.error().1);
        assert_eq!(record["responseElements"], Value::Null);
    }
    assert_eq!(world.store.attempts(), 1, "nothing was written but the account");
}

#[tokio::test]
async fn a_record_of_an_unproven_caller_names_only_the_key_it_claimed() {
    let world = World::new().await;
    let wrong = crate::support::Key { id: world.root.id.clone(), secret: base::Secret::new("x".repeat(40)) };
    world.send(&Ask::list().signed(&wrong, base::Clock::now(world.clock.as_ref()))).await;
    let record = world.records().await.pop().unwrap();
    let identity = json!({"type": "Unknown", "principalId": "Anonymous", "accessKeyId": world.root.id});
    assert_eq!(record["userIdentity"], identity);
    assert_eq!(record["requestParameters"], Value::Null, "what nobody signed was not read");
}

#[tokio::test]
async fn a_write_that_cannot_be_stored_leaves_neither_itself_nor_a_record_of_success() {
    let world = World::new().await;
    world.store.commits(Commits::Fail);
    let answer = world.call(Ask::rest("POST", "/restapis", r#"{"name":"pets"}"#)).await;
    assert_eq!((answer.status, answer.error()), (500, ("InternalFailure".to_owned(), FAILURE.to_owned())));
    world.store.commits(Commits::Whole);
    let records = world.records().await;
    assert_eq!(records.len(), 1);
    assert_eq!((&records[0]["errorCode"], &records[0]["responseElements"]), (&json!("InternalFailure"), &Value::Null));
    assert_eq!(world.call(Ask::list()).await.json()["item"], json!([]));
}

#[tokio::test]
async fn nothing_is_answered_that_cannot_be_recorded() {
    let world = World::new().await;
    let id = world.make_api("pets").await;
    world.store.break_audit(true);
    let by_stranger = Ask::list();
    let read = Ask::rest("GET", &format!("/restapis/{id}"), "").signed(&world.root, now(&world));
    let refused = Ask::rest("GET", "/restapis/nothing", "").signed(&world.root, now(&world));
    let not_enforced = Ask::rest("GET", "/vpclinks", "").signed(&world.root, now(&world));
    for ask in [by_stranger, read, refused, not_enforced] {
        let answer = world.send(&ask).await;
        let expected = (500, ("InternalFailure".to_owned(), FAILURE.to_owned()));
        assert_eq!((answer.status, answer.error()), expected, "{} {}", ask.method, ask.path);
        assert!(!answer.text().contains("pets"), "{}", answer.text());
        assert!(answer.header("x-amzn-requestid").is_some());
    }
    let identity = world.call(Ask::identity()).await;
    assert_eq!((identity.status, identity.code()), (500, "InternalFailure".to_owned()));
    // A write carries its record itself.
    world.make_api("cats").await;
    world.store.break_audit(false);
    let names: Vec<Value> = world.records().await.iter().map(|record| record["eventName"].clone()).collect();
    assert_eq!(names, ["CreateRestApi", "CreateRestApi"]);
}

#[tokio::test]
async fn a_store_that_is_away_fails_calls_and_gives_nothing_away() {
    let world = World::new().await;
    world.store.take_away(true);
    for ask in [Ask::list(), Ask::identity(), Ask::rest("POST", "/restapis", r#"{"name":"pets"}"#)] {
        let answer = world.call(ask).await;
        assert_eq!((answer.status, answer.error().1), (500, FAILURE.to_owned()));
        assert!(!answer.text().contains("away"), "{}", answer.text());
    }
}

#[tokio::test]
async fn ten_failed_authentications_of_an_address_and_minute_are_recorded_and_the_rest_counted() {
    let world = World::new().await;
    for _ in 0..25 {
        assert_eq!(world.send(&Ask::list()).await.status, 403, "all are answered alike");
    }
    assert_eq!((world.records().await.len(), world.control.unrecorded()), (10, 15));
    world.send(&Ask::list().from([10, 0, 0, 2])).await;
    assert_eq!(world.records().await.len(), 11, "another address has its own ten");
    for _ in 0..15 {
        // Calls that are known, and fail, are recorded each.
        assert_eq!(world.call(Ask::rest("GET", "/restapis/nothing", "")).await.status, 404);
    }
    assert_eq!((world.records().await.len(), world.control.unrecorded()), (26, 15));
    world.clock.advance(std::time::Duration::from_mins(1));
    world.send(&Ask::list()).await;
    assert_eq!((world.records().await.len(), world.control.unrecorded()), (27, 15));
}

#[tokio::test]
async fn whatever_a_stranger_gets_wrong_is_bounded() {
    let world = World::new().await;
    for number in 0..40 {
        let ask = match number % 4 {
            0 => Ask::list().with("authorization", "Bearer abc"),
            1 => Ask::list().for_service("dynamodb").signed(&world.root, now(&world)),
            2 => Ask::rest("GET", "/nowhere", ""),
            _ => Ask::sts("Nothing").signed(&world.root, now(&world)),
        };
        assert!(world.send(&ask).await.status >= 400);
    }
    assert_eq!((world.records().await.len(), world.control.unrecorded()), (10, 30));
}

#[tokio::test]
async fn an_operation_that_panics_is_answered_and_recorded_as_a_fault_of_ours() {
    let mut services = crate::support::services();
    services.push(panicking::service());
    let world = World::with(services).await;
    let answer =
        world.call(Ask::rest("POST", "/", "{}").for_service("panicking").with("x-amz-target", "Panicking.Fall")).await;
    assert_eq!((answer.status, answer.error()), (500, ("InternalFailure".to_owned(), FAILURE.to_owned())));
    let record = world.records().await.pop().unwrap();
    assert_eq!((&record["eventName"], &record["errorCode"]), (&json!("Fall"), &json!("InternalFailure")));
    assert_eq!(world.call(Ask::list()).await.status, 200, "others are served as before");
}

fn now(world: &World) -> base::Timestamp {
    base::Clock::now(world.clock.as_ref())
}

/// A service with one operation, which panics.
mod panicking {
    use base::Scope;
    use operation::{Call, Failure, Operation, Registered, Service, Spec};
    use wire::Protocol;

    struct Fall;

    #[derive(Debug, wire::Shape)]
    #[shape(name = "FallRequest")]
    struct Nothing {}

    impl Operation for Fall {
        const SPEC: Spec = Spec::write("Fall", "panicking:Fall");
        type Input = Nothing;
        type Output = Nothing;

        fn resource(_: &Nothing, _: &Scope) -> String {
            "*".to_owned()
        }

        async fn run(_: &Nothing, _: &mut Call<'_>) -> Result<Nothing, Failure> {
            panic!("this operation panics, as its test wants");
        }
    }

    pub(super) fn service() -> Service {
        Service {
            name: "panicking",
            event_source: "panicking.amazonaws.com",
            api_version: "2026-11-01",
            xml_namespace: None,
            protocol: Protocol::Json11,
            targets: &["Panicking"],
            global: false,
            tags: operation::no_tags,
            operations: vec![Registered::of::<Fall>()],
            refused: Vec::new(),
        }
    }
}
