//! Users and their keys: what they may do, what follows them, when a key was last used, and further accounts.

use std::sync::Arc;
use std::time::Duration;

use base::clock::ManualClock;
use base::{Clock as _, Secret};
use control::KeyUseWriter;
use serde_json::{Value, json};

use crate::support::{Answer, Ask, Commits, Fragile, JSON, Key, ONE, REGION, TWO, World, scope};

fn iam(action: &str, parameters: &[(&str, &str)]) -> Ask {
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let parameters = parameters.iter().map(|(name, value)| format!("&{name}={}", encode(value)));
    let body = format!("Action={action}&Version=2010-05-08{}", parameters.collect::<String>());
    let ask = Ask::rest("POST", "/", &body).for_service("iam").in_region("us-east-1");
    ask.with("content-type", "application/x-www-form-urlencoded; charset=utf-8")
}

fn portcullis(operation: &str, body: &Value) -> Ask {
    let ask = Ask::rest("POST", "/", &body.to_string()).for_service("portcullis");
    ask.with("content-type", JSON).with("x-amz-target", &format!("Portcullis_20261101.{operation}"))
}

async fn ok(world: &World, ask: Ask) -> Answer {
    let answer = world.call(ask).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer
}

async fn by(world: &World, key: &Key, ask: Ask) -> Answer {
    world.send(&ask.signed(key, world.clock.now())).await
}

/// A user with a key, and with this policy if any.
async fn user(world: &World, name: &str, statement: Option<Value>) -> Key {
    ok(world, iam("CreateUser", &[("UserName", name)])).await;
    if let Some(statement) = statement {
        let document = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
        let policy = [("UserName", name), ("PolicyName", "own"), ("PolicyDocument", document.as_str())];
        ok(world, iam("PutUserPolicy", &policy)).await;
    }
    let made = ok(world, iam("CreateAccessKey", &[("UserName", name)])).await;
    Key { id: made.element("AccessKeyId"), secret: Secret::new(made.element("SecretAccessKey")) }
}

fn writer(world: &World) -> KeyUseWriter {
    KeyUseWriter {
        resources: Arc::<Fragile>::clone(&world.store),
        publisher: Arc::clone(&world.publisher),
        uses: Arc::clone(&world.uses),
        clock: Arc::<ManualClock>::clone(&world.clock),
        region: scope(ONE).region,
    }
}

#[tokio::test]
async fn a_role_is_handed_to_the_gateway_by_those_who_may_pass_it() {
    let world = World::new().await;
    let gateway = json!({"Effect": "Allow", "Action": "apigateway:*", "Resource": "*"});
    let pass = |service: &str| {
        json!({"Effect": "Allow", "Action": "iam:PassRole", "Resource": format!("arn:aws:iam::{ONE}:role/logs"),
            "Condition": {"StringEquals": {"iam:PassedToService": service}}})
    };
    let change = json!({"patchOperations": [
        {"op": "replace", "path": "/cloudwatchRoleArn", "value": format!("arn:aws:iam::{ONE}:role/logs")}]});
    let cases = [
        ("alone", json!([gateway]), 403),
        ("elsewhere", json!([gateway, pass("lambda.amazonaws.com")]), 403),
        ("rightly", json!([gateway, pass("apigateway.amazonaws.com")]), 200),
    ];
    for (name, statements, status) in cases {
        let key = user(&world, name, Some(statements)).await;
        let ask = Ask::rest("PATCH", "/account", &change.to_string());
        assert_eq!(by(&world, &key, ask).await.status, status, "{name}");
    }
}

#[tokio::test]
async fn users_handle_their_own_keys_and_nobody_elses() {
    let world = World::new().await;
    let own = json!({"Effect": "Allow", "Action": ["iam:*AccessKey*", "iam:GetUser"],
        "Resource": "arn:aws:iam::*:user/${aws:username}"});
    let bob = user(&world, "bob", Some(own)).await;
    user(&world, "eve", None).await;
    for ask in [iam("ListAccessKeys", &[]), iam("GetUser", &[]), iam("ListAccessKeys", &[("UserName", "bob")])] {
        let answer = by(&world, &bob, ask).await;
        assert_eq!((answer.status, answer.element("UserName")), (200, "bob".to_owned()));
    }
    for ask in [
        iam("ListAccessKeys", &[("UserName", "eve")]),
        iam("CreateAccessKey", &[("UserName", "eve")]),
        iam("DeleteUser", &[("UserName", "bob")]),
        iam("ListUsers", &[]),
    ] {
        assert_eq!(by(&world, &bob, ask).await.code(), "AccessDenied");
    }
    let turned = by(&world, &bob, iam("DeleteAccessKey", &[("AccessKeyId", &bob.id)])).await;
    assert_eq!(turned.status, 200);
    assert_eq!(by(&world, &bob, iam("GetUser", &[])).await.code(), "InvalidClientTokenId");
}

#[tokio::test]
async fn a_renamed_user_signs_on_under_its_new_name() {
    let world = World::new().await;
    let bob = user(&world, "bob", None).await;
    ok(&world, iam("UpdateUser", &[("UserName", "bob"), ("NewUserName", "rob"), ("NewPath", "/x/")])).await;
    let told = by(&world, &bob, Ask::identity()).await;
    assert_eq!(told.element("Arn"), format!("arn:aws:iam::{ONE}:user/x/rob"));
    let inactive = [("UserName", "rob"), ("AccessKeyId", bob.id.as_str()), ("Status", "Inactive")];
    ok(&world, iam("UpdateAccessKey", &inactive)).await;
    assert_eq!(by(&world, &bob, Ask::identity()).await.code(), "InvalidClientTokenId");
}

#[tokio::test]
async fn a_group_gives_and_takes_what_its_users_may_do() {
    let world = World::new().await;
    let bob = user(&world, "bob", None).await;
    let document = json!({"Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Action": "apigateway:GET", "Resource": "*"}})
    .to_string();
    let policy = [("GroupName", "staff"), ("PolicyName", "read"), ("PolicyDocument", document.as_str())];
    ok(&world, iam("CreateGroup", &[("GroupName", "staff")])).await;
    ok(&world, iam("PutGroupPolicy", &policy)).await;
    let both = [("GroupName", "staff"), ("UserName", "bob")];
    assert_eq!(by(&world, &bob, Ask::list()).await.status, 403);
    ok(&world, iam("AddUserToGroup", &both)).await;
    assert_eq!(by(&world, &bob, Ask::list()).await.status, 200);
    ok(&world, iam("UpdateGroup", &[("GroupName", "staff"), ("NewGroupName", "crew")])).await;
    assert_eq!(by(&world, &bob, Ask::list()).await.status, 200);
    ok(&world, iam("RemoveUserFromGroup", &[("GroupName", "crew"), ("UserName", "bob")])).await;
    assert_eq!(by(&world, &bob, Ask::list()).await.status, 403);
}

#[tokio::test]
async fn a_new_name_or_path_is_asked_for_too() {
    let world = World::new().await;
    let below =
        json!({"Effect": "Allow", "Action": "iam:UpdateUser", "Resource": format!("arn:aws:iam::{ONE}:user/dev/*")});
    let boss = user(&world, "boss", Some(below)).await;
    ok(&world, iam("CreateUser", &[("UserName", "amy"), ("Path", "/dev/")])).await;
    for (more, status) in [
        (&[("NewPath", "/admin/")][..], 403),
        (&[("NewUserName", "root")], 403),
        (&[("NewUserName", "ann"), ("NewPath", "/dev/")], 200),
    ] {
        let parameters: Vec<_> = [("UserName", "amy")].into_iter().chain(more.iter().copied()).collect();
        assert_eq!(by(&world, &boss, iam("UpdateUser", &parameters)).await.status, status, "{more:?}");
    }
}

#[tokio::test]
async fn the_last_use_of_a_key_is_stored_once_a_minute() {
    let world = World::new().await;
    let bob = user(&world, "bob", None).await;
    let writer = writer(&world);
    writer.write().await.unwrap();
    for _ in 0..10 {
        by(&world, &bob, Ask::identity()).await;
    }
    let before = world.store.attempts();
    assert_eq!(writer.write().await.unwrap(), 1, "one note for all of bob's calls");
    assert_eq!(writer.write().await.unwrap(), 0);
    assert_eq!(world.store.attempts(), before + 1, "nothing to write is no commit");
    let asked = [("AccessKeyId", bob.id.as_str())];
    let told = ok(&world, iam("GetAccessKeyLastUsed", &asked)).await;
    let told = ["UserName", "ServiceName", "Region", "LastUsedDate"].map(|name| told.element(name));
    assert_eq!(told, ["bob", "sts", REGION, "2027-01-15T12:00:00Z"]);
    world.clock.advance(Duration::from_secs(90));
    by(&world, &bob, Ask::list()).await;
    writer.write().await.unwrap();
    let told = ok(&world, iam("GetAccessKeyLastUsed", &asked)).await;
    assert_eq!(told.element("LastUsedDate"), "2027-01-15T12:01:30Z", "a refused call is a use, too");
}

#[tokio::test]
async fn a_wrong_signature_is_no_use() {
    let world = World::new().await;
    let bob = user(&world, "bob", None).await;
    writer(&world).write().await.unwrap();
    let forger = Key { id: bob.id.clone(), secret: world.root.secret.clone() };
    assert_eq!(by(&world, &forger, Ask::identity()).await.status, 403);
    let told = ok(&world, iam("GetAccessKeyLastUsed", &[("AccessKeyId", &bob.id)])).await;
    assert_eq!((told.element("ServiceName"), told.element("Region")), ("N/A".to_owned(), "N/A".to_owned()));
    assert!(!told.text().contains("LastUsedDate"));
}

#[tokio::test]
async fn a_use_that_cannot_be_stored_is_stored_later_and_one_of_a_key_that_is_gone_never() {
    let world = World::new().await;
    let (bob, eve) = (user(&world, "bob", None).await, user(&world, "eve", None).await);
    by(&world, &bob, Ask::identity()).await;
    by(&world, &eve, Ask::identity()).await;
    let writer = writer(&world);
    world.store.commits(Commits::Fail);
    assert!(writer.write().await.is_err());
    world.store.commits(Commits::Whole);
    ok(&world, iam("DeleteAccessKey", &[("UserName", "eve"), ("AccessKeyId", &eve.id)])).await;
    assert_eq!(writer.write().await.unwrap(), 2, "bob's and the root user's");
    let told = ok(&world, iam("GetAccessKeyLastUsed", &[("AccessKeyId", &bob.id)])).await;
    assert_eq!(told.element("ServiceName"), "sts");
}

#[tokio::test]
async fn a_new_account_is_served_at_once_and_keeps_to_itself() {
    let world = World::new().await;
    let made = ok(&world, portcullis("CreateAccount", &json!({"AccountId": TWO}))).await.json();
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    let root = Key { id: text("AccessKeyId"), secret: Secret::new(text("SecretAccessKey")) };
    assert_eq!(by(&world, &root, Ask::identity()).await.element("Arn"), format!("arn:aws:iam::{TWO}:root"));
    assert_eq!(by(&world, &root, iam("CreateUser", &[("UserName", "bob")])).await.status, 200);
    assert!(!ok(&world, iam("ListUsers", &[])).await.text().contains("bob"));
    for (operation, body) in [("CreateAccount", json!({})), ("ListAccounts", json!({}))] {
        let refused = by(&world, &root, portcullis(operation, &body)).await;
        assert_eq!((refused.status, refused.code().as_str()), (403, "AccessDeniedException"), "{operation}");
    }
    let again = world.call(portcullis("CreateAccount", &json!({"AccountId": TWO}))).await;
    assert_eq!((again.status, again.code().as_str()), (409, "ConflictException"));
    let records = ok(&world, Ask::lookup()).await;
    assert!(records.text().contains("CreateAccount") && records.text().contains(&root.id));
    assert!(!records.text().contains(root.secret.expose()), "{}", records.text());
}

#[tokio::test]
async fn an_allowed_user_of_the_founding_account_makes_accounts() {
    let world = World::new().await;
    let may = json!({"Effect": "Allow", "Action": "portcullis:CreateAccount",
        "Resource": format!("arn:aws:portcullis:{REGION}:{ONE}:account/2*")});
    let bob = user(&world, "bob", Some(may)).await;
    let ask = |id: &str| portcullis("CreateAccount", &json!({"AccountId": id}));
    assert_eq!(by(&world, &bob, ask("333333333333")).await.code(), "AccessDeniedException");
    assert_eq!(by(&world, &bob, portcullis("ListAccounts", &json!({}))).await.code(), "AccessDeniedException");
    assert_eq!(by(&world, &bob, ask(TWO)).await.status, 200);
}

#[tokio::test]
async fn no_record_holds_the_secret_of_a_key() {
    let world = World::new().await;
    let bob = user(&world, "bob", None).await;
    let records = serde_json::to_string(&world.records().await).unwrap();
    assert!(records.contains("CreateAccessKey") && records.contains(&bob.id));
    assert!(!records.contains(bob.secret.expose()), "{records}");
}
