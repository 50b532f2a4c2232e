//! Instance profiles, called as `control` calls them.

use operation::testing::{ACCOUNT, FOREIGN, World, text};
use serde_json::{Value as Json, json};

use crate::testing::world;

fn refusal(code: &str, message: &str) -> (String, String) {
    (code.to_owned(), message.to_owned())
}

fn names(listed: &Json) -> Vec<String> {
    let profiles = listed["InstanceProfiles"].as_array().expect("a list").iter();
    profiles.map(|profile| text(profile, "InstanceProfileName")).collect()
}

#[tokio::test]
async fn a_profile_holds_one_role() {
    let world = world().await;
    let made = world.ok("CreateInstanceProfile", json!({"InstanceProfileName": "p", "Path": "/team/"})).await;
    let made = &made["InstanceProfile"];
    assert_eq!(text(made, "Arn"), format!("arn:aws:iam::{ACCOUNT}:instance-profile/team/p"));
    assert!(text(made, "InstanceProfileId").starts_with("AIPA"), "{made}");
    assert_eq!((&made["Roles"], made.get("Tags")), (&json!([]), None));
    let role = json!({"InstanceProfileName": "p", "RoleName": "ops"});
    let unbound = world.refused("RemoveRoleFromInstanceProfile", role.clone()).await;
    assert_eq!(unbound, refusal("NoSuchEntity", "Role ops in Instance Profile p cannot be found."));
    world.ok("AddRoleToInstanceProfile", role.clone()).await;
    let full = world.refused("AddRoleToInstanceProfile", role.clone()).await;
    assert_eq!(full, refusal("LimitExceeded", "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1"));
    let shown = world.ok("GetInstanceProfile", json!({"InstanceProfileName": "p"})).await;
    assert_eq!(shown["InstanceProfile"]["Roles"][0]["RoleName"], json!("ops"));
    assert_eq!(shown["InstanceProfile"]["Roles"][0].get("MaxSessionDuration"), None);
    assert_eq!(names(&world.ok("ListInstanceProfilesForRole", json!({"RoleName": "ops"})).await), ["p"]);
    let conflict = "Cannot delete entity, must remove roles from instance profile first.";
    let held = world.refused("DeleteInstanceProfile", json!({"InstanceProfileName": "p"})).await;
    assert_eq!(held, refusal("DeleteConflict", conflict));
    world.ok("RemoveRoleFromInstanceProfile", role).await;
    world.ok("DeleteInstanceProfile", json!({"InstanceProfileName": "p"})).await;
    let gone = refusal("NoSuchEntity", "Instance Profile p cannot be found.");
    assert_eq!(world.refused("GetInstanceProfile", json!({"InstanceProfileName": "p"})).await, gone);
}

#[tokio::test]
async fn profiles_are_listed_by_path_and_page_in_their_own_account() {
    let world = world().await;
    for (name, path) in [("b", "/"), ("a", "/team/"), ("c", "/")] {
        world.ok("CreateInstanceProfile", json!({"InstanceProfileName": name, "Path": path})).await;
    }
    let taken = world.refused("CreateInstanceProfile", json!({"InstanceProfileName": "A"})).await;
    assert_eq!(taken, refusal("EntityAlreadyExists", "Instance Profile A already exists."));
    let first = world.ok("ListInstanceProfiles", json!({"MaxItems": 2})).await;
    assert_eq!((names(&first), &first["IsTruncated"]), (vec!["a".into(), "b".into()], &json!(true)));
    let rest = world.ok("ListInstanceProfiles", json!({"Marker": first["Marker"]})).await;
    assert_eq!((names(&rest), &rest["IsTruncated"]), (vec!["c".into()], &json!(false)));
    assert_eq!(names(&world.ok("ListInstanceProfiles", json!({"PathPrefix": "/team"})).await), ["a"]);
    let foreign = World::root(FOREIGN);
    assert_eq!(names(&world.call_as(&foreign, "ListInstanceProfiles", json!({})).await.unwrap()), [""; 0]);
    let told = world.call_as(&foreign, "GetInstanceProfile", json!({"InstanceProfileName": "a"})).await;
    assert_eq!(told.unwrap_err().0, "NoSuchEntity");
    for bad in ["", "a b", "b\u{43e}b", "a/b"] {
        let told = world.refused("CreateInstanceProfile", json!({"InstanceProfileName": bad})).await;
        assert_eq!(told.0, "ValidationError", "{bad:?}");
    }
}

#[tokio::test]
async fn a_profile_has_tags() {
    let world = world().await;
    let tags = json!([{"Key": "a", "Value": "1"}]);
    let made = world.ok("CreateInstanceProfile", json!({"InstanceProfileName": "p", "Tags": tags})).await;
    assert_eq!(made["InstanceProfile"]["Tags"], tags);
    world.ok("TagInstanceProfile", json!({"InstanceProfileName": "p", "Tags": [{"Key": "b", "Value": "2"}]})).await;
    world.ok("UntagInstanceProfile", json!({"InstanceProfileName": "p", "TagKeys": ["a"]})).await;
    let listed = world.ok("ListInstanceProfileTags", json!({"InstanceProfileName": "p"})).await;
    assert_eq!((&listed["Tags"], &listed["IsTruncated"]), (&json!([{"Key": "b", "Value": "2"}]), &json!(false)));
    let none = world.refused("ListInstanceProfileTags", json!({"InstanceProfileName": "none"})).await;
    assert_eq!(none, refusal("NoSuchEntity", "Instance Profile none cannot be found."));
}
