//! Quotas of an account hold however many writers want the last places at once, on either store.

use std::sync::Arc;

use serde_json::{Value, json};
use tests::{Installation, Store};

const KEY: &str = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
/// Usage plans that an account may have in a region.
const PLANS_MAX: usize = 300;
/// Places that are left when everybody asks at once.
const LEFT: usize = 3;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_two_writers_take_the_last_place_of_a_quota() {
    for store in Store::all() {
        let installation = Installation::start(store).await;
        last_places_are_given_once(&installation, &installation).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_do_two_writers_at_two_nodes() {
    let Some(store) = Store::postgres() else { return };
    let store = Arc::new(store);
    let (one, two) = tokio::join!(
        Installation::start_with_key(Arc::clone(&store), KEY),
        Installation::start_with_key(Arc::clone(&store), KEY),
    );
    last_places_are_given_once(&one, &two).await;
}

async fn last_places_are_given_once(one: &Installation, two: &Installation) {
    for number in 0..PLANS_MAX - LEFT {
        one.manage("POST", "/usageplans", &json!({"name": format!("plan-{number}")})).await;
    }
    let body = json!({"name": "last"}).to_string();
    let ask = async |node: &Installation| {
        let answer = node.call("POST", "/usageplans", "application/json", body.as_bytes()).await;
        (answer.status, answer.header("x-amzn-errortype").map(str::to_owned))
    };
    let answers = tokio::join!(ask(one), ask(two), ask(one), ask(two), ask(one), ask(two), ask(one), ask(two));
    let answers: [_; 8] = answers.into();
    let made = answers.iter().filter(|(status, _)| *status == 201).count();
    let full = (429, Some("LimitExceededException".to_owned()));
    assert_eq!(made, LEFT, "{answers:?}");
    assert_eq!(answers.iter().filter(|answer| **answer == full).count(), 8 - LEFT, "{answers:?}");
    let listed = one.manage("GET", "/usageplans?limit=500", &Value::Null).await;
    assert_eq!(listed["item"].as_array().map(Vec::len), Some(PLANS_MAX), "as many as there may be");
}
