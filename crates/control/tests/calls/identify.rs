//! Which operation a call is for, told by its target header, its credential scope or its own shape.

use http::HeaderValue;
use serde_json::json;

use crate::support::{Answer, Ask, JSON, World};

/// The event source and name of the newest record.
async fn newest(world: &World) -> (String, String) {
    let record = world.records().await.pop().unwrap();
    (record["eventSource"].as_str().unwrap().to_owned(), record["eventName"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn the_credential_scope_finds_the_service() {
    let world = World::new().await;
    for (ask, source, name) in [
        (Ask::list(), "apigateway.amazonaws.com", "GetRestApis"),
        (Ask::rest("GET", "/account", ""), "apigateway.amazonaws.com", "GetAccount"),
        (Ask::identity(), "sts.amazonaws.com", "GetCallerIdentity"),
    ] {
        let answer = world.call(ask).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(newest(&world).await, (source.to_owned(), name.to_owned()));
    }
}

#[tokio::test]
async fn both_of_cloudtrails_prefixes_find_it() {
    let world = World::new().await;
    for prefix in ["com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101", "CloudTrail_20131101"] {
        let ask = Ask::lookup().with("x-amz-target", &format!("{prefix}.LookupEvents"));
        let answer = world.call(ask).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, Some(JSON)), "{}", answer.text());
        assert_eq!(newest(&world).await, ("cloudtrail.amazonaws.com".to_owned(), "LookupEvents".to_owned()));
    }
}

#[tokio::test]
async fn a_query_call_may_name_its_action_in_the_url() {
    let world = World::new().await;
    let ask = Ask::rest("GET", "/?Action=GetCallerIdentity&Version=2011-06-15", "").for_service("sts");
    assert_eq!(world.call(ask.clone()).await.element("Account"), "111111111111");
    let presigned = ask.presigned(&world.root, base::Clock::now(world.clock.as_ref()), 60);
    assert_eq!(world.send(&presigned).await.element("Arn"), "arn:aws:iam::111111111111:root");
}

#[tokio::test]
async fn an_unsigned_call_is_refused_in_the_protocol_of_its_shape() {
    let world = World::new().await;
    for (ask, code, source, name) in [
        (Ask::list(), "MissingAuthenticationTokenException", "apigateway.amazonaws.com", "GetRestApis"),
        (Ask::lookup(), "MissingAuthenticationTokenException", "cloudtrail.amazonaws.com", "LookupEvents"),
        (Ask::identity(), "MissingAuthenticationToken", "sts.amazonaws.com", "GetCallerIdentity"),
        (Ask::sts("AssumeRole"), "MissingAuthenticationToken", "sts.amazonaws.com", "AssumeRole"),
        (Ask::sts("Nothing"), "MissingAuthenticationTokenException", "portcullis.amazonaws.com", "UnknownOperation"),
        (
            Ask::rest("GET", "/nowhere", ""),
            "MissingAuthenticationTokenException",
            "portcullis.amazonaws.com",
            "UnknownOperation",
        ),
    ] {
        let answer = world.send(&ask).await;
        let status = if answer.header("content-type") == Some(JSON) { 400 } else { 403 };
        let expected = (status, (code.to_owned(), "Missing Authentication Token".to_owned()));
        assert_eq!((answer.status, answer.error()), expected);
        assert_eq!(newest(&world).await, (source.to_owned(), name.to_owned()));
    }
}

async fn check_unknown(world: &World, ask: Ask, status: u16, code: &str, message: &str) -> Answer {
    let answer = world.call(ask).await;
    assert_eq!((answer.status, answer.error()), (status, (code.to_owned(), message.to_owned())));
    answer
}

#[tokio::test]
async fn what_is_not_known_is_refused_by_name() {
    let world = World::new().await;
    let unknown = "UnknownOperationException";
    let ask = Ask::list().for_service("dynamodb");
    check_unknown(&world, ask, 404, unknown, "the service `dynamodb` is not served here").await;
    let ask = Ask::lookup().with("x-amz-target", "DynamoDB_20120810.ListTables");
    check_unknown(&world, ask, 404, unknown, "the service `DynamoDB_20120810` is not served here").await;
    let ask = Ask::lookup().with("x-amz-target", "LookupEvents");
    check_unknown(&world, ask, 404, unknown, "the service `` is not served here").await;
    check_unknown(&world, Ask::trail("Nothing", &json!({})), 404, unknown, "the operation `Nothing` is not known")
        .await;
    check_unknown(&world, Ask::sts("Nothing"), 400, "InvalidAction", "Could not find operation Nothing").await;
    for (method, path) in [("GET", "/nowhere"), ("HEAD", "/restapis"), ("OPTIONS", "/restapis"), ("BREW", "/restapis")]
    {
        let message = format!("the operation `{method} {path}` is not known");
        check_unknown(&world, Ask::rest(method, path, ""), 404, unknown, &message).await;
    }
    let long = format!("/{}", "x".repeat(5_000));
    let answer = world.call(Ask::rest("GET", &long, "")).await;
    assert!(answer.len() < 400, "only the beginning is repeated: {}", answer.len());
}

#[tokio::test]
async fn verbs_that_nothing_answers_are_refused_without_a_signature_too() {
    let world = World::new().await;
    for method in ["HEAD", "OPTIONS", "TRACE", "BREW"] {
        let answer = world.send(&Ask::rest(method, "/restapis", "")).await;
        assert_eq!((answer.status, answer.code()), (403, "MissingAuthenticationTokenException".to_owned()), "{method}");
    }
}

#[tokio::test]
async fn a_target_header_decides_and_a_signature_for_another_service_does_not_fit_it() {
    let world = World::new().await;
    for service in ["apigateway", "sts", "portcullis"] {
        let answer = world.call(Ask::lookup().for_service(service)).await;
        let message = "Credential should be scoped to correct service: 'cloudtrail'. ".to_owned();
        let expected = (400, ("InvalidSignatureException".to_owned(), message));
        assert_eq!((answer.status, answer.error()), expected, "{service}");
    }
    // A REST call cannot be turned into another service's either.
    let ask = Ask::list().with("x-amz-target", "CloudTrail_20131101.LookupEvents");
    assert_eq!(world.call(ask).await.code(), "InvalidSignatureException");
}

#[tokio::test]
async fn every_error_names_its_request_and_the_json_protocols_its_type() {
    let world = World::new().await;
    let mut no_text = Ask::list();
    no_text.headers.insert("x-amz-target", HeaderValue::from_bytes(b"\xff").unwrap());
    for ask in [Ask::list(), Ask::lookup(), Ask::identity(), Ask::rest("GET", "/nowhere", ""), no_text] {
        let answer = world.send(&ask).await;
        let id = answer.header("x-amzn-requestid").unwrap().to_owned();
        let record = world.records().await.pop().unwrap();
        assert_eq!(record["requestID"], id.as_str());
        assert_eq!(record["errorCode"], answer.code());
        match answer.header("content-type") {
            Some("text/xml") => assert_eq!(answer.element("RequestId"), id),
            _ => assert!(answer.header("x-amzn-errortype").is_some()),
        }
        assert_eq!(answer.revision(), 1, "every answer names the revision that is served");
    }
}
