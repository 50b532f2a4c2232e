//! The account's alias, summary and absences.

use operation::testing::{ACCOUNT, FOREIGN, World};
use serde_json::json;

async fn world() -> World {
    World::new(crate::service()).await
}

#[tokio::test]
async fn an_account_has_one_alias_and_no_other_has_the_same() {
    let world = world().await;
    world.ok("CreateAccountAlias", json!({"AccountAlias": "one"})).await;
    world.ok("CreateAccountAlias", json!({"AccountAlias": "two-2"})).await;
    world.ok("CreateAccountAlias", json!({"AccountAlias": "two-2"})).await;
    assert_eq!(world.ok("ListAccountAliases", json!({})).await["AccountAliases"], json!(["two-2"]));
    let stranger = World::root(FOREIGN);
    let taken = world.call_as(&stranger, "CreateAccountAlias", json!({"AccountAlias": "two-2"})).await;
    assert_eq!(taken.expect_err("taken").0, "EntityAlreadyExists");
    let theirs = world.call_as(&stranger, "DeleteAccountAlias", json!({"AccountAlias": "two-2"})).await;
    assert_eq!(theirs.expect_err("not theirs").0, "NoSuchEntity");
    world.call_as(&stranger, "CreateAccountAlias", json!({"AccountAlias": "one"})).await.expect("free again");
    world.ok("DeleteAccountAlias", json!({"AccountAlias": "two-2"})).await;
    assert_eq!(world.ok("ListAccountAliases", json!({})).await["AccountAliases"], json!([]));
    for alias in ["", "ab", "-ab", "ab-", "a--b", "Abc", "a_b", "аbc", ACCOUNT, &"a".repeat(64)] {
        let refused = world.refused("CreateAccountAlias", json!({"AccountAlias": alias})).await;
        assert_eq!(refused.0, "ValidationError", "{alias}");
    }
}

#[tokio::test]
async fn the_summary_counts_what_there_is() {
    let world = world().await;
    for name in ["a", "b"] {
        world.ok("CreateUser", json!({"UserName": name})).await;
    }
    world.ok("CreateGroup", json!({"GroupName": "g"})).await;
    world.call_as(&World::root(FOREIGN), "CreateUser", json!({"UserName": "c"})).await.expect("theirs");
    let summary = world.ok("GetAccountSummary", json!({})).await["SummaryMap"].clone();
    for (name, value) in [("Users", 2), ("Groups", 1), ("Roles", 0), ("UsersQuota", 5_000), ("AccountMFAEnabled", 0)] {
        assert_eq!(summary[name], value, "{name}");
    }
    assert_eq!(summary.as_object().map(serde_json::Map::len), Some(34));
}

#[tokio::test]
async fn what_an_account_cannot_have_is_told_truthfully() {
    let world = world().await;
    let words = format!("The Password Policy with domain name {ACCOUNT} cannot be found.");
    let refused = world.refused("GetAccountPasswordPolicy", json!({})).await;
    assert_eq!(refused, ("NoSuchEntity".to_owned(), words));
    let devices = world.ok("ListVirtualMFADevices", json!({"AssignmentStatus": "Any"})).await;
    assert_eq!(devices, json!({"VirtualMFADevices": [], "IsTruncated": false}));
}
