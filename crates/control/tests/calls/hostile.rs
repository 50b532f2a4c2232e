//! Any bytes at all: every call is answered, within bounds, and never by a panic or a fault of ours.

use std::net::IpAddr;

use base::Clock as _;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::{Ask, REGION, World, caller};

/// More than any of these small calls may be answered.
const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Texts that lead far into the code beside any text.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        ".{0,64}",
        "[!-~]{0,64}",
        "(/|restapis|resources|stages|%2F|%|[a-z0-9]{1,10}|\\{|\\}|~1){0,8}",
        "(Action=|Version=|&|GetCallerIdentity|AssumeRole|X-Amz-[A-Za-z]{1,12}=|%[0-9a-f]{0,2}|[a-z]{1,5}){0,8}",
    ]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..256),
        "[\\[\\]{}\":,a-z0-9.\\\\-]{0,128}".prop_map(String::into_bytes),
        "(Action=GetCallerIdentity|&|[A-Za-z.0-9]{1,8}=|%[0-9A-F]{2}|x){0,10}".prop_map(String::into_bytes),
        "(openapi: 3.0.1\n|swagger: '2.0'\n|paths:\n|  /a:\n|    get: \\{\\}\n|- x\n|&a|\\*a|\\{|\\[){0,12}"
            .prop_map(String::into_bytes),
    ]
}

fn header_value() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..64),
        "(AWS4-HMAC-SHA256 |Credential=|SignedHeaders=|Signature=|/|,|;|=|AKIA|2027011[45]|host|aws4_request|sts|apigateway){0,14}"
            .prop_map(String::into_bytes),
        "(CloudTrail_20131101|Portcullis_20261101|com.amazonaws|\\.|LookupEvents|FilterRecords){0,4}"
            .prop_map(String::into_bytes),
    ]
}

fn headers() -> impl Strategy<Value = HeaderMap> {
    let name = prop_oneof![
        Just("authorization".to_owned()),
        Just("x-amz-target".to_owned()),
        Just("x-amz-date".to_owned()),
        Just("x-amz-security-token".to_owned()),
        Just("x-amz-content-sha256".to_owned()),
        Just("content-type".to_owned()),
        Just("host".to_owned()),
        Just("user-agent".to_owned()),
        "[a-z-]{1,12}",
    ];
    proptest::collection::vec((name, header_value()), 0..8).prop_map(|pairs| {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_bytes(&value)) {
                headers.append(name, value);
            }
        }
        headers
    })
}

fn method() -> impl Strategy<Value = Method> {
    prop_oneof![
        proptest::sample::select(vec!["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
            .prop_map(str::to_owned),
        "[A-Z]{1,8}",
    ]
    .prop_map(|verb| Method::from_bytes(verb.as_bytes()).unwrap())
}

prop_compose! {
    fn any_ask()(
        method in method(),
        path in text(),
        query in text(),
        headers in headers(),
        body in body(),
        service in proptest::sample::select(vec!["apigateway", "sts", "cloudtrail", "portcullis"]),
        source in any::<u32>(),
    ) -> Ask {
        Ask {
            service: service.to_owned(),
            region: REGION.to_owned(),
            method,
            path: format!("/{path}"),
            query,
            headers,
            body: Bytes::from(body),
            source: IpAddr::from(source.to_be_bytes()),
        }
    }
}

/// Runs `check` for many calls on one world.
fn for_any_ask(strategy: impl Strategy<Value = Ask>, check: &impl AsyncFn(&World, &Ask) -> Result<(), TestCaseError>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(World::new());
    let config = Config { failure_persistence: None, ..Config::with_cases(512) };
    TestRunner::new(config).run(&strategy, |ask| runtime.block_on(check(&world, &ask))).unwrap();
}

#[test]
fn any_call_of_a_stranger_is_refused() {
    for_any_ask(any_ask(), &async |world, ask| {
        let answer = world.send(ask).await;
        prop_assert!((400..500).contains(&answer.status), "{}: {}", answer.status, answer.text());
        prop_assert!(answer.header("x-amzn-requestid").is_some());
        prop_assert!(answer.len() <= ANSWER_BYTES_MAX);
        Ok(())
    });
}

#[test]
fn any_call_of_a_known_caller_is_answered_and_never_a_fault_of_ours() {
    for_any_ask(any_ask(), &async |world, ask| {
        // What would make the signature itself malformed is for strangers.
        let signature = ["authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256", "host"];
        let ask = signature.iter().fold(ask.clone(), |ask, name| ask.without(name));
        let signed = ask.with("host", "127.0.0.1:4566").signed(&world.root, world.clock.now());
        let answer = world.send(&signed).await;
        prop_assert!(answer.status < 500, "{}: {}", answer.status, answer.text());
        prop_assert!(answer.len() <= ANSWER_BYTES_MAX);
        Ok(())
    });
}

#[test]
fn any_body_for_an_operation_that_reads_one_is_answered() {
    let targets = ["/restapis", "/restapis?mode=import", "/restapis?failonwarnings=true&mode=import"];
    let ask = (proptest::sample::select(targets.to_vec()), body()).prop_map(|(target, body)| {
        let mut ask = Ask::rest("POST", target, "");
        ask.body = Bytes::from(body);
        ask.source = caller();
        ask
    });
    for_any_ask(ask, &async |world, ask| {
        let answer = world.call(ask.clone()).await;
        prop_assert!(answer.status < 500, "{}: {}", answer.status, answer.text());
        prop_assert!(answer.len() <= ANSWER_BYTES_MAX);
        Ok(())
    });
}
