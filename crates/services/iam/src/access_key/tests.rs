//! Access keys, from the first call to the last.

use base::id::AccessKeyId;
use base::{AccountId, Region, Scope};
use model::Record;
use model::iam::{AccessKey, AccessKeyUse};
use model::installation::{Account, NewAccount};
use operation::testing::{ACCOUNT, FOREIGN, World, text};
use operation::{Kind, Transaction};
use serde_json::{Value, json};

use crate::user::tests::user;

fn home() -> Scope {
    Scope { account: AccountId::parse(ACCOUNT).expect("twelve digits"), region: Region::global() }
}

async fn world() -> World {
    let world = World::new(crate::service()).await;
    world.ok("CreateUser", json!({"UserName": "bob"})).await;
    world
}

async fn begin(world: &World, kind: Kind) -> Transaction {
    Transaction::begin(world.ports.resources.as_ref(), kind).await.expect("the store answers")
}

async fn store<R: Record>(world: &World, records: &[R]) {
    let mut tx = begin(world, Kind::Write).await;
    for record in records {
        tx.put(&home(), record).expect("JSON");
    }
    world.ports.resources.commit(tx.into_batch()).await.expect("nobody else writes");
}

async fn stored<R: Record>(world: &World, id: &str) -> Option<R> {
    begin(world, Kind::Read).await.get(&home(), id).await.expect("the store answers")
}

async fn new_key(world: &World) -> (String, String) {
    let made = world.ok("CreateAccessKey", json!({"UserName": "bob"})).await["AccessKey"].clone();
    (text(&made, "AccessKeyId"), text(&made, "SecretAccessKey"))
}

#[tokio::test]
async fn a_secret_is_shown_once_and_rests_sealed() {
    let world = world().await;
    let (id, secret) = new_key(&world).await;
    assert!(id.starts_with("AKIA") && id.len() == 20 && secret.len() == 40);
    let key: AccessKey = stored(&world, &id).await.expect("the key");
    let place_id = AccessKey::place_id(&key.account, &key.id);
    let opened = world.ports.master_key.open_text(AccessKey::place(&place_id, key.version), &key.secret);
    assert_eq!(*opened.expect("it opens").expose(), secret);
    assert!(!serde_json::to_string(&key).expect("JSON").contains(&secret));
    let listed = world.ok("ListAccessKeys", json!({"UserName": "bob"})).await;
    assert!(!listed.to_string().contains(&secret));
    let expected =
        json!({"UserName": "bob", "AccessKeyId": id, "Status": "Active", "CreateDate": "2026-01-02T03:04:05Z"});
    assert_eq!(listed["AccessKeyMetadata"], json!([expected]));
}

#[test]
fn the_record_of_a_call_hides_the_secret_and_names_the_key() {
    let operations = crate::operations();
    let create = operations.iter().find(|known| known.spec.name == "CreateAccessKey").expect("served");
    let output = json!({"AccessKey": {"AccessKeyId": "AKIAEXAMPLE", "SecretAccessKey": "hunter2"}});
    let output = wire::Value::from_json(output);
    let kept = wire::to_json(&wire::redact(&output, create.output), create.output);
    assert!(!kept.to_string().contains("hunter2"), "{kept}");
    let prepared = (create.prepare)(wire::Value::Map(Vec::new())).expect("no input is needed");
    assert_eq!(prepared.made(&output), [("AWS::IAM::AccessKey".to_owned(), "AKIAEXAMPLE".to_owned())]);
}

#[tokio::test]
async fn a_user_has_two_keys_at_most() {
    let world = world().await;
    let ids = [new_key(&world).await.0, new_key(&world).await.0];
    let third = world.refused("CreateAccessKey", json!({"UserName": "bob"})).await;
    assert_eq!(third, ("LimitExceeded".to_owned(), "Cannot exceed quota for AccessKeysPerUser: 2".to_owned()));
    let first = world.ok("ListAccessKeys", json!({"UserName": "bob", "MaxItems": 1})).await;
    let rest = world.ok("ListAccessKeys", json!({"UserName": "bob", "Marker": first["Marker"]})).await;
    let mut seen = [&first, &rest].map(|page| text(&page["AccessKeyMetadata"][0], "AccessKeyId"));
    seen.sort();
    let mut ids = ids;
    ids.sort();
    assert_eq!(seen, ids);
    world.ok("DeleteAccessKey", json!({"UserName": "bob", "AccessKeyId": ids[0]})).await;
    new_key(&world).await;
}

#[tokio::test]
async fn a_key_is_switched_off_and_on() {
    let world = world().await;
    let (id, _) = new_key(&world).await;
    for status in ["Inactive", "Active"] {
        world.ok("UpdateAccessKey", json!({"UserName": "bob", "AccessKeyId": id, "Status": status})).await;
        let listed = world.ok("ListAccessKeys", json!({"UserName": "bob"})).await;
        assert_eq!(listed["AccessKeyMetadata"][0]["Status"], status);
        let key: AccessKey = stored(&world, &id).await.expect("the key");
        assert_eq!(key.active, status == "Active");
    }
    let expired = json!({"UserName": "bob", "AccessKeyId": id, "Status": "Expired"});
    assert_eq!(world.refused("UpdateAccessKey", expired).await.0, "InvalidInput");
    assert_eq!(
        world.refused("UpdateAccessKey", json!({"UserName": "bob", "AccessKeyId": id, "Status": "on"})).await.0,
        "Invalid"
    );
}

#[tokio::test]
async fn a_key_is_reached_through_its_own_user_only() {
    let world = world().await;
    world.ok("CreateUser", json!({"UserName": "eve"})).await;
    let (id, _) = new_key(&world).await;
    let missing = ("NoSuchEntity".to_owned(), format!("The Access Key with id {id} cannot be found."));
    for input in [json!({"UserName": "eve", "AccessKeyId": id}), json!({"AccessKeyId": id})] {
        // Without a name the root user means its own keys.
        assert_eq!(world.refused("DeleteAccessKey", input).await, missing);
    }
    let theirs = World::root(FOREIGN);
    let stranger = world.call_as(&theirs, "GetAccessKeyLastUsed", json!({"AccessKeyId": id})).await;
    assert_eq!(stranger.expect_err("not theirs"), missing);
    for id in ["", "*", "AKIA/../x", "\u{0}", &"A".repeat(10_000)] {
        let input = json!({"UserName": "bob", "AccessKeyId": id});
        assert_eq!(world.refused("DeleteAccessKey", input).await.0, "NoSuchEntity");
    }
}

#[tokio::test]
async fn users_turn_their_own_keys() {
    let world = world().await;
    let (old, _) = new_key(&world).await;
    let bob = user("bob");
    let made = world.call_as(&bob, "CreateAccessKey", json!({})).await.expect("a key");
    assert_eq!(made["AccessKey"]["UserName"], "bob");
    world.call_as(&bob, "DeleteAccessKey", json!({"AccessKeyId": old})).await.expect("their own");
    let left = world.call_as(&bob, "ListAccessKeys", json!({})).await.expect("a list");
    assert_eq!(left["AccessKeyMetadata"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn the_last_root_key_stays() {
    let world = world().await;
    let NewAccount { account, key, .. } = NewAccount::of(&world.ports.master_key, home().account, world.now);
    store(&world, &[account]).await;
    store(&world, std::slice::from_ref(&key)).await;
    store(&world, &[key.owned()]).await;
    let first = key.id.to_string();
    let root = world.ok("GetUser", json!({})).await["User"].clone();
    assert_eq!((&root["Arn"], &root["UserName"]), (&json!(format!("arn:aws:iam::{ACCOUNT}:root")), &Value::Null));
    for (operation, input) in [
        ("DeleteAccessKey", json!({"AccessKeyId": first})),
        ("UpdateAccessKey", json!({"AccessKeyId": first, "Status": "Inactive"})),
    ] {
        assert_eq!(world.refused(operation, input).await.0, "ValidationError", "{operation}");
    }
    let second = world.ok("CreateAccessKey", json!({})).await["AccessKey"].clone();
    assert_eq!(second["UserName"], Value::Null);
    world.ok("DeleteAccessKey", json!({"AccessKeyId": first})).await;
    let account: Account = stored(&world, ACCOUNT).await.expect("the account");
    assert_eq!(account.root_access_key.as_str(), text(&second, "AccessKeyId"));
}

#[tokio::test]
async fn the_last_use_is_told_or_that_there_was_none() {
    let world = world().await;
    let (id, _) = new_key(&world).await;
    let asked = json!({"AccessKeyId": id});
    let never = world.ok("GetAccessKeyLastUsed", asked.clone()).await;
    assert_eq!(never, json!({"UserName": "bob", "AccessKeyLastUsed": {"ServiceName": "N/A", "Region": "N/A"}}));
    let used = AccessKeyUse {
        key: AccessKeyId::parse(&id).expect("an id"),
        when: world.now,
        service: "execute-api".to_owned(),
        region: "eu-west-1".to_owned(),
    };
    store(&world, &[used]).await;
    let told = world.ok("GetAccessKeyLastUsed", asked).await["AccessKeyLastUsed"].clone();
    let expected = json!({"LastUsedDate": "2026-01-02T03:04:05Z", "ServiceName": "execute-api", "Region": "eu-west-1"});
    assert_eq!(told, expected);
    world.ok("DeleteAccessKey", json!({"UserName": "bob", "AccessKeyId": id})).await;
    assert_eq!(stored::<AccessKeyUse>(&world, &id).await, None);
}
