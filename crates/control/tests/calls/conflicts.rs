//! Writers at once: nobody's update is lost, and a storm of conflicts has an end.

use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::json;
use tokio::sync::Barrier;

use crate::support::{Ask, Commits, World};

fn replace(id: &str, path: &str, value: &str) -> Ask {
    let patch = json!({"patchOperations": [{"op": "replace", "path": path, "value": value}]});
    Ask::rest("PATCH", &format!("/restapis/{id}"), &patch.to_string())
}

/// The next two commits meet: both have read before either writes.
fn meet(world: &World) {
    world.store.commits(Commits::Meet(Arc::new(Barrier::new(2)), 2));
}

#[tokio::test]
async fn two_writers_of_one_api_both_succeed_and_nothing_is_lost() {
    let world = World::new().await;
    let id = world.make_api("pets").await;
    let before = world.store.attempts();
    meet(&world);
    let (one, two) = tokio::join!(
        world.call(replace(&id, "/name", "cats")),
        world.call(replace(&id, "/description", "all of them"))
    );
    assert_eq!((one.status, two.status), (200, 200), "{} {}", one.text(), two.text());
    assert_eq!(world.store.attempts() - before, 3, "one of them had to begin anew");
    let api = world.call(Ask::rest("GET", &format!("/restapis/{id}"), "")).await.json();
    assert_eq!((&api["name"], &api["description"]), (&json!("cats"), &json!("all of them")));
    assert_eq!(world.records().await.len(), 4, "each call has left one record");
}

#[tokio::test]
async fn of_two_who_make_the_same_thing_one_is_told_that_it_is_there() {
    let world = World::new().await;
    let id = world.make_api("pets").await;
    let resources = world.call(Ask::rest("GET", &format!("/restapis/{id}/resources"), "")).await.json();
    let root = resources["item"][0]["id"].as_str().unwrap();
    let make = Ask::rest("POST", &format!("/restapis/{id}/resources/{root}"), r#"{"pathPart":"cats"}"#);
    meet(&world);
    let (one, two) = tokio::join!(world.call(make.clone()), world.call(make));
    let (made, refused) = if one.status == 201 { (one, two) } else { (two, one) };
    assert_eq!((made.status, refused.status), (201, 409), "{}", refused.text());
    assert_eq!(refused.code(), "ConflictException");
    let resources = world.call(Ask::rest("GET", &format!("/restapis/{id}/resources"), "")).await.json();
    assert_eq!(resources["item"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn who_changes_what_another_has_deleted_is_told_that_it_is_gone() {
    let world = World::new().await;
    let id = world.make_api("pets").await;
    meet(&world);
    let (deleted, changed) = tokio::join!(
        world.call(Ask::rest("DELETE", &format!("/restapis/{id}"), "")),
        world.call(replace(&id, "/name", "cats"))
    );
    assert_eq!(deleted.status, 202);
    assert!(changed.status == 200 || changed.code() == "NotFoundException", "{}", changed.text());
    let after = world.call(Ask::rest("GET", &format!("/restapis/{id}"), "")).await;
    assert_eq!(after.status, 404, "whoever was first, it does not come back");
}

#[tokio::test]
async fn many_writers_of_one_api_lose_nothing() {
    let world = World::new().await;
    let id = world.make_api("pets").await;
    let arn = format!("arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Frestapis%2F{id}");
    let tag =
        |number: u32| Ask::rest("PUT", &format!("/tags/{arn}"), &format!(r#"{{"tags":{{"tag{number}":"{number}"}}}}"#));
    let answers = join_all((0..16).map(|number| world.call(tag(number)))).await;
    assert!(answers.iter().all(|answer| answer.status == 204), "{:?}", answers[0]);
    let tags = world.call(Ask::rest("GET", &format!("/restapis/{id}"), "")).await.json();
    assert_eq!(tags["tags"].as_object().unwrap().len(), 16, "{tags}");
}

#[tokio::test]
async fn a_storm_of_conflicts_ends_with_a_request_to_come_back() {
    let world = World::new().await;
    let id = world.make_api("pets").await;
    let before = world.store.attempts();
    world.store.commits(Commits::Conflict);
    let answer = world.call(replace(&id, "/name", "cats")).await;
    let expected = ("TooManyRequestsException".to_owned(), "other writers were faster; please try again".to_owned());
    assert_eq!((answer.status, answer.error()), (429, expected));
    let tried = world.store.attempts() - before;
    assert!((2..=100).contains(&tried), "{tried}");
    let record = world.records().await.pop().unwrap();
    assert_eq!(
        (&record["eventName"], &record["errorCode"]),
        (&json!("UpdateRestApi"), &json!("TooManyRequestsException"))
    );
    world.store.commits(Commits::Whole);
    assert_eq!(world.call(replace(&id, "/name", "cats")).await.status, 200);
}
