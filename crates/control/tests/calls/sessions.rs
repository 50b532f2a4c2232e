//! Temporary credentials: who gets them, what they may do, and when they end.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use base::{Clock, Secret};
use compiler::Compiler;
use control::{Control, Publisher, Setup};
use serde_json::{Value, json};
use snapshot::Place;

use crate::support::{Answer, Ask, Key, ONE, REGION, TWO, World, services};

/// A key, and the token that goes with it if it is temporary.
struct Holder {
    key: Key,
    token: Option<String>,
}

impl From<Key> for Holder {
    fn from(key: Key) -> Self {
        Self { key, token: None }
    }
}

impl Holder {
    /// Of the credentials in an answer.
    fn of(answer: &Answer) -> Self {
        assert_eq!(answer.status, 200, "{}", answer.text());
        let token = answer.text().contains("<SessionToken>").then(|| answer.element("SessionToken"));
        let secret = Secret::new(answer.element("SecretAccessKey"));
        Self { key: Key { id: answer.element("AccessKeyId"), secret }, token }
    }

    fn sign(&self, ask: Ask, world: &World) -> Ask {
        let ask = match &self.token {
            Some(token) => ask.with("x-amz-security-token", token),
            None => ask,
        };
        ask.signed(&self.key, world.clock.now())
    }

    async fn call(&self, world: &World, ask: Ask) -> Answer {
        world.send(&self.sign(ask, world)).await
    }
}

fn query(service: &str, version: &str, action: &str, parameters: &[(&str, &str)]) -> Ask {
    let mut body = format!("Action={action}&Version={version}");
    for (name, value) in parameters {
        body += "&";
        body += name;
        body += "=";
        for byte in value.bytes() {
            write!(body, "%{byte:02X}").expect("a string takes everything");
        }
    }
    let ask = Ask::rest("POST", "/", &body).for_service(service);
    ask.with("content-type", "application/x-www-form-urlencoded; charset=utf-8")
}

fn iam(action: &str, parameters: &[(&str, &str)]) -> Ask {
    query("iam", "2010-05-08", action, parameters)
}

fn sts(action: &str, parameters: &[(&str, &str)]) -> Ask {
    query("sts", "2011-06-15", action, parameters)
}

fn arn(account: &str, rest: &str) -> String {
    format!("arn:aws:iam::{account}:{rest}")
}

fn assume(role: &str, more: &[(&str, &str)]) -> Ask {
    let mut parameters = vec![("RoleArn", role), ("RoleSessionName", "monday")];
    parameters.extend(more);
    sts("AssumeRole", &parameters)
}

fn trust(principal: &Value, condition: &Value) -> String {
    let action = ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"];
    let statement = json!({"Effect": "Allow", "Principal": principal, "Action": action, "Condition": condition});
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

fn allow(action: &str, resource: &str) -> String {
    let statement = json!({"Effect": "Allow", "Action": action, "Resource": resource});
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

async fn ok(world: &World, who: &Holder, ask: Ask) -> Answer {
    let answer = who.call(world, ask).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer
}

async fn user(world: &World, root: &Holder, name: &str) -> Holder {
    ok(world, root, iam("CreateUser", &[("UserName", name)])).await;
    Holder::of(&ok(world, root, iam("CreateAccessKey", &[("UserName", name)])).await)
}

/// A role `ops` that may list APIs.
async fn role(world: &World, root: &Holder, trust: &str) {
    ok(world, root, iam("CreateRole", &[("RoleName", "ops"), ("AssumeRolePolicyDocument", trust)])).await;
    let document = allow("apigateway:GET", "*");
    let policy = [("RoleName", "ops"), ("PolicyName", "read"), ("PolicyDocument", &document)];
    ok(world, root, iam("PutRolePolicy", &policy)).await;
}

async fn denied(world: &World, who: &Holder, ask: Ask, message: &str) {
    let answer = who.call(world, ask).await;
    assert_eq!((answer.status, answer.error()), (403, ("AccessDenied".to_owned(), message.to_owned())));
}

fn not_authorized(who: &str, action: &str, resource: &str) -> String {
    format!("User: {who} is not authorized to perform: {action} on resource: {resource}")
}

#[tokio::test]
async fn whoever_a_role_trusts_acts_with_its_permissions_and_no_others() {
    let world = World::new().await;
    let root = Holder::from(world.root.clone());
    let alice = user(&world, &root, "alice").await;
    let mallory = user(&world, &root, "mallory").await;
    role(&world, &root, &trust(&json!({"AWS": arn(ONE, "user/alice")}), &json!({}))).await;
    let ops = arn(ONE, "role/ops");
    let session = Holder::of(&alice.call(&world, assume(&ops, &[])).await);
    let identity = ok(&world, &session, sts("GetCallerIdentity", &[])).await;
    assert_eq!(identity.element("Arn"), format!("arn:aws:sts::{ONE}:assumed-role/ops/monday"));
    assert!(identity.element("UserId").starts_with("AROA") && identity.element("UserId").ends_with(":monday"));
    assert_eq!(session.call(&world, Ask::list()).await.status, 200);
    assert_eq!(session.call(&world, Ask::rest("POST", "/restapis", r#"{"name":"x"}"#)).await.status, 403);
    assert_eq!(alice.call(&world, Ask::list()).await.status, 403, "the role's permissions are not alice's");
    denied(&world, &mallory, assume(&ops, &[]), &not_authorized(&arn(ONE, "user/mallory"), "sts:AssumeRole", &ops))
        .await;
    // One that does not exist is answered alike, and so is one that is named with another path.
    for other in ["role/none", "role/path/ops"] {
        let other = arn(ONE, other);
        denied(&world, &alice, assume(&other, &[]), &not_authorized(&arn(ONE, "user/alice"), "sts:AssumeRole", &other))
            .await;
    }
    let record = world.records().await.into_iter().find(|record| record["eventName"] == "GetRestApis").unwrap();
    assert_eq!(record["userIdentity"]["type"], "AssumedRole");
    assert_eq!(record["userIdentity"]["sessionContext"]["sessionIssuer"]["arn"], ops);

    // A session policy takes away what the role has.
    let limited = Holder::of(&alice.call(&world, assume(&ops, &[("Policy", &allow("apigateway:POST", "*"))])).await);
    assert_eq!(limited.call(&world, Ask::list()).await.status, 403);

    // Temporary means temporary, and the secret alone opens nothing.
    let without = Holder { token: None, key: session.key.clone() };
    assert_eq!(without.call(&world, Ask::list()).await.status, 403);
    let swapped = Holder { token: limited.token, key: session.key.clone() };
    assert_eq!(swapped.call(&world, Ask::list()).await.status, 403);
    world.clock.advance(Duration::from_secs(3599));
    assert_eq!(session.call(&world, Ask::list()).await.status, 200);
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(session.call(&world, Ask::list()).await.code(), "ExpiredTokenException");
}

#[tokio::test]
async fn across_accounts_both_sides_must_allow() {
    let world = World::new().await;
    let root = Holder::from(world.root.clone());
    let abroad = Holder::from(world.another_account().await);
    let bob = user(&world, &abroad, "bob").await;
    let ops = arn(ONE, "role/ops");
    let condition = json!({"StringEquals": {"sts:ExternalId": "contract-7"}});
    role(&world, &root, &trust(&json!({"AWS": arn(TWO, "root")}), &condition)).await;
    let (id, wrong) = ([("ExternalId", "contract-7")], [("ExternalId", "contract-8")]);
    let message = not_authorized(&arn(TWO, "user/bob"), "sts:AssumeRole", &ops);
    denied(&world, &bob, assume(&ops, &id), &message).await;
    let document = allow("sts:AssumeRole", &ops);
    let policy = [("UserName", "bob"), ("PolicyName", "assume"), ("PolicyDocument", document.as_str())];
    ok(&world, &abroad, iam("PutUserPolicy", &policy)).await;
    for refused in [assume(&ops, &[]), assume(&ops, &wrong)] {
        let answer = bob.call(&world, refused).await;
        assert_eq!(answer.error(), ("AccessDenied".to_owned(), message.clone()));
        let why = answer.header("x-portcullis-encoded-authorization-message");
        assert_eq!(why, None, "nobody abroad learns whom a role trusts");
    }
    let session = Holder::of(&bob.call(&world, assume(&ops, &id)).await);
    assert_eq!(ok(&world, &session, sts("GetCallerIdentity", &[])).await.element("Account"), ONE);
    assert_eq!(session.call(&world, Ask::list()).await.status, 200);
}

#[tokio::test]
async fn tags_and_a_source_identity_must_be_allowed_and_follow() {
    let world = World::new().await;
    let root = Holder::from(world.root.clone());
    let alice = user(&world, &root, "alice").await;
    let ops = arn(ONE, "role/ops");
    let tagged = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "a"), ("TransitiveTagKeys.member.1", "team")];
    let plain = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": arn(ONE, "user/alice")}, "Action": "sts:AssumeRole"},
    ]});
    role(&world, &root, &plain.to_string()).await;
    let who = arn(ONE, "user/alice");
    denied(&world, &alice, assume(&ops, &tagged), &not_authorized(&who, "sts:TagSession", &ops)).await;
    let named = [("SourceIdentity", "alice")];
    denied(&world, &alice, assume(&ops, &named), &not_authorized(&who, "sts:SetSourceIdentity", &ops)).await;

    let condition = json!({
        "StringEquals": {"aws:RequestTag/team": "a", "sts:RoleSessionName": "monday"},
        "ForAllValues:StringEquals": {"aws:TagKeys": ["team"], "sts:TransitiveTagKeys": ["team"]},
    });
    let document = trust(&json!({"AWS": who.as_str()}), &condition);
    ok(&world, &root, iam("UpdateAssumeRolePolicy", &[("RoleName", "ops"), ("PolicyDocument", &document)])).await;
    let other = [("Tags.member.1.Key", "team"), ("Tags.member.1.Value", "b")];
    denied(&world, &alice, assume(&ops, &other), &not_authorized(&who, "sts:AssumeRole", &ops)).await;
    let session = Holder::of(&alice.call(&world, assume(&ops, &tagged)).await);

    // The tag decides what the session may do.
    let statement = json!({"Effect": "Deny", "Action": "apigateway:*", "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}}});
    let deny = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    let policy = [("RoleName", "ops"), ("PolicyName", "deny"), ("PolicyDocument", deny.as_str())];
    assert_eq!(session.call(&world, Ask::list()).await.status, 200);
    ok(&world, &root, iam("PutRolePolicy", &policy)).await;
    assert_eq!(session.call(&world, Ask::list()).await.status, 403);
}

#[tokio::test]
async fn whoever_is_made_anew_is_somebody_else() {
    let world = World::new().await;
    let root = Holder::from(world.root.clone());
    let alice = user(&world, &root, "alice").await;
    let (who, ops) = (arn(ONE, "user/alice"), arn(ONE, "role/ops"));
    role(&world, &root, &trust(&json!({"AWS": who.as_str()}), &json!({}))).await;
    let session = Holder::of(&alice.call(&world, assume(&ops, &[])).await);

    // A user under the old name is not whom the role trusts.
    let id = alice.key.id.clone();
    ok(&world, &root, iam("DeleteAccessKey", &[("UserName", "alice"), ("AccessKeyId", &id)])).await;
    ok(&world, &root, iam("DeleteUser", &[("UserName", "alice")])).await;
    let again = user(&world, &root, "alice").await;
    denied(&world, &again, assume(&ops, &[]), &not_authorized(&who, "sts:AssumeRole", &ops)).await;
    let shown = ok(&world, &root, iam("GetRole", &[("RoleName", "ops")])).await.element("AssumeRolePolicyDocument");
    assert!(shown.contains("AIDA") && !shown.contains("alice"), "{shown}");

    // The session goes on until its role is gone; a role under the old name does not revive it.
    assert_eq!(session.call(&world, Ask::list()).await.status, 200);
    ok(&world, &root, iam("DeleteRolePolicy", &[("RoleName", "ops"), ("PolicyName", "read")])).await;
    ok(&world, &root, iam("DeleteRole", &[("RoleName", "ops")])).await;
    assert_eq!(session.call(&world, Ask::list()).await.code(), "UnrecognizedClientException");
    role(&world, &root, &trust(&json!({"AWS": ONE}), &json!({}))).await;
    assert_eq!(session.call(&world, Ask::list()).await.code(), "UnrecognizedClientException");
}

#[tokio::test]
async fn a_session_that_is_named_ends_with_its_role() {
    let world = World::new().await;
    let root = Holder::from(world.root.clone());
    let alice = user(&world, &root, "alice").await;
    let first = trust(&json!({"AWS": arn(ONE, "user/alice")}), &json!({}));
    let make = iam("CreateRole", &[("RoleName", "first"), ("AssumeRolePolicyDocument", &first)]);
    ok(&world, &root, make.clone()).await;
    let named = json!({"AWS": format!("arn:aws:sts::{ONE}:assumed-role/first/monday")});
    role(&world, &root, &trust(&named, &json!({}))).await;
    let (one, ops) = (arn(ONE, "role/first"), arn(ONE, "role/ops"));
    let session = Holder::of(&alice.call(&world, assume(&one, &[])).await);
    assert_eq!(session.call(&world, assume(&ops, &[])).await.status, 200);
    ok(&world, &root, iam("DeleteRole", &[("RoleName", "first")])).await;
    ok(&world, &root, make).await;
    let session = Holder::of(&alice.call(&world, assume(&one, &[])).await);
    assert_eq!(session.call(&world, assume(&ops, &[])).await.code(), "AccessDenied", "it is another role's session");
}

#[tokio::test]
async fn a_session_ends_with_its_user() {
    let world = World::new().await;
    let root = Holder::from(world.root.clone());
    let alice = user(&world, &root, "alice").await;
    let session = Holder::of(&alice.call(&world, sts("GetSessionToken", &[])).await);
    ok(&world, &session, sts("GetCallerIdentity", &[])).await;
    ok(&world, &root, iam("DeleteAccessKey", &[("UserName", "alice"), ("AccessKeyId", &alice.key.id)])).await;
    ok(&world, &root, iam("DeleteUser", &[("UserName", "alice")])).await;
    assert_eq!(session.call(&world, sts("GetCallerIdentity", &[])).await.code(), "InvalidClientTokenId");
    user(&world, &root, "alice").await;
    assert_eq!(session.call(&world, sts("GetCallerIdentity", &[])).await.code(), "InvalidClientTokenId");
}

#[tokio::test]
async fn a_token_of_one_node_opens_on_another() {
    let world = World::new().await;
    let root = Holder::from(world.root.clone());
    let alice = user(&world, &root, "alice").await;
    let session = Holder::of(&alice.call(&world, sts("GetSessionToken", &[])).await);
    let publisher = Arc::new(Publisher::new(
        Arc::<crate::support::Fragile>::clone(&world.store),
        Compiler::new(Arc::clone(&world.ports.master_key)),
        Arc::<base::clock::ManualClock>::clone(&world.clock),
        Place::new(base::Region::parse(REGION).unwrap(), "localhost"),
        world.freshness.clone(),
    ));
    publisher.catch_up().await.unwrap();
    let (ports, uses) = (Arc::clone(&world.ports), Arc::default());
    let other = Control::new(Setup { services: services(), publisher, ports, uses }).unwrap();
    let ask = session.sign(sts("GetCallerIdentity", &[]), &world);
    let answer = Answer::of(other.answer(&ask.received(world.clock.now())).await);
    assert_eq!(answer.element("Arn"), arn(ONE, "user/alice"));
}

#[tokio::test]
async fn a_session_token_makes_no_further_credentials() {
    let world = World::new().await;
    let root = Holder::from(world.root.clone());
    let alice = user(&world, &root, "alice").await;
    let document = allow("*", "*");
    let policy = [("UserName", "alice"), ("PolicyName", "all"), ("PolicyDocument", document.as_str())];
    ok(&world, &root, iam("PutUserPolicy", &policy)).await;
    let session = Holder::of(&alice.call(&world, sts("GetSessionToken", &[])).await);
    assert_eq!(session.call(&world, Ask::list()).await.status, 200);
    ok(&world, &alice, iam("ListUsers", &[])).await;
    for forbidden in [
        iam("ListUsers", &[]),
        iam("CreateAccessKey", &[("UserName", "alice")]),
        sts("GetSessionToken", &[]),
        sts("GetAccessKeyInfo", &[("AccessKeyId", &alice.key.id)]),
    ] {
        assert_eq!(session.call(&world, forbidden).await.code(), "InvalidClientTokenId");
    }
}

#[tokio::test]
async fn a_denial_is_decoded_by_those_who_may_know() {
    let world = World::new().await;
    let root = Holder::from(world.root.clone());
    let abroad = Holder::from(world.another_account().await);
    let alice = user(&world, &root, "alice").await;
    let denial = alice.call(&world, Ask::list()).await;
    let message = denial.header("x-portcullis-encoded-authorization-message").unwrap().to_owned();
    assert!(message.len() < 8192 && denial.error().1.contains("no identity-based policy allows"));
    let decode = sts("DecodeAuthorizationMessage", &[("EncodedMessage", &message)]);
    let decoded = ok(&world, &root, decode.clone()).await.element("DecodedMessage");
    let decoded: Value = serde_json::from_str(&decoded).unwrap();
    assert_eq!((&decoded["allowed"], &decoded["explicitDeny"]), (&json!(false), &json!(false)));
    let context = &decoded["context"];
    assert_eq!(context["principal"]["arn"], arn(ONE, "user/alice"));
    assert_eq!(context["action"], "apigateway:GET");
    let conditions = context["conditions"]["items"].as_array().unwrap();
    let source = conditions.iter().find(|item| item["key"] == "aws:sourceip").unwrap();
    assert_eq!(source["values"]["items"][0]["value"], "10.0.0.1");
    assert_eq!(alice.call(&world, decode.clone()).await.code(), "AccessDenied", "she may not know");
    assert_eq!(abroad.call(&world, decode).await.code(), "InvalidAuthorizationMessageException");

    let statement = json!({"Sid": "Never", "Effect": "Deny", "Action": "apigateway:*", "Resource": "*"});
    let deny = json!({"Version": "2012-10-17", "Statement": [statement]}).to_string();
    let policy = [("UserName", "alice"), ("PolicyName", "p"), ("PolicyDocument", deny.as_str())];
    ok(&world, &root, iam("PutUserPolicy", &policy)).await;
    let denial = alice.call(&world, Ask::list()).await;
    let message = denial.header("x-portcullis-encoded-authorization-message").unwrap();
    let decoded = ok(&world, &root, sts("DecodeAuthorizationMessage", &[("EncodedMessage", message)])).await;
    let decoded: Value = serde_json::from_str(&decoded.element("DecodedMessage")).unwrap();
    let matched = &decoded["matchedStatements"]["items"][0];
    assert_eq!((&decoded["explicitDeny"], &matched["statementId"]), (&json!(true), &json!("Never")));
    assert_eq!(matched["effect"], "DENY");
}

#[tokio::test]
async fn whoever_proves_nothing_learns_nothing_and_cannot_fill_the_trail() {
    let world = World::new().await;
    let before = world.records().await.len();
    let ops = arn(ONE, "role/ops");
    let parameters = [("RoleArn", ops.as_str()), ("RoleSessionName", "web"), ("WebIdentityToken", "a.b.c")];
    for _ in 0..50 {
        let answer = world.send(&sts("AssumeRoleWithWebIdentity", &parameters)).await;
        assert_eq!((answer.status, answer.code()), (400, "InvalidIdentityToken".to_owned()));
    }
    let records = world.records().await;
    assert_eq!(records.len() - before, 10);
    assert!(!records.iter().any(|record| record.to_string().contains("a.b.c")), "no token is in a record");
}
