//! Users, from the first call to the last.

use base::AccountId;
use base::id::AccessKeyId;
use operation::testing::{ACCOUNT, FOREIGN, World, text};
use operation::{Credentials, Principal};
use serde_json::{Value, json};

async fn world() -> World {
    World::new(crate::service()).await
}

/// Somebody who signed as the user `name`.
pub(crate) fn user(name: &str) -> Principal {
    Principal::User {
        account: AccountId::parse(ACCOUNT).expect("twelve digits"),
        arn: format!("arn:aws:iam::{ACCOUNT}:user/{name}"),
        id: "AIDAEXAMPLE".to_owned(),
        name: name.to_owned(),
        credentials: Credentials::long_term(AccessKeyId::parse("AKIAEXAMPLE").expect("an id")),
    }
}

/// A session of some role.
pub(crate) fn session() -> Principal {
    Principal::AssumedRole {
        account: AccountId::parse(ACCOUNT).expect("twelve digits"),
        role_arn: format!("arn:aws:iam::{ACCOUNT}:role/r"),
        session_arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/r/s"),
        role_id: "AROAEXAMPLE".to_owned(),
        session_name: "s".to_owned(),
        credentials: Credentials::long_term(AccessKeyId::parse("ASIAEXAMPLE").expect("an id")),
    }
}

fn names(list: &Value) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(|user| user["UserName"].as_str().expect("a name")).collect()
}

#[tokio::test]
async fn a_user_is_made_as_aws_makes_it() {
    let world = world().await;
    let input = json!({"UserName": "Bob", "Path": "/a/b/", "Tags": [{"Key": "team", "Value": "x"}]});
    let made = world.ok("CreateUser", input).await["User"].clone();
    assert!(text(&made, "UserId").starts_with("AIDA") && text(&made, "UserId").len() == 21);
    assert_eq!(made["Arn"], format!("arn:aws:iam::{ACCOUNT}:user/a/b/Bob"));
    assert_eq!(made["CreateDate"], "2026-01-02T03:04:05Z");
    assert_eq!(world.ok("GetUser", json!({"UserName": "Bob"})).await["User"], made);
    let listed = world.ok("ListUsers", json!({})).await;
    assert_eq!((&listed["IsTruncated"], &listed["Users"][0]["Tags"]), (&json!(false), &Value::Null));
    let again = world.refused("CreateUser", json!({"UserName": "bOB"})).await;
    assert_eq!(again, ("EntityAlreadyExists".to_owned(), "User with name bOB already exists.".to_owned()));
}

#[tokio::test]
async fn nothing_of_another_account_is_visible() {
    let world = world().await;
    world.ok("CreateUser", json!({"UserName": "bob"})).await;
    let stranger = World::root(FOREIGN);
    let (code, message) =
        world.call_as(&stranger, "GetUser", json!({"UserName": "bob"})).await.expect_err("not theirs");
    assert_eq!((code.as_str(), message.as_str()), ("NoSuchEntity", "The user with name bob cannot be found."));
    assert_eq!(world.call_as(&stranger, "ListUsers", json!({})).await.expect("a list")["Users"], json!([]));
    world.call_as(&stranger, "CreateUser", json!({"UserName": "bob"})).await.expect("names are each account's own");
    // It is the stranger's own bob that changes.
    for (operation, input) in [
        ("CreateAccessKey", json!({"UserName": "bob"})),
        ("TagUser", json!({"UserName": "bob", "Tags": [{"Key": "a", "Value": "b"}]})),
        ("UpdateUser", json!({"UserName": "bob", "NewUserName": "eve"})),
    ] {
        world.call_as(&stranger, operation, input).await.expect(operation);
    }
    assert_eq!(names(&world.ok("ListUsers", json!({})).await["Users"]), ["bob"]);
    assert_eq!(world.ok("ListAccessKeys", json!({"UserName": "bob"})).await["AccessKeyMetadata"], json!([]));
    assert_eq!(world.ok("ListUserTags", json!({"UserName": "bob"})).await["Tags"], json!([]));
}

#[tokio::test]
async fn hostile_names_and_paths_are_refused() {
    let world = world().await;
    let long = "x".repeat(65);
    for input in [
        json!({"UserName": ""}),
        json!({"UserName": long}),
        json!({"UserName": "a b"}),
        json!({"UserName": "a/b"}),
        json!({"UserName": "b\u{43e}b"}),
        json!({"UserName": "a\u{0}"}),
        json!({"UserName": "*"}),
        json!({"UserName": "${aws:username}"}),
        json!({"UserName": "a", "Path": "a/"}),
        json!({"UserName": "a", "Path": "//"}),
        json!({"UserName": "a", "Path": format!("/{}/", "p".repeat(512))}),
        json!({"UserName": "a", "Tags": [{"Key": "aws:x", "Value": ""}]}),
        json!({"UserName": "a", "PermissionsBoundary": "arn:aws:iam::aws:policy/Nothing"}),
        json!({"UserName": "a", "PermissionsBoundary": format!("arn:aws:iam::{FOREIGN}:policy/p")}),
    ] {
        let (code, _) = world.refused("CreateUser", input.clone()).await;
        assert!(["ValidationError", "InvalidInput", "NoSuchEntity"].contains(&code.as_str()), "{input}: {code}");
    }
    assert_eq!(world.ok("ListUsers", json!({})).await["Users"], json!([]));
    for name in ["", "a/b", "\u{0}", "*", &"x".repeat(10_000)] {
        assert_eq!(world.refused("GetUser", json!({"UserName": name})).await.0, "NoSuchEntity", "{name:?}");
    }
}

#[tokio::test]
async fn users_come_by_name_in_pages_and_under_a_path() {
    let world = world().await;
    for (name, path) in [("c", "/x/"), ("a", "/"), ("b", "/x/y/"), ("d", "/xy/")] {
        world.ok("CreateUser", json!({"UserName": name, "Path": path})).await;
    }
    for size in 1..5 {
        let (mut seen, mut marker) = (Vec::new(), Value::Null);
        loop {
            let page = world.ok("ListUsers", json!({"MaxItems": size, "Marker": marker})).await;
            seen.extend(names(&page["Users"]).into_iter().map(str::to_owned));
            marker = page["Marker"].clone();
            assert_eq!(page["IsTruncated"], json!(!marker.is_null()));
            if marker.is_null() {
                break;
            }
        }
        assert_eq!(seen, ["a", "b", "c", "d"], "{size} at a time");
    }
    let below = world.ok("ListUsers", json!({"PathPrefix": "/x/", "MaxItems": 1})).await;
    assert_eq!(names(&below["Users"]), ["b"]);
    let rest = world.ok("ListUsers", json!({"PathPrefix": "/x/", "Marker": below["Marker"]})).await;
    assert_eq!(names(&rest["Users"]), ["c"]);
    for input in [
        json!({"PathPrefix": "/xy/", "Marker": below["Marker"]}),
        json!({"Marker": "forged"}),
        json!({"MaxItems": 0}),
        json!({"MaxItems": 1001}),
        json!({"PathPrefix": "x"}),
    ] {
        assert_eq!(world.refused("ListUsers", input.clone()).await.0, "ValidationError", "{input}");
    }
}

#[tokio::test]
async fn whatever_a_user_has_follows_its_new_name() {
    let world = world().await;
    let policy = "arn:aws:iam::aws:policy/AdministratorAccess";
    world.ok("CreateUser", json!({"UserName": "bob", "PermissionsBoundary": policy})).await;
    world.ok("CreateGroup", json!({"GroupName": "staff"})).await;
    world.ok("AddUserToGroup", json!({"GroupName": "staff", "UserName": "bob"})).await;
    world.ok("AttachUserPolicy", json!({"UserName": "bob", "PolicyArn": policy})).await;
    let key = world.ok("CreateAccessKey", json!({"UserName": "bob"})).await["AccessKey"]["AccessKeyId"].clone();
    let id = world.ok("GetUser", json!({"UserName": "bob"})).await["User"]["UserId"].clone();

    world.ok("UpdateUser", json!({"UserName": "bob", "NewUserName": "Bob", "NewPath": "/x/"})).await;
    world.ok("UpdateUser", json!({"UserName": "Bob", "NewUserName": "eve"})).await;

    assert_eq!(world.refused("GetUser", json!({"UserName": "bob"})).await.0, "NoSuchEntity");
    let eve = world.ok("GetUser", json!({"UserName": "eve"})).await["User"].clone();
    assert_eq!((&eve["UserId"], &eve["Arn"]), (&id, &json!(format!("arn:aws:iam::{ACCOUNT}:user/x/eve"))));
    assert_eq!(names(&world.ok("GetGroup", json!({"GroupName": "staff"})).await["Users"]), ["eve"]);
    let keys = world.ok("ListAccessKeys", json!({"UserName": "eve"})).await["AccessKeyMetadata"].clone();
    assert_eq!((keys[0]["AccessKeyId"].clone(), keys[0]["UserName"].clone()), (key.clone(), json!("eve")));
    let used = world.ok("GetAccessKeyLastUsed", json!({"AccessKeyId": key})).await;
    assert_eq!(used["UserName"], "eve");
    let entities = world.ok("ListEntitiesForPolicy", json!({"PolicyArn": policy})).await;
    assert_eq!(names(&entities["PolicyUsers"]), ["eve"]);
    let bounded = json!({"PolicyArn": policy, "PolicyUsageFilter": "PermissionsBoundary"});
    assert_eq!(names(&world.ok("ListEntitiesForPolicy", bounded).await["PolicyUsers"]), ["eve"]);
    world.ok("CreateUser", json!({"UserName": "bob"})).await;
    let taken = world.refused("UpdateUser", json!({"UserName": "bob", "NewUserName": "EVE"})).await;
    assert_eq!(taken.0, "EntityAlreadyExists");
    assert_eq!(world.ok("ListAccessKeys", json!({"UserName": "bob"})).await["AccessKeyMetadata"], json!([]));
}

#[tokio::test]
async fn a_user_goes_when_it_has_nothing_any_more() {
    let world = world().await;
    let policy = "arn:aws:iam::aws:policy/AdministratorAccess";
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}}"#;
    let bob = json!({"UserName": "bob"});
    world.ok("CreateUser", json!({"UserName": "bob", "PermissionsBoundary": policy})).await;
    world.ok("CreateGroup", json!({"GroupName": "staff"})).await;
    world.ok("AddUserToGroup", json!({"GroupName": "staff", "UserName": "bob"})).await;
    world.ok("AttachUserPolicy", json!({"UserName": "bob", "PolicyArn": policy})).await;
    world.ok("PutUserPolicy", json!({"UserName": "bob", "PolicyName": "p", "PolicyDocument": document})).await;
    let key = world.ok("CreateAccessKey", bob.clone()).await["AccessKey"]["AccessKeyId"].clone();
    for (first, operation, input) in [
        ("detach all policies", "DetachUserPolicy", json!({"UserName": "bob", "PolicyArn": policy})),
        ("delete policies", "DeleteUserPolicy", json!({"UserName": "bob", "PolicyName": "p"})),
        ("remove users from group", "RemoveUserFromGroup", json!({"GroupName": "staff", "UserName": "bob"})),
        ("delete access keys", "DeleteAccessKey", json!({"UserName": "bob", "AccessKeyId": key})),
    ] {
        let refused = world.refused("DeleteUser", bob.clone()).await;
        assert_eq!(refused, ("DeleteConflict".to_owned(), format!("Cannot delete entity, must {first} first.")));
        world.ok(operation, input).await;
    }
    world.ok("DeleteUser", bob.clone()).await;
    assert_eq!(world.refused("DeleteUser", bob).await.0, "NoSuchEntity");
    let bounded = json!({"PolicyArn": policy, "PolicyUsageFilter": "PermissionsBoundary"});
    assert_eq!(world.ok("ListEntitiesForPolicy", bounded).await["PolicyUsers"], json!([]));
}

#[tokio::test]
async fn tags_are_added_changed_and_taken_away() {
    let world = world().await;
    world.ok("CreateUser", json!({"UserName": "bob"})).await;
    let tags = json!([{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}, {"Key": "c", "Value": ""}]);
    world.ok("TagUser", json!({"UserName": "bob", "Tags": tags})).await;
    world.ok("UntagUser", json!({"UserName": "bob", "TagKeys": ["B", "unknown"]})).await;
    let first = world.ok("ListUserTags", json!({"UserName": "bob", "MaxItems": 1})).await;
    assert_eq!((&first["Tags"], &first["IsTruncated"]), (&json!([{"Key": "a", "Value": "1"}]), &json!(true)));
    let rest = world.ok("ListUserTags", json!({"UserName": "bob", "Marker": first["Marker"]})).await;
    assert_eq!(rest["Tags"], json!([{"Key": "c", "Value": ""}]));
    let many: Vec<_> = (0..49).map(|number| json!({"Key": format!("k{number}"), "Value": ""})).collect();
    let refused = world.refused("TagUser", json!({"UserName": "bob", "Tags": many})).await;
    assert_eq!(refused.0, "LimitExceeded");
}

#[tokio::test]
async fn whoever_names_nobody_means_themselves() {
    let world = world().await;
    world.ok("CreateUser", json!({"UserName": "bob"})).await;
    let own = world.call_as(&user("bob"), "GetUser", json!({})).await.expect("an answer");
    assert_eq!(own["User"]["UserName"], "bob");
    for operation in ["GetUser", "ListAccessKeys", "CreateAccessKey", "ListMFADevices", "GetLoginProfile"] {
        let refused = world.call_as(&session(), operation, json!({})).await.expect_err(operation);
        let words = "Must specify userName when calling with non-User credentials".to_owned();
        assert_eq!(refused, ("ValidationError".to_owned(), words), "{operation}");
    }
}

#[tokio::test]
async fn what_a_user_cannot_have_is_told_truthfully() {
    let world = world().await;
    world.ok("CreateUser", json!({"UserName": "bob"})).await;
    for (operation, list) in [
        ("ListMFADevices", "MFADevices"),
        ("ListSSHPublicKeys", "SSHPublicKeys"),
        ("ListSigningCertificates", "Certificates"),
        ("ListServiceSpecificCredentials", "ServiceSpecificCredentials"),
    ] {
        let answer = world.ok(operation, json!({"UserName": "bob"})).await;
        assert_eq!((&answer[list], &answer["IsTruncated"]), (&json!([]), &json!(false)), "{operation}");
        assert_eq!(world.refused(operation, json!({"UserName": "eve"})).await.0, "NoSuchEntity", "{operation}");
    }
    let none = world.refused("GetLoginProfile", json!({"UserName": "bob"})).await;
    assert_eq!(none, ("NoSuchEntity".to_owned(), "Login Profile for User bob cannot be found.".to_owned()));
}
