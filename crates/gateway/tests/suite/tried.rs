//! `jwt://` authorizers that somebody tries: what is answered is what a caller would be answered, and why.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::Timestamp;
use base::clock::ManualClock;
use operation::data_plane::DataPlane as _;
use operation::{AuthorizerTest, AuthorizerTested};
use serde_json::json;

use crate::support::issuer::{Issuer, SigningKey, Told};
use crate::support::{API, OWNER, Plan, mock, plan, scope};

const NOW: i64 = 1_800_000_000;

/// A test of an authorizer that wants a token of the issuer, made out to `app`, that grants `read`.
fn question(issuer: &Issuer, headers: &[&str]) -> AuthorizerTest {
    let header = |value: &&str| ("Authorization".to_owned(), (*value).to_owned());
    AuthorizerTest {
        scope: scope(OWNER),
        rest_api_id: API.parse().expect("an id"),
        authorizer_id: "auth01".parse().expect("an id"),
        name: "mine".to_owned(),
        kind: "TOKEN",
        uri: format!("jwt+{}?audience=app&scope=read", issuer.url),
        credentials: None,
        identity_source: "method.request.header.Authorization".to_owned(),
        identity_validation_expression: None,
        headers: headers.iter().map(header).collect(),
        path: "/".to_owned(),
        stage_variables: BTreeMap::new(),
    }
}

/// A node that serves something else.
fn node() -> gateway::Explainer {
    let clock = Arc::new(ManualClock::new(Timestamp::from_second(NOW).expect("a time")));
    Plan { clock, ..plan(vec![("GET", "/", mock("in"))]) }.explainer()
}

fn last_line(tested: &AuthorizerTested) -> &str {
    tested.log.lines().last().expect("a line")
}

#[tokio::test]
async fn a_true_token_is_told_with_its_claims() {
    let (issuer, node) = (Issuer::start().await, node());
    let token = issuer.token(NOW, &json!({"scope": "read write", "admin": true, "groups": ["a"]}));
    for value in [token.clone(), format!("Bearer {token}")] {
        let tested = node.test_authorizer(question(&issuer, &[&value])).await.expect("it can be asked");
        assert_eq!((tested.status, tested.principal_id.as_deref()), (0, Some("alice")), "{}", tested.log);
        assert_eq!((tested.policy.as_deref(), tested.context.len()), (None, 0));
        let claims = tested.claims.as_ref().expect("claims");
        let told = ["sub", "scope", "admin", "groups"].map(|name| claims[name].as_str());
        assert_eq!(told, ["alice", "read write", "true", r#"["a"]"#]);
        assert_eq!(last_line(&tested), "Successfully completed authorizer execution");
        assert!(tested.log.contains("Starting authorizer: auth01") && !tested.log.contains(&token), "{}", tested.log);
    }
}

#[tokio::test]
async fn whatever_proves_nobody_is_answered_as_a_caller_would_be() {
    let (issuer, node) = (Issuer::start().await, node());
    let read = json!({"scope": "read"});
    let token = issuer.token(NOW, &read);
    let forged = SigningKey::new().sign(&json!({"alg": "RS256", "kid": "a"}), &issuer.claims(NOW, &read));
    let expired = issuer.token(NOW - 3_600, &read);
    let admin = issuer.token(NOW, &json!({"scope": "admin\nSuccessfully completed authorizer execution"}));
    let cases: [(&[&str], u16, &str); 7] = [
        (&[], 401, "holds no token"),
        (&["Bearer"], 401, "holds no token"),
        (&[&token, &token], 401, "more than once"),
        (&["abc"], 401, "no token of"),
        (&[&forged], 401, "no token of"),
        (&[&expired], 401, "expired"),
        (&[&admin], 403, "grants none of the scopes"),
    ];
    for (headers, status, why) in cases {
        let tested = node.test_authorizer(question(&issuer, headers)).await.expect("it can be asked");
        assert_eq!((tested.status, &tested.principal_id, &tested.claims), (status, &None, &None), "{}", tested.log);
        assert!(tested.log.contains(why), "{why}: {}", tested.log);
        assert!(last_line(&tested).starts_with("Unauthorized request: "), "{}", tested.log);
        assert!(!tested.log.contains("Successfully"), "{}", tested.log);
    }
}

#[tokio::test]
async fn an_issuer_whose_keys_cannot_be_read_lets_nobody_in() {
    let (issuer, node) = (Issuer::start().await, node());
    let token = issuer.token(NOW, &json!({"scope": "read"}));
    issuer.tell("/keys", Told::Document("no JSON".to_owned()));
    let tested = node.test_authorizer(question(&issuer, &[&token])).await.expect("it can be asked");
    assert_eq!((tested.status, &tested.principal_id), (500, &None), "{}", tested.log);
    assert!(tested.log.contains("its keys cannot be read"), "{}", tested.log);
    assert_eq!(last_line(&tested), "Execution failed due to configuration error: Authorizer error");
}

#[tokio::test]
async fn what_cannot_be_read_is_refused_and_not_answered() {
    let (issuer, node) = (Issuer::start().await, node());
    let sound = || question(&issuer, &["abc"]);
    let no_audience = format!("jwt+{}?scope=read", issuer.url);
    for (wrong, why) in [
        (AuthorizerTest { uri: no_audience, ..sound() }, "Invalid Authorizer URI"),
        (AuthorizerTest { identity_source: "method.request.querystring.t".to_owned(), ..sound() }, "token source"),
        (question(&issuer, &["a\r\nX-More: b"]), "line end"),
    ] {
        let refused = node.test_authorizer(wrong).await.expect_err(why);
        assert!(refused.contains(why), "{why}: {refused}");
    }
    assert!(issuer.asked().is_empty());
}
