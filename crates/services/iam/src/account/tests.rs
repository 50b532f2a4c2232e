//! The account's alias, summary and absences.

use operation::testing::{ACCOUNT, FOREIGN, World, quotas};
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
async fn what_is_made_relies_on_its_quota_until_it_is_stored() {
    let world = world().await;
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}}"#;
    let trust = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}"#;
    for (name, input, max) in [
        ("CreateUser", json!({"UserName": "u"}), 5_000),
        ("CreateGroup", json!({"GroupName": "g"}), 500),
        ("CreateRole", json!({"RoleName": "r", "AssumeRolePolicyDocument": trust}), 5_000),
        ("CreatePolicy", json!({"PolicyName": "p", "PolicyDocument": document}), 1_500),
        ("CreateInstanceProfile", json!({"InstanceProfileName": "i"}), 1_000),
        ("CreateOpenIDConnectProvider", json!({"Url": "https://issuer.example"}), 700),
    ] {
        assert_eq!(quotas(&world.uncommitted(name, input).await), [(1, max)], "{name}");
    }
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

/// A world with users, a group, a role and policies.
async fn populated() -> (World, String) {
    let world = world().await;
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}}"#;
    let trust = json!({"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}});
    let made = world.ok("CreatePolicy", json!({"PolicyName": "own", "PolicyDocument": document})).await;
    let own = operation::testing::text(&made["Policy"], "Arn");
    for name in ["amy", "bob", "carl"] {
        world.ok("CreateUser", json!({"UserName": name})).await;
    }
    world.ok("CreateGroup", json!({"GroupName": "staff"})).await;
    let role = json!({"RoleName": "ops", "AssumeRolePolicyDocument": trust.to_string()});
    world.ok("CreateRole", role).await;
    world.ok("AddUserToGroup", json!({"GroupName": "staff", "UserName": "bob"})).await;
    world.ok("PutUserPolicy", json!({"UserName": "bob", "PolicyName": "p", "PolicyDocument": document})).await;
    world.ok("AttachGroupPolicy", json!({"GroupName": "staff", "PolicyArn": own})).await;
    let aws = "arn:aws:iam::aws:policy/AdministratorAccess";
    world.ok("AttachRolePolicy", json!({"RoleName": "ops", "PolicyArn": aws})).await;
    (world, own)
}

#[tokio::test]
async fn the_details_hold_everything_that_decides() {
    let (world, own) = populated().await;
    let all = world.ok("GetAccountAuthorizationDetails", json!({})).await;
    let bob = &all["UserDetailList"][1];
    assert_eq!((&bob["UserName"], &bob["GroupList"]), (&json!("bob"), &json!(["staff"])));
    assert!(bob["UserPolicyList"][0]["PolicyDocument"].as_str().expect("text").starts_with("%7B%22Version%22"));
    assert_eq!(all["GroupDetailList"][0]["AttachedManagedPolicies"][0]["PolicyArn"], own);
    assert!(all["RoleDetailList"][0]["AssumeRolePolicyDocument"].is_string());
    let policies: Vec<_> = all["Policies"].as_array().expect("a list").iter().map(|one| &one["PolicyName"]).collect();
    assert_eq!(policies, ["own", "AdministratorAccess"]);
    let policy = &all["Policies"][0];
    assert_eq!((&policy["AttachmentCount"], &policy["PolicyVersionList"][0]["VersionId"]), (&json!(1), &json!("v1")));
    assert_eq!(all["IsTruncated"], false);
    let theirs = world.call_as(&World::root(FOREIGN), "GetAccountAuthorizationDetails", json!({})).await;
    assert_eq!(theirs.expect("an answer")["UserDetailList"], json!([]));
}

/// The lists of an answer in their order, and what names their entries.
const LISTS: [(&str, &str); 4] = [
    ("UserDetailList", "UserName"),
    ("RoleDetailList", "RoleName"),
    ("GroupDetailList", "GroupName"),
    ("Policies", "PolicyName"),
];

#[tokio::test]
async fn the_details_come_in_pages_over_all_kinds() {
    let (world, _) = populated().await;
    for (filter, expected) in [
        (json!([]), vec!["amy", "bob", "carl", "ops", "staff", "own", "AdministratorAccess"]),
        (json!(["Group", "User"]), vec!["amy", "bob", "carl", "staff"]),
        (json!(["AWSManagedPolicy"]), vec!["AdministratorAccess"]),
        (json!(["LocalManagedPolicy", "Role"]), vec!["ops", "own"]),
    ] {
        for size in 1..=8 {
            let (mut seen, mut marker) = (Vec::new(), serde_json::Value::Null);
            loop {
                let input = json!({"Filter": filter, "MaxItems": size, "Marker": marker});
                let page = world.ok("GetAccountAuthorizationDetails", input).await;
                let before = seen.len();
                for (list, member) in LISTS {
                    let names = page[list].as_array().expect("a list").iter();
                    seen.extend(names.map(|one| one[member].as_str().expect("a name").to_owned()));
                }
                assert!(seen.len() - before <= size, "{filter} {size}");
                marker = page["Marker"].clone();
                if marker.is_null() {
                    break;
                }
            }
            assert_eq!(seen, expected, "{filter}, {size} at a time");
        }
    }
    let first = world.ok("GetAccountAuthorizationDetails", json!({"Filter": ["User"], "MaxItems": 1})).await;
    let other = json!({"Filter": ["Role"], "Marker": first["Marker"]});
    assert_eq!(world.refused("GetAccountAuthorizationDetails", other).await.0, "ValidationError");
}
