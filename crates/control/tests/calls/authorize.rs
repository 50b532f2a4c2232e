//! Who may do what: each account its own things, and refusals only to those who may hear them.

use serde_json::json;

use crate::support::{Ask, Key, ONE, TWO, World};

#[tokio::test]
async fn an_account_cannot_reach_what_another_has() {
    let world = World::new().await;
    let other = world.another_account().await;
    let id = world.make_api("pets").await;
    let call = async |ask: Ask| world.send(&ask.signed(&other, base::Clock::now(world.clock.as_ref()))).await;

    let arn = format!("arn%3Aaws%3Aapigateway%3Aeu-west-1%3A%3A%2Frestapis%2F{id}");
    let rename = r#"{"patchOperations":[{"op":"replace","path":"/name","value":"mine"}]}"#;
    for (method, target, body) in [
        ("GET", format!("/restapis/{id}"), ""),
        ("GET", format!("/restapis/{id}/resources"), ""),
        ("GET", format!("/restapis/{id}/stages"), ""),
        ("GET", format!("/tags/{arn}"), ""),
        ("PATCH", format!("/restapis/{id}"), rename),
        ("POST", format!("/restapis/{id}/deployments"), "{}"),
        ("POST", "/restapis".to_owned(), &format!(r#"{{"name":"copy","cloneFrom":"{id}"}}"#)),
        ("PUT", format!("/tags/{arn}"), r#"{"tags":{"a":"b"}}"#),
        ("DELETE", format!("/restapis/{id}"), ""),
    ] {
        let answer = call(Ask::rest(method, &target, body)).await;
        assert_eq!((answer.status, answer.code()), (404, "NotFoundException".to_owned()), "{method} {target}");
    }
    assert_eq!(call(Ask::list()).await.json()["item"], json!([]), "nor see it in a list");

    let own = world.call(Ask::rest("GET", &format!("/restapis/{id}"), "")).await;
    assert_eq!(own.json()["name"], "pets", "nothing has happened to it");
}

#[tokio::test]
async fn records_are_the_account_s_whose_key_signed() {
    let world = World::new().await;
    let other = world.another_account().await;
    world.make_api("pets").await;
    let now = base::Clock::now(world.clock.as_ref());
    assert_eq!(world.send(&Ask::identity().signed(&other, now)).await.element("Account"), TWO);

    let names = |records: Vec<serde_json::Value>| -> Vec<String> {
        records.iter().map(|record| record["eventName"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(names(world.records_of(ONE).await), ["CreateRestApi"]);
    assert_eq!(names(world.records_of(TWO).await), ["GetCallerIdentity"]);
    let seen = world.send(&Ask::lookup().signed(&other, now)).await.json();
    let seen: Vec<&str> =
        seen["Events"].as_array().unwrap().iter().map(|event| event["EventName"].as_str().unwrap()).collect();
    assert_eq!(seen, ["GetCallerIdentity", "CreateAccount"]);
}

#[tokio::test]
async fn a_key_does_not_sign_for_another_account_s_secret() {
    let world = World::new().await;
    let other = world.another_account().await;
    let crossed = Key { id: world.root.id.clone(), secret: other.secret };
    let answer = world.send(&Ask::list().signed(&crossed, base::Clock::now(world.clock.as_ref()))).await;
    assert_eq!(answer.code(), "InvalidSignatureException");
}

#[tokio::test]
async fn what_is_not_enforced_yet_is_told_to_callers_who_are_known_and_to_nobody_else() {
    let world = World::new().await;
    let now = base::Clock::now(world.clock.as_ref());
    for (ask, name, code, unsigned) in [
        (
            Ask::rest("GET", "/vpclinks", ""),
            "GetVpcLinks",
            "BadRequestException",
            "MissingAuthenticationTokenException",
        ),
        (
            Ask::trail("CreateTrail", &json!({"Name": "all"})),
            "CreateTrail",
            "UnsupportedOperationException",
            "MissingAuthenticationTokenException",
        ),
        (Ask::sts("GetFederationToken"), "GetFederationToken", "UnsupportedOperation", "MissingAuthenticationToken"),
    ] {
        let stranger = world.send(&ask).await;
        assert_eq!(stranger.code(), unsigned, "{name}");
        assert!(!stranger.text().contains("refused"), "{name}: {}", stranger.text());
        let wrong = Key { id: world.root.id.clone(), secret: base::Secret::new("x".repeat(40)) };
        let wrong = world.send(&ask.clone().signed(&wrong, now)).await;
        assert!(wrong.code().contains("Signature") && !wrong.text().contains("refused"), "{name}: {}", wrong.text());

        let known = world.call(ask).await;
        assert_eq!((known.status, known.code()), (400, code.to_owned()), "{name}");
        assert!(known.error().1.contains("are refused."), "{name}: {}", known.text());
        let record = world.records().await.pop().unwrap();
        assert_eq!((&record["eventName"], &record["errorCode"]), (&json!(name), &json!(code)));
        assert_eq!(record["userIdentity"]["type"], "Root");
    }
    assert_eq!(world.store.attempts(), 1, "none of it changed anything but the account's own making");
}
