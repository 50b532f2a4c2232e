//! What an invocation hands over, and how each end of it is answered.

use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use operation::testing::{ACCOUNT, FOREIGN, World};
use operation::{AuthorizerTest, AuthorizerTested, DataPlane, Explanation, WhatIf};
use serde_json::{Value as Json, json};

use super::*;
use crate::testing::{arn, bytes, call, world};

/// Answers what it is told.
#[derive(Debug)]
struct Script {
    answer: Result<Invoked, NotInvoked>,
    asked: Mutex<Option<FunctionCall>>,
}

impl DataPlane for Script {
    fn explain(&self, _: &[u8]) -> Result<Explanation, String> {
        Err(String::new())
    }

    fn what_if(&self, _: WhatIf) -> BoxFuture<'_, Result<Explanation, String>> {
        Box::pin(async { Err(String::new()) })
    }

    fn test_authorizer(&self, _: AuthorizerTest) -> BoxFuture<'_, Result<AuthorizerTested, String>> {
        Box::pin(async { Err(String::new()) })
    }

    fn invoke(&self, asked: FunctionCall) -> BoxFuture<'_, Result<Invoked, NotInvoked>> {
        *self.asked.lock().unwrap() = Some(asked);
        Box::pin(async { self.answer.clone() })
    }

    fn is_configured(&self, _: &Scope, function: &str) -> bool {
        function == "configured"
    }
}

async fn scripted(answer: Result<Invoked, NotInvoked>) -> (World, Arc<Script>) {
    let script = Arc::new(Script { answer, asked: Mutex::default() });
    let mut world = world().await;
    world.ports.data_plane = Arc::<Script>::clone(&script);
    (world, script)
}

fn ran() -> Invoked {
    Invoked {
        payload: Bytes::from_static(b"[1]"),
        error: None,
        version: Some("$LATEST".to_owned()),
        log_tail: Bytes::from_static(b"END"),
    }
}

#[tokio::test]
async fn an_event_is_handed_over_and_the_answer_comes_back() {
    let (world, script) = scripted(Ok(ran())).await;
    let context = BASE64.encode(br#"{"client": {"a": "b"}}"#);
    let input = json!({"FunctionName": arn("f"), "Qualifier": "live", "LogType": "Tail", "Payload": bytes(b" {\"a\": 1}"),
        "ClientContext": context});
    let answer = call(&world, "Invoke", input).await.unwrap();
    let expected = json!({"StatusCode": 200, "LogResult": BASE64.encode("END"), "Payload": BASE64.encode("[1]"),
        "ExecutedVersion": "$LATEST"});
    assert_eq!(answer, expected);
    let asked = script.asked.lock().unwrap().clone().unwrap();
    assert_eq!((asked.function.as_str(), asked.qualifier.as_deref()), ("f", Some("live")));
    assert_eq!(
        (&asked.payload[..], asked.client_context.as_deref()),
        (&b" {\"a\": 1}"[..], Some(r#"{"client":{"a":"b"}}"#))
    );
    assert_eq!((asked.scope.account.as_str(), asked.mode), (ACCOUNT, FunctionMode::RequestResponse));
}

#[tokio::test]
async fn whose_function_it_is_the_name_tells() {
    let (world, script) = scripted(Ok(ran())).await;
    let foreign = format!("arn:aws:lambda:eu-west-1:{FOREIGN}:function:f");
    call(&world, "Invoke", json!({"FunctionName": foreign})).await.unwrap();
    let asked = script.asked.lock().unwrap().clone().unwrap();
    assert_eq!((asked.scope.account.as_str(), &asked.payload[..]), (FOREIGN, &b"{}"[..]));
}

#[tokio::test]
async fn a_function_that_failed_is_a_success_that_says_so() {
    let failed = Invoked { error: Some("Unhandled"), ..ran() };
    let (world, _) = scripted(Ok(failed)).await;
    let answer = call(&world, "Invoke", json!({"FunctionName": "f"})).await.unwrap();
    assert_eq!(
        (&answer["StatusCode"], &answer["FunctionError"], answer.get("LogResult")),
        (&json!(200), &json!("Unhandled"), None)
    );
}

#[tokio::test]
async fn whoever_does_not_wait_gets_no_answer() {
    for (kind, status) in [("Event", 202), ("DryRun", 204)] {
        let (world, _) = scripted(Ok(Invoked::default())).await;
        let input = json!({"FunctionName": "f", "InvocationType": kind, "LogType": "Tail"});
        assert_eq!(call(&world, "Invoke", input).await, Ok(json!({"StatusCode": status})));
    }
}

#[tokio::test]
async fn every_refusal_has_the_code_of_aws_and_tells_nothing_of_the_node() {
    let why = || "a path of the node".to_owned();
    for (refusal, code, told) in [
        (NotInvoked::Missing, "ResourceNotFoundException", "Function not found: "),
        (NotInvoked::Throttled { why: "all 5 are taken".to_owned() }, "TooManyRequestsException", "Rate Exceeded"),
        (
            NotInvoked::TooLarge { bytes: 7, max: 6 },
            "RequestTooLargeException",
            "7 byte payload is too large for the RequestResponse",
        ),
        (NotInvoked::Broken { why: "no handler".to_owned() }, "InvalidRuntimeException", "no handler"),
        (NotInvoked::Fault { why: why() }, "ServiceException", "could not be started"),
    ] {
        let (world, _) = scripted(Err(refusal)).await;
        let (found, message) = call(&world, "Invoke", json!({"FunctionName": "f"})).await.unwrap_err();
        assert_eq!(found, code);
        assert!(message.contains(told) && !message.contains(&why()), "{message}");
    }
}

#[tokio::test]
async fn what_is_no_event_is_refused_and_nothing_runs() {
    let (world, script) = scripted(Ok(ran())).await;
    let long = "A".repeat(3584);
    for (bad, code) in [
        (json!({"Payload": bytes(b"{")}), "InvalidRequestContentException"),
        (json!({"Payload": bytes(b"{} {}")}), "InvalidRequestContentException"),
        (json!({"Payload": bytes(&[0xff])}), "InvalidRequestContentException"),
        (json!({"ClientContext": "no base64!"}), "InvalidRequestContentException"),
        (json!({"ClientContext": BASE64.encode("[1]")}), "InvalidRequestContentException"),
        (json!({"ClientContext": BASE64.encode("{\"a\":1}\r\nX: y")}), "InvalidRequestContentException"),
        (json!({"ClientContext": long}), "InvalidRequestContentException"),
        (json!({"InvocationType": "Later"}), "ValidationException"),
        (json!({"LogType": "All"}), "ValidationException"),
        (json!({"TenantId": "t"}), "InvalidParameterValueException"),
        (json!({"DurableExecutionName": "d"}), "InvalidParameterValueException"),
        (json!({"FunctionName": "a/b"}), "ValidationException"),
        (json!({"FunctionName": "f:1", "Qualifier": "2"}), "InvalidParameterValueException"),
    ] {
        let mut input = json!({"FunctionName": "f"});
        input.as_object_mut().unwrap().extend(bad.as_object().unwrap().clone());
        assert_eq!(call(&world, "Invoke", input).await.unwrap_err().0, code, "{bad}");
    }
    assert!(script.asked.lock().unwrap().is_none());
}

#[tokio::test]
async fn a_name_of_the_nodes_own_settings_is_taken() {
    let (world, _) = scripted(Ok(ran())).await;
    let refused: Result<Json, _> = call(&world, "CreateFunction", crate::testing::input("configured", json!({}))).await;
    let (code, message) = refused.unwrap_err();
    assert!(code == "ResourceConflictException" && message.contains("portcullis.toml"), "{message}");
}
