//! LookupEvents over records that calls have left: every attribute, and page after page.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{Ask, World};

async fn look(world: &World, input: &Value) -> Value {
    let answer = world.call(Ask::trail("LookupEvents", input)).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// The names of the events with an attribute, newest first; lookups themselves are left out.
async fn found(world: &World, key: &str, value: &str) -> Vec<String> {
    let attribute = json!({"LookupAttributes": [{"AttributeKey": key, "AttributeValue": value}]});
    let answer = look(world, &attribute).await;
    let names =
        answer["Events"].as_array().unwrap().iter().map(|event| event["EventName"].as_str().unwrap().to_owned());
    names.filter(|name| name != "LookupEvents").collect()
}

#[tokio::test]
async fn events_are_found_by_each_attribute() {
    let world = World::new().await;
    let id = world.make_api("pets").await;
    world.call(Ask::rest("GET", &format!("/restapis/{id}"), "")).await;
    world.call(Ask::identity()).await;
    world.send(&Ask::identity()).await;
    let all = look(&world, &json!({})).await;
    let event = all["Events"].as_array().unwrap().iter().find(|event| event["EventName"] == "CreateRestApi").unwrap();
    let event_id = event["EventId"].as_str().unwrap();
    let key = world.root.id.as_str();
    let both = ["GetRestApi", "CreateRestApi"];
    for (attribute, value, names) in [
        ("EventId", event_id, &["CreateRestApi"][..]),
        ("EventName", "GetRestApi", &["GetRestApi"]),
        ("EventSource", "apigateway.amazonaws.com", &both),
        ("ReadOnly", "false", &["CreateRestApi", "CreateAccount"]),
        ("Username", "root", &["GetCallerIdentity", "GetRestApi", "CreateRestApi"]),
        ("AccessKeyId", key, &["GetCallerIdentity", "GetRestApi", "CreateRestApi"]),
        ("ResourceName", &id, &both),
        ("ResourceType", "AWS::ApiGateway::RestApi", &both),
        ("EventName", "Nothing", &[]),
    ] {
        assert_eq!(found(&world, attribute, value).await, names, "{attribute}={value}");
    }
    let record: Value = serde_json::from_str(event["CloudTrailEvent"].as_str().unwrap()).unwrap();
    assert_eq!((&record["eventID"], &record["responseElements"]["id"]), (&event["EventId"], &json!(id)));
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition() {
    let world = World::new().await;
    for number in 0..7 {
        world.call(Ask::rest("GET", &format!("/restapis/nothing{number}"), "")).await;
        world.clock.advance(Duration::from_secs(u64::from(number % 2 == 0)));
    }
    let attribute = json!([{"AttributeKey": "EventName", "AttributeValue": "GetRestApi"}]);
    let (mut seen, mut token) = (Vec::new(), Value::Null);
    loop {
        let mut input = json!({"LookupAttributes": attribute, "MaxResults": 3});
        if token.is_string() {
            input["NextToken"] = token;
        }
        let page = look(&world, &input).await;
        let events = page["Events"].as_array().unwrap();
        assert!(events.len() <= 3);
        seen.extend(events.iter().map(|event| {
            let record: Value = serde_json::from_str(event["CloudTrailEvent"].as_str().unwrap()).unwrap();
            record["requestParameters"]["restApiId"].as_str().unwrap().to_owned()
        }));
        token = page["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    let newest_first: Vec<String> = (0..7).rev().map(|number| format!("nothing{number}")).collect();
    assert_eq!(seen, newest_first);
}
