//! Lambda authorizers: who is asked, what the answer means, how long it counts, and what everything else is answered.

use std::sync::Arc;
use std::time::Duration;

use base::Timestamp;
use base::clock::ManualClock;
use bytes::Bytes;
use functions::InvokeRefusal;
use gateway::reason::{Authorize, GrantFrom, Reason};
use http::StatusCode;
use serde_json::{Value, json};
use snapshot::{Identity, Integration, Snapshot, Source};

use crate::support::functions::{Does, Script, authorizer, grant, invoke, permission, put};
use crate::support::{OWNER, Plan, Reply, Site, answer, mock, plan};

fn token() -> Identity {
    Identity::token("method.request.header.Authorization", None).expect("a header")
}

fn request(sources: &str) -> Identity {
    Identity::request(sources).expect("sources")
}

fn permitted(snapshot: &mut Snapshot) {
    put(snapshot, "auth", Some(json!([permission("arn:aws:execute-api:*:*:a1b2c3d4e5/authorizers/auth01")])));
}

fn guarded(script: &Arc<Script>, identity: Identity, ttl_s: u64) -> Plan {
    Plan {
        authorization: authorizer(identity, ttl_s),
        runner: Arc::clone(script) as _,
        people: permitted,
        ..plan(vec![("ANY", "/", mock("in")), ("ANY", "/{proxy+}", mock("in"))])
    }
}

async fn with_token(site: &Site, line: &str, token: &str) -> Reply {
    site.send(line, &format!("Authorization: {token}\r\n"), Bytes::new()).await
}

fn all() -> Value {
    grant(&json!([invoke("Allow", "*")]))
}

#[tokio::test]
async fn a_token_is_judged_by_the_function_and_its_policy() {
    let script = Script::answering(&grant(&json!([invoke("Allow", "GET/pets/*"), invoke("Deny", "GET/pets/secret")])));
    let site = guarded(&script, token(), 0).start();
    let reply = with_token(&site, "GET /prod/pets/7?a=b", "Bearer abc").await;
    assert_eq!((reply.status, reply.text()), (StatusCode::OK, "in"));
    assert_eq!(
        script.event(),
        json!({
            "type": "TOKEN", "authorizationToken": "Bearer abc",
            "methodArn": format!("arn:aws:execute-api:us-east-1:{OWNER}:a1b2c3d4e5/prod/GET/pets/7"),
        })
    );
    let denied = "User is not authorized to access this resource with an explicit deny in an identity-based policy";
    let silent = "User is not authorized to access this resource because no identity-based policy allows the \
                  execute-api:Invoke action";
    for (line, message) in
        [("GET /prod/pets/secret", denied), ("GET /prod/dogs", silent), ("POST /prod/pets/7", silent)]
    {
        let reply = with_token(&site, line, "Bearer abc").await;
        assert_eq!(
            (reply.status, reply.text()),
            (StatusCode::FORBIDDEN, &*json!({"Message": message}).to_string()),
            "{line}"
        );
        assert_eq!(reply.header("x-amzn-errortype"), Some("AccessDeniedException"));
    }
}

#[tokio::test]
async fn without_an_identity_nobody_is_asked() {
    let script = Script::answering(&all());
    let unauthorized = |reply: &Reply| {
        assert_eq!((reply.status, reply.text()), (StatusCode::UNAUTHORIZED, r#"{"message":"Unauthorized"}"#));
        assert_eq!(reply.header("x-amzn-errortype"), Some("UnauthorizedException"));
    };
    let pattern = Identity::token("method.request.header.Authorization", Some("Bearer [a-z]+")).expect("good");
    let site = guarded(&script, pattern, 300).start();
    unauthorized(&site.get("/prod").await);
    for token in ["", "Bearer", "Bearer ABC", "Basic abc", "Bearer abc "] {
        let reply = with_token(&site, "GET /prod", token).await;
        if token == "Bearer abc " {
            assert_eq!(reply.status, StatusCode::OK, "blanks around a value are no part of it");
        } else {
            unauthorized(&reply);
        }
    }
    let twice = "Authorization: Bearer abc\r\nauthorization: Bearer abd\r\n";
    unauthorized(&site.send("GET /prod", twice, Bytes::new()).await);
    let asked = script.count();
    let sources = "method.request.header.X-Who,method.request.querystring.key,stageVariables.tenant";
    for ttl_s in [0, 300] {
        let site = Plan { variables: vec![("tenant", "t1")], ..guarded(&script, request(sources), ttl_s) }.start();
        unauthorized(&site.get("/prod?key=1").await);
        unauthorized(&site.send("GET /prod", "X-Who: me\r\n", Bytes::new()).await);
        unauthorized(&site.send("GET /prod?key=", "X-Who: me\r\n", Bytes::new()).await);
        let reply = site.send("GET /prod?key=1", "X-Who: me\r\n", Bytes::new()).await;
        assert_eq!(reply.status, StatusCode::OK);
        let site = guarded(&script, request(sources), ttl_s).start();
        unauthorized(&site.send("GET /prod?key=1", "X-Who: me\r\n", Bytes::new()).await);
    }
    assert_eq!(script.count(), asked + 2);
}

#[tokio::test]
async fn whatever_a_function_does_wrong_lets_nobody_in() {
    let script = Script::answering(&all());
    let site = guarded(&script, token(), 300).start();
    let statements = |count: usize| json!(vec![invoke("Allow", "*"); count]);
    let mut huge = all();
    huge["context"] = json!({"huge": "x".repeat(200_000)});
    let mut nested = all();
    nested["context"] = json!({"a": {"b": 1}});
    let mut anonymous = all();
    anonymous["principalId"] = json!("");
    let broken = |does: Does| {
        (does, StatusCode::INTERNAL_SERVER_ERROR, r#"{"message":null}"#, "AuthorizerConfigurationException")
    };
    let answers = [huge, nested, anonymous, grant(&statements(5_000)), json!(null), json!({}), json!("Allow")];
    let mut cases: Vec<_> = answers.iter().map(|answer| broken(Does::Answer(answer.to_string().into()))).collect();
    cases.push(broken(Does::Answer(Bytes::from(vec![b'x'; 7_000_000]))));
    cases.push(broken(Does::Answer(Bytes::from_static(b"\xff\xfe"))));
    cases.push(broken(Does::Fail(json!({"errorMessage": "unauthorized"}))));
    cases.push(broken(Does::Fail(json!({"errorMessage": "Unauthorized "}))));
    cases.push(broken(Does::Fail(json!({"errorMessage": {"a": "Unauthorized"}}))));
    cases.push(broken(Does::Fail(json!("Unauthorized"))));
    for refusal in [
        InvokeRefusal::Throttled { limit: 1 },
        InvokeRefusal::TooLarge { bytes: 7, max: 6 },
        InvokeRefusal::Broken { why: "x".to_owned() },
        InvokeRefusal::Fault { why: "x".to_owned() },
    ] {
        cases.push(broken(Does::Refuse(refusal)));
    }
    let unauthorized = (StatusCode::UNAUTHORIZED, r#"{"message":"Unauthorized"}"#, "UnauthorizedException");
    let (status, body, kind) = unauthorized;
    cases.push((Does::Fail(json!({"errorMessage": "Unauthorized", "errorType": "Exception"})), status, body, kind));
    for (does, status, body, kind) in cases {
        let shown = format!("{does:?}").chars().take(120).collect::<String>();
        script.now_does(does);
        let reply = with_token(&site, "GET /prod", "abc").await;
        assert_eq!(
            (reply.status, reply.text(), reply.header("x-amzn-errortype")),
            (status, body, Some(kind)),
            "{shown}"
        );
    }
    let before = script.count();
    script.now_does(Does::Answer(all().to_string().into()));
    assert_eq!(with_token(&site, "GET /prod", "abc").await.status, StatusCode::OK, "no failure is kept");
    assert_eq!(script.count(), before + 1);
}

#[tokio::test]
async fn a_function_that_hangs_is_given_up() {
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let script = Script::new(Does::Hang);
    let site = Plan { clock: Arc::clone(&clock) as _, ..guarded(&script, token(), 300) }.start();
    let waiting = with_token(&site, "GET /prod", "abc");
    let later = async {
        while script.count() == 0 {
            tokio::task::yield_now().await;
        }
        clock.advance(Duration::from_secs(29));
    };
    let (reply, ()) = tokio::join!(waiting, later);
    assert_eq!((reply.status.as_u16(), reply.text()), (500, r#"{"message":null}"#));
}

#[tokio::test]
async fn an_answer_counts_for_its_identity_until_its_hour() {
    let clock = Arc::new(ManualClock::new(Timestamp::UNIX_EPOCH));
    let script = Script::answering(&grant(&json!([invoke("Allow", "GET/a")])));
    let site = Plan { clock: Arc::clone(&clock) as _, ..guarded(&script, token(), 300) }.start();
    for (seconds, token, line, status, asked) in [
        (0, "one", "GET /prod/a", 200, 1),
        (0, "one", "GET /prod/a", 200, 1),
        (0, "one", "POST /prod/b", 403, 1),
        (0, "two", "GET /prod/a", 200, 2),
        (299, "one", "GET /prod/a", 200, 2),
        (1, "one", "GET /prod/a", 200, 3),
        (0, "two", "GET /prod/b", 403, 4),
    ] {
        clock.advance(Duration::from_secs(seconds));
        let reply = with_token(&site, line, token).await;
        assert_eq!((reply.status.as_u16(), script.count()), (status, asked), "{line} by {token}");
    }
    let site = guarded(&script, token(), 0).start();
    for asked in 5..8 {
        with_token(&site, "GET /prod/a", "one").await;
        assert_eq!(script.count(), asked, "a time to live of zero asks anew");
    }
}

#[tokio::test]
async fn many_requests_with_one_identity_ask_once() {
    let script = Script::answering(&all()).closed();
    let site = guarded(&script, token(), 300).start();
    let many = futures_util::future::join_all((0..64).map(|_| with_token(&site, "GET /prod", "same")));
    let open = async {
        while script.count() == 0 {
            tokio::task::yield_now().await;
        }
        script.open();
    };
    let (replies, ()) = tokio::join!(many, open);
    assert!(replies.iter().all(|reply| reply.status == StatusCode::OK));
    assert_eq!(script.count(), 1);
}

#[tokio::test]
async fn an_answer_for_a_path_that_is_a_pattern_counts_once() {
    let script = Script::answering(&grant(&json!([invoke("Allow", "GET/*")])));
    let site = guarded(&script, token(), 300).start();
    assert_eq!(with_token(&site, "GET /prod/*", "one").await.status, StatusCode::OK);
    script.now_does(Does::Answer(grant(&json!([invoke("Deny", "*")])).to_string().into()));
    assert_eq!(with_token(&site, "GET /prod/admin", "one").await.status, StatusCode::FORBIDDEN);
    assert_eq!(script.count(), 2);
}

#[tokio::test]
async fn the_resource_policy_counts_together_with_the_authorizers() {
    let policy = |effect: &str, path: &str| {
        json!({"Version": "2012-10-17", "Statement": {
            "Effect": effect, "Principal": "*", "Action": "execute-api:Invoke",
            "Resource": format!("arn:aws:execute-api:us-east-1:{OWNER}:a1b2c3d4e5/prod/{path}"),
        }})
        .to_string()
    };
    let (allow, silent, deny) = (invoke("Allow", "*"), invoke("Allow", "GET/other"), invoke("Deny", "*"));
    for (said, resource_policy, status, asked) in [
        (&allow, policy("Allow", "*"), 200, 1),
        (&allow, policy("Allow", "GET/other"), 200, 1),
        (&allow, policy("Deny", "*"), 403, 0),
        (&silent, policy("Allow", "*"), 200, 1),
        (&silent, policy("Allow", "GET/third"), 403, 1),
        (&silent, policy("Deny", "*"), 403, 0),
        (&deny, policy("Allow", "*"), 403, 1),
        (&deny, policy("Deny", "*"), 403, 0),
    ] {
        let script = Script::answering(&grant(&json!([said])));
        let shown = format!("{said} {resource_policy}");
        let site = Plan { resource_policy: Some(resource_policy), ..guarded(&script, token(), 300) }.start();
        let reply = with_token(&site, "GET /prod/pets", "abc").await;
        assert_eq!((reply.status.as_u16(), script.count()), (status, asked), "{shown}");
    }
    let script = Script::answering(&all());
    let site = Plan { resource_policy: Some(policy("Deny", "*")), ..guarded(&script, token(), 300) }.start();
    let reply = site.get("/prod/pets").await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN, "the denial comes before the identity is looked for");
    assert!(reply.text().contains("with an explicit deny in a resource-based policy"), "{}", reply.text());
}

#[tokio::test]
async fn conditions_of_the_authorizers_policy_see_the_request() {
    let mut statement = invoke("Allow", "*");
    for (range, status) in [("192.0.2.0/24", 200), ("198.51.100.0/24", 403)] {
        statement["Condition"] = json!({"IpAddress": {"aws:SourceIp": range}});
        let script = Script::answering(&grant(&json!([statement])));
        let site = guarded(&script, token(), 300).start();
        assert_eq!(with_token(&site, "GET /prod", "abc").await.status.as_u16(), status, "{range}");
    }
}

#[tokio::test]
async fn a_request_authorizer_is_told_all_but_the_body() {
    let script = Script::answering(&all());
    let identity = request("method.request.header.x-who,context.identity.sourceIp");
    let site = Plan { variables: vec![("v", "w")], ..guarded(&script, identity, 300) }.start();
    let headers = "X-Who: a\r\nx-who: b\r\nAccept: */*\r\nContent-Length: 4\r\n";
    let reply = site.send("POST /prod/a/b%20c?q=1&q=2%2F&e", headers, Bytes::from_static(b"body")).await;
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.text());
    let event = script.event();
    assert_eq!(event["type"], "REQUEST");
    assert_eq!(event["methodArn"], format!("arn:aws:execute-api:us-east-1:{OWNER}:a1b2c3d4e5/prod/POST/a/b c"));
    assert_eq!(
        (&event["resource"], &event["path"], &event["httpMethod"]),
        (&json!("/{proxy+}"), &json!("/a/b%20c"), &json!("POST"))
    );
    assert_eq!((&event["headers"]["X-Who"], &event["multiValueHeaders"]["X-Who"]), (&json!("b"), &json!(["a", "b"])));
    assert_eq!(event["queryStringParameters"], json!({"q": "2/", "e": ""}));
    assert_eq!(event["multiValueQueryStringParameters"], json!({"q": ["1", "2/"], "e": [""]}));
    assert_eq!((&event["pathParameters"], &event["stageVariables"]), (&json!({"proxy": "a/b c"}), &json!({"v": "w"})));
    assert_eq!(event["requestContext"]["identity"]["sourceIp"], "192.0.2.7");
    assert_eq!((event.get("body"), event["requestContext"].get("authorizer")), (None, None));
    let bare = guarded(&script, request(""), 0).start();
    assert_eq!(bare.get("/prod").await.status, StatusCode::OK);
    let event = script.event();
    for member in ["queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "stageVariables"] {
        assert_eq!(event[member], json!({}), "{member}");
    }
}

#[tokio::test]
async fn what_the_authorizer_says_reaches_mappings_and_logs() {
    let mut said = all();
    said["context"] = json!({"tenant": "t1", "level": 3, "admin": false});
    let script = Script::answering(&said);
    let mut default = answer(200, Some("in"));
    for (header, key) in [("x-tenant", "tenant"), ("x-level", "level"), ("x-who", "principalId"), ("x-none", "none")] {
        default.headers.push((header.parse().expect("a name"), Source::Authorizer(key.into())));
    }
    let Integration::Mock(mut mocked) = mock("in") else { unreachable!("a mock") };
    mocked.selection.default = Some(default);
    let log = "$context.requestId $context.authorizer.principalId $context.authorizer.admin $context.authorizer.none";
    let site = Plan {
        routes: vec![("ANY", "/", Integration::Mock(mocked))],
        log_format: Some(log),
        ..guarded(&script, token(), 300)
    }
    .start();
    let reply = with_token(&site, "GET /prod", "abc").await;
    let headers = ["x-tenant", "x-level", "x-who", "x-none"].map(|name| reply.header(name));
    assert_eq!(headers, [Some("t1"), Some("3"), Some("me"), None]);
    let lines = site.records.lines("access/").await;
    assert!(lines[0].ends_with(" me false -"), "{lines:?}");
}

#[tokio::test]
async fn a_function_that_does_not_let_api_gateway_in_is_not_asked() {
    type People = fn(&mut Snapshot);
    let nothing: People = |_| {};
    let closed: People = |snapshot| put(snapshot, "auth", None);
    let other: People = |snapshot| {
        put(snapshot, "auth", Some(json!([permission("arn:aws:execute-api:*:*:a1b2c3d4e5/authorizers/other1")])));
    };
    for (people, why) in [
        (nothing, "there is no function"),
        (closed, "aws lambda add-permission --function-name auth --statement-id apigateway"),
        (other, "--source-arn 'arn:aws:execute-api:us-east-1:111122223333:a1b2c3d4e5/authorizers/auth01'"),
    ] {
        let script = Script::answering(&all());
        let site = Plan { people, ..guarded(&script, token(), 300) }.start();
        let reply = with_token(&site, "GET /prod", "abc").await;
        assert_eq!((reply.status.as_u16(), reply.text(), script.count()), (500, r#"{"message":null}"#, 0));
        let trail = site.records.trail().await;
        let told = trail.entries.iter().any(|entry| {
            matches!(&entry.reason, Reason::Authorize(Authorize::AuthorizerFailed { why: told, .. }) if told.contains(why))
        });
        assert!(told, "{why}: {:?}", trail.entries);
    }
}

#[tokio::test]
async fn the_trail_tells_whose_answer_decided() {
    let script = Script::answering(&all());
    let site = guarded(&script, token(), 300).start();
    for from in [GrantFrom::Function, GrantFrom::Kept] {
        with_token(&site, "GET /prod", "abc").await;
        let trails = site.records.trails().await;
        let story =
            gateway::trail::Story::decode(&trails.last().expect("one").bytes).expect("a trail").entries.to_vec();
        let told = story.iter().find_map(|entry| match &entry.reason {
            Reason::Authorize(Authorize::Granted { from, principal, .. }) => Some((*from, principal.to_string())),
            _ => None,
        });
        assert_eq!(told, Some((from, "me".to_owned())));
    }
}

#[tokio::test]
async fn an_execution_log_tells_of_the_authorizer_and_of_no_credential() {
    let mut said = all();
    said["usageIdentifierKey"] = json!("an-api-key-of-the-caller");
    let script = Script::answering(&said);
    let logging = snapshot::Logging { errors: true, info: true, payloads: true };
    let site = Plan { logging, ..guarded(&script, token(), 0) }.start();
    with_token(&site, "GET /prod", "Bearer abcdefghijkl").await;
    let lines = site.records.lines("execution/").await.join("\n");
    for told in ["Starting authorizer: auth01", "Incoming identity: ****ghijkl", "Sending request to https://lambda."] {
        assert!(lines.contains(told), "{told}: {lines}");
    }
    assert!(!lines.contains("abcdefghijkl") && !lines.contains("an-api-key"), "{lines}");
    let errors = snapshot::Logging { errors: true, info: false, payloads: false };
    script.now_does(Does::Fail(json!({"errorMessage": "no"})));
    let site = Plan { logging: errors, ..guarded(&script, token(), 0) }.start();
    with_token(&site, "GET /prod", "Bearer abcdefghijkl").await;
    let lines = site.records.lines("execution/").await.join("\n");
    assert!(lines.contains("Execution failed due to configuration error: Authorizer error"), "{lines}");
    assert!(!lines.contains("Starting authorizer"), "{lines}");
}
