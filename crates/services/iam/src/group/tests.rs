//! Groups, from the first call to the last.

use operation::testing::{ACCOUNT, FOREIGN, World, text};
use serde_json::{Value, json};

async fn world() -> World {
    World::new(crate::service()).await
}

async fn with_members(names: &[&str]) -> World {
    let world = world().await;
    world.ok("CreateGroup", json!({"GroupName": "staff", "Path": "/x/"})).await;
    for name in names {
        world.ok("CreateUser", json!({"UserName": name})).await;
        world.ok("AddUserToGroup", json!({"GroupName": "staff", "UserName": name})).await;
    }
    world
}

fn names<'v>(list: &'v Value, member: &str) -> Vec<&'v str> {
    list.as_array().expect("a list").iter().map(|one| one[member].as_str().expect("a name")).collect()
}

#[tokio::test]
async fn a_group_is_made_as_aws_makes_it() {
    let world = with_members(&[]).await;
    let group = world.ok("GetGroup", json!({"GroupName": "staff"})).await["Group"].clone();
    assert!(text(&group, "GroupId").starts_with("AGPA"));
    assert_eq!(group["Arn"], format!("arn:aws:iam::{ACCOUNT}:group/x/staff"));
    let again = world.refused("CreateGroup", json!({"GroupName": "STAFF"})).await;
    assert_eq!(again, ("EntityAlreadyExists".to_owned(), "Group with name STAFF already exists.".to_owned()));
    for name in ["", "a b", "a/b", "ст", &"x".repeat(129)] {
        assert_eq!(world.refused("CreateGroup", json!({"GroupName": name})).await.0, "ValidationError", "{name}");
    }
    assert_eq!(names(&world.ok("ListGroups", json!({"PathPrefix": "/x"})).await["Groups"], "GroupName"), ["staff"]);
    assert_eq!(world.ok("ListGroups", json!({"PathPrefix": "/y"})).await["Groups"], json!([]));
    let theirs = world.call_as(&World::root(FOREIGN), "GetGroup", json!({"GroupName": "staff"})).await;
    assert_eq!(theirs.expect_err("not theirs").1, "The group with name staff cannot be found.");
}

#[tokio::test]
async fn members_come_by_name_in_pages() {
    let world = with_members(&["carl", "amy", "bob"]).await;
    let first = world.ok("GetGroup", json!({"GroupName": "staff", "MaxItems": 2})).await;
    assert_eq!((names(&first["Users"], "UserName"), &first["IsTruncated"]), (vec!["amy", "bob"], &json!(true)));
    let rest = world.ok("GetGroup", json!({"GroupName": "staff", "Marker": first["Marker"]})).await;
    assert_eq!((names(&rest["Users"], "UserName"), &rest["IsTruncated"]), (vec!["carl"], &json!(false)));
    let groups = world.ok("ListGroupsForUser", json!({"UserName": "bob"})).await;
    assert_eq!(names(&groups["Groups"], "GroupName"), ["staff"]);
}

#[tokio::test]
async fn joining_twice_changes_nothing_and_leaving_twice_is_refused() {
    let world = with_members(&["bob"]).await;
    let both = json!({"GroupName": "staff", "UserName": "bob"});
    world.ok("AddUserToGroup", both.clone()).await;
    world.ok("RemoveUserFromGroup", both.clone()).await;
    assert_eq!(world.refused("RemoveUserFromGroup", both).await.0, "NoSuchEntity");
    assert_eq!(world.ok("GetGroup", json!({"GroupName": "staff"})).await["Users"], json!([]));
    for input in [json!({"GroupName": "no", "UserName": "bob"}), json!({"GroupName": "staff", "UserName": "no"})] {
        assert_eq!(world.refused("AddUserToGroup", input).await.0, "NoSuchEntity");
    }
}

#[tokio::test]
async fn a_user_is_in_ten_groups_at_most() {
    let world = with_members(&["bob"]).await;
    for number in 1..=10 {
        world.ok("CreateGroup", json!({"GroupName": format!("g{number}")})).await;
    }
    for number in 1..10 {
        world.ok("AddUserToGroup", json!({"GroupName": format!("g{number}"), "UserName": "bob"})).await;
    }
    let one_more = world.refused("AddUserToGroup", json!({"GroupName": "g10", "UserName": "bob"})).await;
    assert_eq!(one_more, ("LimitExceeded".to_owned(), "Cannot exceed quota for GroupsPerUser: 10".to_owned()));
}

#[tokio::test]
async fn whatever_a_group_has_follows_its_new_name() {
    let world = with_members(&["amy", "bob"]).await;
    let policy = "arn:aws:iam::aws:policy/AdministratorAccess";
    world.ok("AttachGroupPolicy", json!({"GroupName": "staff", "PolicyArn": policy})).await;
    world.ok("UpdateGroup", json!({"GroupName": "staff", "NewGroupName": "crew", "NewPath": "/"})).await;
    assert_eq!(world.refused("GetGroup", json!({"GroupName": "staff"})).await.0, "NoSuchEntity");
    let crew = world.ok("GetGroup", json!({"GroupName": "crew"})).await;
    assert_eq!(crew["Group"]["Arn"], format!("arn:aws:iam::{ACCOUNT}:group/crew"));
    assert_eq!(names(&crew["Users"], "UserName"), ["amy", "bob"]);
    let groups = world.ok("ListGroupsForUser", json!({"UserName": "amy"})).await;
    assert_eq!(names(&groups["Groups"], "GroupName"), ["crew"]);
    let entities = world.ok("ListEntitiesForPolicy", json!({"PolicyArn": policy})).await;
    assert_eq!(names(&entities["PolicyGroups"], "GroupName"), ["crew"]);
    world.ok("CreateGroup", json!({"GroupName": "staff"})).await;
    assert_eq!(world.ok("GetGroup", json!({"GroupName": "staff"})).await["Users"], json!([]));
    let taken = world.refused("UpdateGroup", json!({"GroupName": "staff", "NewGroupName": "CREW"})).await;
    assert_eq!(taken.0, "EntityAlreadyExists");
}

#[tokio::test]
async fn a_group_goes_when_it_has_nothing_any_more() {
    let world = with_members(&["bob"]).await;
    let policy = "arn:aws:iam::aws:policy/AdministratorAccess";
    let document = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"iam:GetUser","Resource":"*"}}"#;
    let staff = json!({"GroupName": "staff"});
    world.ok("AttachGroupPolicy", json!({"GroupName": "staff", "PolicyArn": policy})).await;
    world.ok("PutGroupPolicy", json!({"GroupName": "staff", "PolicyName": "p", "PolicyDocument": document})).await;
    for (first, operation, input) in [
        ("remove users from group", "RemoveUserFromGroup", json!({"GroupName": "staff", "UserName": "bob"})),
        ("detach all policies", "DetachGroupPolicy", json!({"GroupName": "staff", "PolicyArn": policy})),
        ("delete policies", "DeleteGroupPolicy", json!({"GroupName": "staff", "PolicyName": "p"})),
    ] {
        let refused = world.refused("DeleteGroup", staff.clone()).await;
        assert_eq!(refused, ("DeleteConflict".to_owned(), format!("Cannot delete entity, must {first} first.")));
        world.ok(operation, input).await;
    }
    world.ok("DeleteGroup", staff.clone()).await;
    assert_eq!(world.refused("DeleteGroup", staff).await.0, "NoSuchEntity");
}
