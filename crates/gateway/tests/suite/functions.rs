//! Functions as integrations: what they are told, what their answers become, and who may invoke them.

use std::sync::Arc;
use std::time::Duration;

use base::Timestamp;
use base::clock::ManualClock;
use bytes::Bytes;
use functions::InvokeRefusal;
use gateway::reason::{Integrate, Reason};
use http::StatusCode;
use serde_json::{Value, json};
use snapshot::{
    FunctionIntegration, FunctionInvoker, Integration, Logging, Passthrough, ProxyFunction, Selection, Snapshot,
    Source, Target,
};

use crate::support::functions::{Does, Script, authorizer, call, grant, invoke, permission, put};
use crate::support::{OWNER, Plan, answer, plan};

const SOURCE: &str = "arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/prod/*";

pub(crate) fn permitted(snapshot: &mut Snapshot) {
    put(snapshot, "pets", Some(json!([permission(SOURCE)])));
}

fn proxy(invoker: FunctionInvoker) -> Integration {
    let call = call("pets", "prod/ANY/{proxy+}", invoker);
    Integration::ProxyFunction(ProxyFunction { call, timeout: Duration::from_secs(29) })
}

pub(crate) fn served(script: &Arc<Script>) -> Plan {
    Plan {
        runner: Arc::clone(script) as _,
        people: permitted,
        ..plan(vec![("ANY", "/{proxy+}", proxy(FunctionInvoker::Gateway))])
    }
}

fn script(output: &Value) -> Arc<Script> {
    Script::answering(output)
}

#[tokio::test]
async fn a_proxy_function_is_told_the_whole_request() {
    let script = script(&json!({"statusCode": 201, "body": "made", "headers": {"X-Made": "yes"}}));
    let site = Plan { variables: vec![("v", "w")], ..served(&script) }.start();
    let headers = "User-Agent: curl\r\nX-Tag: a\r\nx-tag: b\r\nX-Forwarded-For: 198.51.100.9\r\nConnection: close\r\n\
                   Authorization: Bearer t\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n";
    let reply = site.send("POST /prod/a/b%20c?q=1&q=2&e=", headers, Bytes::from_static(b"hello")).await;
    assert_eq!((reply.status.as_u16(), reply.text(), reply.header("x-made")), (201, "made", Some("yes")));
    assert!(reply.header("x-amzn-trace-id").is_some() && reply.header("x-amzn-errortype").is_none());
    let event = script.event();
    let context = &event["requestContext"];
    assert_eq!(
        (&event["resource"], &event["path"], &event["httpMethod"]),
        (&json!("/{proxy+}"), &json!("/a/b%20c"), &json!("POST"))
    );
    assert_eq!((&event["headers"]["X-Tag"], &event["multiValueHeaders"]["X-Tag"]), (&json!("b"), &json!(["a", "b"])));
    assert_eq!(event["headers"]["X-Forwarded-For"], "198.51.100.9, 192.0.2.7");
    assert_eq!((&event["headers"]["Authorization"], event["headers"].get("Connection")), (&json!("Bearer t"), None));
    assert_eq!(event["queryStringParameters"], json!({"q": "2", "e": ""}));
    assert_eq!(event["multiValueQueryStringParameters"], json!({"q": ["1", "2"], "e": [""]}));
    assert_eq!((&event["pathParameters"], &event["stageVariables"]), (&json!({"proxy": "a/b c"}), &json!({"v": "w"})));
    assert_eq!((&event["body"], &event["isBase64Encoded"]), (&json!("hello"), &json!(false)));
    for (member, value) in [
        ("apiId", "a1b2c3d4e5"),
        ("accountId", "111122223333"),
        ("stage", "prod"),
        ("path", "/prod/a/b%20c"),
        ("httpMethod", "POST"),
        ("resourcePath", "/{proxy+}"),
        ("protocol", "HTTP/1.1"),
        ("domainName", "a1b2c3d4e5.execute-api.us-east-1.localhost"),
        ("domainPrefix", "a1b2c3d4e5"),
    ] {
        assert_eq!(context[member], value, "{member}");
    }
    assert_eq!(context["requestId"], reply.header("x-amzn-requestid").expect("an id"));
    assert_eq!((&context["identity"]["userAgent"], &context["identity"]["userArn"]), (&json!("curl"), &Value::Null));
    assert_eq!(context.get("authorizer"), None);

    site.get("/prod/x").await;
    let event = script.event();
    for member in ["queryStringParameters", "multiValueQueryStringParameters", "body"] {
        assert_eq!(event[member], Value::Null, "{member}");
    }
}

#[tokio::test]
async fn a_signature_for_us_is_not_handed_to_a_function() {
    let script = script(&json!({}));
    let site = served(&script).start();
    site.send("GET /prod/x", "Authorization: AWS4-HMAC-SHA256 Credential=a\r\n", Bytes::new()).await;
    assert_eq!(script.event()["headers"].get("Authorization"), None);
}

#[tokio::test]
async fn binary_bodies_travel_as_base64() {
    let script =
        script(&json!({"body": "iVBORw==", "isBase64Encoded": true, "headers": {"Content-Type": "image/png"}}));
    let site = Plan { binary_media_types: vec!["image/png"], ..served(&script) }.start();
    let headers = "Content-Type: image/png\r\nAccept: image/png\r\nContent-Length: 4\r\n";
    let reply = site.send("POST /prod/x", headers, Bytes::from_static(b"\x89PNG")).await;
    assert_eq!(&*reply.body, b"\x89PNG");
    assert_eq!((&script.event()["body"], &script.event()["isBase64Encoded"]), (&json!("iVBORw=="), &json!(true)));
    let reply = site.send("POST /prod/x", "Content-Length: 3\r\n", Bytes::from_static(b"\xff\xfea")).await;
    assert_eq!(reply.text(), "iVBORw==", "who does not ask for bytes gets the text");
    assert_eq!(script.event()["body"], "\u{fffd}\u{fffd}a");
    script.now_does(Does::Answer(json!({"body": "no base64!", "isBase64Encoded": true}).to_string().into()));
    let reply = site.send("GET /prod/x", "Accept: image/png\r\n", Bytes::new()).await;
    assert_eq!((reply.status.as_u16(), reply.text()), (500, r#"{"message":"Internal server error"}"#));
}

#[tokio::test]
async fn what_a_function_does_wrong_is_answered_as_aws_answers_it() {
    let script = script(&json!({}));
    let site = served(&script).start();
    let (internal, too_long) = (r#"{"message":"Internal server error"}"#, r#"{"message":"Request Too Long"}"#);
    for (does, status, body) in [
        (Does::Answer(Bytes::from_static(b"null")), 502, internal),
        (Does::Answer(Bytes::from_static(b"\"text\"")), 502, internal),
        (Does::Answer(Bytes::from_static(b"{\"statusCode\":200,\"body\":{}}")), 502, internal),
        (Does::Answer(Bytes::from_static(b"{\"headers\":{\"a\":\"b\\r\\nc: d\"}}")), 502, internal),
        (Does::Answer(Bytes::from(vec![b'{'; 7_000_000])), 502, internal),
        (Does::Fail(json!({"errorMessage": "it broke"})), 502, internal),
        (Does::Fail(json!({"errorMessage": "Unauthorized"})), 502, internal),
        (Does::Refuse(InvokeRefusal::Throttled { limit: 1 }), 500, internal),
        (Does::Refuse(InvokeRefusal::TooLarge { bytes: 7, max: 6 }), 413, too_long),
        (Does::Refuse(InvokeRefusal::Fault { why: "x".to_owned() }), 500, internal),
    ] {
        let shown = format!("{does:?}").chars().take(100).collect::<String>();
        script.now_does(does);
        let reply = site.get("/prod/x").await;
        assert_eq!((reply.status.as_u16(), reply.text()), (status, body), "{shown}");
    }
}

#[tokio::test]
async fn a_function_that_takes_too_long_is_given_up() {
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let script = Script::new(Does::Hang);
    let site = Plan { clock: Arc::clone(&clock) as _, ..served(&script) }.start();
    let later = async {
        while script.count() == 0 {
            tokio::task::yield_now().await;
        }
        clock.advance(Duration::from_secs(29));
    };
    let (reply, ()) = tokio::join!(site.get("/prod/x"), later);
    assert_eq!((reply.status.as_u16(), reply.text()), (504, r#"{"message":"Endpoint request timed out"}"#));
}

#[tokio::test]
async fn without_a_permission_no_function_is_invoked() {
    type People = fn(&mut Snapshot);
    let nothing: People = |_| {};
    let closed: People = |snapshot| put(snapshot, "pets", None);
    let other: People = |snapshot| {
        let source = SOURCE.replace("/prod/", "/dev/");
        put(snapshot, "pets", Some(json!([permission(&source)])));
    };
    let stranger: People = |snapshot| {
        let mut statement = permission(SOURCE);
        statement["Principal"] = json!({"Service": "s3.amazonaws.com"});
        put(snapshot, "pets", Some(json!([statement])));
    };
    let denied: People = |snapshot| {
        let mut statement = permission(SOURCE);
        statement["Effect"] = json!("Deny");
        put(snapshot, "pets", Some(json!([permission(SOURCE), statement])));
    };
    let account: People = |snapshot| {
        let mut statement = permission(SOURCE);
        statement["Condition"] = json!({"StringEquals": {"AWS:SourceAccount": "999999999999"}});
        put(snapshot, "pets", Some(json!([statement])));
    };
    for people in [nothing, closed, other, stranger, denied, account] {
        let script = script(&json!({}));
        let logging = Logging { errors: true, info: false, payloads: false };
        let site = Plan { logging, people, ..served(&script) }.start();
        let reply = site.get("/prod/x").await;
        assert_eq!((reply.status.as_u16(), reply.text()), (500, r#"{"message":"Internal server error"}"#));
        assert_eq!(script.count(), 0, "it is not invoked");
        let lines = site.records.lines("execution/").await;
        let words = "Execution failed due to configuration error: Invalid permissions on Lambda function";
        assert!(lines.iter().any(|line| line.contains(words)), "{lines:?}");
        let trail = site.records.trail().await;
        let told = trail
            .entries
            .iter()
            .any(|entry| matches!(&entry.reason, Reason::Integrate(Integrate::FunctionNotInvoked { .. })));
        assert!(told, "{:?}", trail.entries);
    }
}

/// A role of this account, whom it trusts and what it may.
fn with_role(snapshot: &mut Snapshot, name: &str, trusts: &str, policy: &Value) {
    let document = |statement: &Value| json!({"Version": "2012-10-17", "Statement": statement}).to_string();
    let named = |kind, text: &str| {
        let policy = policy::Policy::parse(text, kind).expect("a sound policy");
        snapshot::NamedPolicy { name: "policy".into(), policy }
    };
    let trust = json!({"Effect": "Allow", "Principal": {"Service": trusts}, "Action": "sts:AssumeRole"});
    let key = snapshot::Name::new(crate::support::scope(OWNER).account, name);
    let role = snapshot::Role {
        arn: format!("arn:aws:iam::{OWNER}:role/{name}").into(),
        id: "AROA1".into(),
        tags: Box::default(),
        trust: named(policy::Kind::Trust, &document(&trust)),
        trusted_sessions: Box::default(),
        policies: snapshot::Policies {
            inline: Box::new([named(policy::Kind::Identity, &document(policy))]),
            attached: Box::default(),
        },
        boundary: None,
        max_session_s: 3600,
        name: key.clone(),
    };
    snapshot.roles.insert(key, Arc::new(role));
}

#[tokio::test]
async fn a_role_invokes_what_it_may_where_it_trusts_api_gateway() {
    type People = fn(&mut Snapshot);
    const MAY: &str = r#"{"Effect":"Allow","Action":"lambda:InvokeFunction","Resource":"*"}"#;
    fn parsed(text: &str) -> Value {
        serde_json::from_str(text).expect("JSON")
    }
    let good: People = |snapshot| {
        put(snapshot, "pets", None);
        with_role(snapshot, "invoke", "apigateway.amazonaws.com", &parsed(MAY));
    };
    let untrusting: People = |snapshot| {
        put(snapshot, "pets", None);
        with_role(snapshot, "invoke", "lambda.amazonaws.com", &parsed(MAY));
    };
    let powerless: People = |snapshot| {
        put(snapshot, "pets", None);
        with_role(
            snapshot,
            "invoke",
            "apigateway.amazonaws.com",
            &parsed(&MAY.replace("InvokeFunction", "GetFunction")),
        );
    };
    let denied: People = |snapshot| {
        let mut deny = permission(SOURCE);
        deny["Effect"] = json!("Deny");
        deny["Principal"] = json!("*");
        put(snapshot, "pets", Some(json!([deny])));
        with_role(snapshot, "invoke", "apigateway.amazonaws.com", &parsed(MAY));
    };
    let gone: People = |snapshot| put(snapshot, "pets", Some(json!([permission(SOURCE)])));
    for (people, status) in [(good, 200), (untrusting, 500), (powerless, 500), (denied, 500), (gone, 500)] {
        let script = script(&json!({}));
        let role = FunctionInvoker::Role(format!("arn:aws:iam::{OWNER}:role/invoke").into());
        let site = Plan { people, routes: vec![("ANY", "/{proxy+}", proxy(role))], ..served(&script) }.start();
        assert_eq!(site.get("/prod/x").await.status.as_u16(), status);
        assert_eq!(script.count(), usize::from(status == 200));
    }
}

#[tokio::test]
async fn callers_permissions_count_only_where_somebody_signed() {
    let script = script(&json!({}));
    let plan = Plan { routes: vec![("ANY", "/{proxy+}", proxy(FunctionInvoker::Caller))], ..served(&script) };
    let site = plan.start();
    assert_eq!((site.get("/prod/x").await.status, script.count()), (StatusCode::INTERNAL_SERVER_ERROR, 0));
}

#[tokio::test]
async fn an_alias_shares_its_calls_by_weight() {
    let script = script(&json!({}));
    let function =
        snapshot::FunctionArn::parse("arn:aws:lambda:us-east-1:111122223333:function:pets:live").expect("good");
    let call = function.call(SOURCE.replace('*', "GET/x").into(), FunctionInvoker::Gateway);
    let proxy = Integration::ProxyFunction(ProxyFunction { call, timeout: Duration::from_secs(29) });
    let site = Plan { routes: vec![("GET", "/x", proxy)], ..served(&script) }.start();
    for _ in 0..200 {
        assert_eq!(site.get("/prod/x").await.status, StatusCode::OK);
    }
    let versions = script.versions();
    let second = versions.iter().filter(|version| ***version == *"2").count();
    assert!(versions.iter().all(|version| matches!(&**version, "1" | "2")) && (60..140).contains(&second), "{second}");
}

#[tokio::test]
async fn a_proxy_function_is_told_what_the_authorizer_said() {
    let mut said = grant(&json!([invoke("Allow", "*")]));
    said["context"] = json!({"tenant": "t1", "level": 3, "admin": true});
    let script = Script::answering(&said);
    let people: fn(&mut Snapshot) = |snapshot| {
        permitted(snapshot);
        put(snapshot, "auth", Some(json!([permission("*")])));
    };
    let identity = snapshot::Identity::token("method.request.header.Authorization", None).expect("good");
    let site = Plan { authorization: authorizer(identity, 300), people, ..served(&script) }.start();
    // The first question is the authorizer's; its answer is no answer of a proxy function.
    let reply = site.send("GET /prod/x", "Authorization: abc\r\n", Bytes::new()).await;
    assert_eq!(reply.status.as_u16(), 502);
    let authorizer = script.event()["requestContext"]["authorizer"].clone();
    for (key, value) in [("principalId", "me"), ("tenant", "t1"), ("level", "3"), ("admin", "true")] {
        assert_eq!(authorizer[key], value, "{authorizer}");
    }
    assert!(authorizer["integrationLatency"].is_number());
}

fn mapped(templates: &[(&str, &str)], passthrough: Passthrough) -> FunctionIntegration {
    let pattern = |text: &str| regex::Regex::new(&format!("^(?:{text})$")).expect("sound");
    FunctionIntegration {
        call: call("pets", "prod/ANY/{proxy+}", FunctionInvoker::Gateway),
        timeout: Duration::from_secs(29),
        parameters: Vec::new(),
        templates: templates.iter().map(|(media, text)| (Arc::from(*media), Arc::from(*text))).collect(),
        passthrough,
        selection: Selection {
            patterns: vec![(pattern("Not found: .*"), answer(404, Some(r#"{"gone":true}"#)))],
            default: Some(answer(200, None)),
        },
    }
}

#[tokio::test]
async fn a_mapped_function_gets_the_body_or_the_template() {
    let script = script(&json!({"pets": []}));
    let with = |templates: &[(&str, &str)], passthrough| {
        let routes = vec![("ANY", "/{proxy+}", Integration::Function(mapped(templates, passthrough)))];
        Plan { routes, ..served(&script) }.start()
    };
    let site = with(&[], Passthrough::WhenNoMatch);
    let json_body = |text: &'static str| Bytes::from_static(text.as_bytes());
    let reply = site.send("POST /prod/x", "Content-Length: 7\r\n", json_body(r#"{"a":1}"#)).await;
    assert_eq!((reply.status.as_u16(), reply.text(), script.event()), (200, r#"{"pets":[]}"#, json!({"a": 1})));
    site.get("/prod/x").await;
    assert_eq!(script.event(), json!({}));
    let reply = site.send("POST /prod/x", "Content-Length: 4\r\n", json_body("text")).await;
    assert_eq!((reply.status.as_u16(), script.count()), (400, 2), "what is no JSON is no event");
    let site = with(&[("application/json", r#"{"fixed":1}"#)], Passthrough::Never);
    site.send("POST /prod/x", "Content-Length: 7\r\n", json_body(r#"{"a":1}"#)).await;
    assert_eq!(script.event(), json!({"fixed": 1}));
    let reply = site.send("POST /prod/x", "Content-Type: text/xml\r\nContent-Length: 1\r\n", json_body("x")).await;
    assert_eq!((reply.status.as_u16(), script.count()), (415, 3));
}

#[tokio::test]
async fn a_failure_selects_the_answer_by_its_message() {
    let script = script(&json!({}));
    let mut integration = mapped(&[], Passthrough::WhenNoMatch);
    integration.selection.default = None;
    let routes = vec![("ANY", "/{proxy+}", Integration::Function(integration))];
    let site = Plan { routes, ..served(&script) }.start();
    script.now_does(Does::Fail(json!({"errorMessage": "Not found: 7"})));
    let reply = site.get("/prod/x").await;
    assert_eq!((reply.status.as_u16(), reply.text()), (404, r#"{"gone":true}"#));
    for does in [Does::Fail(json!({"errorMessage": "other"})), Does::Answer(Bytes::from_static(b"{}"))] {
        script.now_does(does);
        let reply = site.get("/prod/x").await;
        assert_eq!((reply.status.as_u16(), reply.text()), (500, r#"{"message":"Internal server error"}"#));
    }
}

#[tokio::test]
async fn an_invocation_type_is_one_of_two() {
    let script = script(&json!({}));
    for (value, status) in [("RequestResponse", 200), ("DryRun", 400), ("", 400)] {
        let mut integration = mapped(&[], Passthrough::WhenNoMatch);
        let target = Target::Header("x-amz-invocation-type".parse().expect("a name"));
        integration.parameters = vec![(target, Source::Static(value.into()))];
        let routes = vec![("ANY", "/{proxy+}", Integration::Function(integration))];
        let site = Plan { routes, ..served(&script) }.start();
        assert_eq!(site.get("/prod/x").await.status.as_u16(), status, "{value}");
    }
}

#[tokio::test]
async fn an_event_is_taken_and_run_later() {
    let script = script(&json!({"ran": true})).closed();
    let mut integration = mapped(&[], Passthrough::WhenNoMatch);
    let target = Target::Header("x-amz-invocation-type".parse().expect("a name"));
    integration.parameters = vec![(target, Source::Static("Event".into()))];
    integration.selection.default = Some(answer(202, None));
    let routes = vec![("ANY", "/{proxy+}", Integration::Function(integration))];
    let site = Plan { routes, ..served(&script) }.start();
    let reply = site.send("POST /prod/x", "Content-Length: 7\r\n", Bytes::from_static(br#"{"a":1}"#)).await;
    assert_eq!((reply.status.as_u16(), reply.text()), (202, ""), "nobody waits for the function");
    while script.count() == 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(script.event(), json!({"a": 1}));
}
