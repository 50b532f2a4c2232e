//! What is told of keys and limits: to whoever asks what would happen, and in logs.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use operation::WhatIf;
use operation::data_plane::DataPlane as _;
use snapshot::Logging;

use crate::meter::{COUNTED, ELSEWHERE, GOOD, LIMITED, keyed, send, statuses};
use crate::support::{API, HOST, OWNER, Plan, scope};

#[tokio::test]
async fn a_supposed_call_meets_its_limits_and_touches_no_counter() {
    let plan = keyed();
    let counters = Arc::clone(&plan.counters);
    let explainer = plan.explainer();
    let ask = async |headers: &[(&str, &str)]| {
        let question = WhatIf {
            scope: scope(OWNER),
            caller: None,
            source_ip: "203.0.113.7".parse().expect("an address"),
            method: "GET".to_owned(),
            url: format!("https://{HOST}:8443/prod/pets"),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        };
        explainer.what_if(question).await.expect("it can be asked")
    };
    for _ in 0..10 {
        let answer = ask(&[("x-api-key", COUNTED)]).await;
        assert_eq!(answer.data["allowed"], true, "{}", answer.text);
        assert!(answer.text.contains("quota of 3 a DAY"), "{}", answer.text);
    }
    for _ in 0..10 {
        let answer = ask(&[("x-api-key", LIMITED)]).await;
        assert!(answer.text.contains("throttle of the usage plan: 1 a second, 2 at once"), "{}", answer.text);
    }
    let answer = ask(&[]).await;
    assert_eq!(answer.data["allowed"], false);
    assert!(answer.text.contains("the request brings none") && answer.text.contains("403"), "{}", answer.text);
    assert_eq!(counters.asked.load(Ordering::SeqCst), 0);
}

const FORMAT: &str = "$context.identity.apiKeyId $context.identity.apiKey $context.status $context.error.responseType $context.requestId";

#[tokio::test]
async fn logs_name_the_key_and_never_show_its_value() {
    let logging = Logging { errors: true, info: true, payloads: true };
    let site = Plan { log_format: Some(FORMAT), logging, ..keyed() }.start();
    for (key, lines) in [
        (GOOD, &["Usage Plan check succeeded for API Key ****efghij and API Stage a1b2c3d4e5/prod"][..]),
        (
            ELSEWHERE,
            &[
                "API Key ****where0 not authorized because method 'GET /pets' requires API Key and API Key is not associated \
               with a Usage Plan for API Stage a1b2c3d4e5/prod: No Usage Plan found for key and API Stage",
            ],
        ),
    ] {
        let reply = send(&site, "/prod/pets", key).await;
        let id = reply.header("x-amzn-requestid").expect("an id").to_owned();
        let log = site.records.lines(&format!("execution/{API}/prod")).await;
        let log: Vec<_> = log.iter().filter(|line| line.contains(&id)).collect();
        for line in lines {
            assert!(log.iter().any(|logged| logged.contains(line)), "{line} in {log:#?}");
        }
        assert!(log.iter().all(|line| !line.contains(key)), "{log:#?}");
        assert_eq!(log.iter().any(|line| line.contains("Starting execution")), key == GOOD);
    }
    let lines = site.records.lines(&format!("access/{API}/prod")).await;
    assert!(lines[0].starts_with("good ****efghij 200 - "), "{lines:?}");
    assert!(lines[1].starts_with("elsewhere ****where0 403 INVALID_API_KEY "), "{lines:?}");
}

#[tokio::test]
async fn an_execution_log_tells_limits_as_aws_does() {
    let logging = Logging { errors: true, info: false, payloads: false };
    let site = Plan { logging, ..keyed() }.start();
    statuses(&site, "/prod/pets", LIMITED, 3).await;
    statuses(&site, "/prod/pets", COUNTED, 4).await;
    let log = site.records.lines(&format!("execution/{API}/prod")).await.join("\n");
    for line in [
        "API Key ****d-0000 exceeded throttle limit for API Stage a1b2c3d4e5/prod: Key throttle limit exceeded for Usage \
         Plan ID limited, RestApi a1b2c3d4e5, Stage prod, Resource r0, HttpMethod GET. Limit: 1.00 Burst: 2",
        "API Key ****d-0000 exceeded quota limit for API Stage a1b2c3d4e5/prod: Key quota exhausted for Usage Plan ID \
         counted. Limit: 3 Period: DAY",
    ] {
        assert!(log.contains(line), "{line} in {log}");
    }
}
