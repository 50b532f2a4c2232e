//! Managed policies, called as `control` calls them.

use model::iam::ManagedPolicy;
use operation::testing::{ACCOUNT, FOREIGN, World, text};
use serde_json::{Value as Json, json};

use crate::testing::{DOCUMENT, policy, stored, world};

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

fn refusal(code: &str, message: &str) -> (String, String) {
    (code.to_owned(), message.to_owned())
}

fn arns(listed: &Json) -> Vec<String> {
    listed["Policies"].as_array().expect("a list").iter().map(|policy| text(policy, "Arn")).collect()
}

#[tokio::test]
async fn a_policy_is_made_shown_and_removed() {
    let world = world().await;
    let input = json!({
        "PolicyName": "p", "Path": "/team/", "PolicyDocument": DOCUMENT, "Description": "d",
        "Tags": [{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}],
    });
    let made = world.ok("CreatePolicy", input.clone()).await["Policy"].clone();
    let arn = format!("arn:aws:iam::{ACCOUNT}:policy/team/p");
    assert_eq!((text(&made, "Arn"), text(&made, "DefaultVersionId")), (arn.clone(), "v1".to_owned()));
    assert_eq!((made["AttachmentCount"].clone(), made.get("Description")), (json!(0), None));
    let shown = world.ok("GetPolicy", json!({"PolicyArn": arn})).await["Policy"].clone();
    assert_eq!((&shown["Description"], shown["Tags"].as_array().map(Vec::len)), (&json!("d"), Some(2)));
    let again = world.refused("CreatePolicy", json!({"PolicyName": "P", "PolicyDocument": DOCUMENT})).await;
    assert_eq!(
        again,
        refusal("EntityAlreadyExists", "A policy called P already exists. Duplicate names are not allowed.")
    );
    let other = World::root(FOREIGN);
    for operation in ["GetPolicy", "DeletePolicy", "ListPolicyTags", "ListEntitiesForPolicy"] {
        let told = world.call_as(&other, operation, json!({"PolicyArn": arn})).await.unwrap_err();
        assert_eq!(told, refusal("NoSuchEntity", &format!("Policy {arn} was not found.")), "{operation}");
    }
    let foreign = world.call_as(&other, "ListPolicies", json!({"Scope": "Local"})).await.unwrap();
    assert_eq!((arns(&foreign).len(), &foreign["IsTruncated"]), (0, &json!(false)));
    world.ok("DeletePolicy", json!({"PolicyArn": arn})).await;
    let gone = world.refused("GetPolicy", json!({"PolicyArn": arn})).await;
    assert_eq!(gone, refusal("NoSuchEntity", &format!("Policy {arn} was not found.")));
    assert!(stored::<ManagedPolicy>(&world, "/team/p").await.is_none());
}

#[tokio::test]
async fn a_policy_has_up_to_five_versions_and_one_in_force() {
    let world = world().await;
    let arn = policy(&world, "p").await;
    let add = |default: bool| json!({"PolicyArn": arn, "PolicyDocument": DOCUMENT, "SetAsDefault": default});
    let second = world.ok("CreatePolicyVersion", add(true)).await["PolicyVersion"].clone();
    assert_eq!((&second["VersionId"], &second["IsDefaultVersion"]), (&json!("v2"), &json!(true)));
    assert_eq!(second.get("Document"), None);
    for _ in 0..3 {
        world.ok("CreatePolicyVersion", add(false)).await;
    }
    let full = "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.";
    assert_eq!(world.refused("CreatePolicyVersion", add(false)).await, refusal("LimitExceeded", full));
    let version = |id: &str| json!({"PolicyArn": arn, "VersionId": id});
    let in_force = world.refused("DeletePolicyVersion", version("v2")).await;
    assert_eq!(in_force, refusal("DeleteConflict", "Cannot delete the default version of a policy."));
    world.ok("DeletePolicyVersion", version("v1")).await;
    // A number is never given twice.
    let sixth = world.ok("CreatePolicyVersion", add(false)).await;
    assert_eq!(sixth["PolicyVersion"]["VersionId"], json!("v6"));
    world.ok("SetDefaultPolicyVersion", version("v3")).await;
    let listed = world.ok("ListPolicyVersions", json!({"PolicyArn": arn, "MaxItems": 3})).await;
    let ids = |listed: &Json| -> Vec<String> {
        listed["Versions"].as_array().expect("a list").iter().map(|version| text(version, "VersionId")).collect()
    };
    assert_eq!((ids(&listed), &listed["IsTruncated"]), (vec!["v6".into(), "v5".into(), "v4".into()], &json!(true)));
    let rest = json!({"PolicyArn": arn, "MaxItems": 3, "Marker": listed["Marker"]});
    assert_eq!(ids(&world.ok("ListPolicyVersions", rest).await), ["v3", "v2"]);
    let shown = world.ok("GetPolicyVersion", version("v3")).await["PolicyVersion"].clone();
    assert!(text(&shown, "Document").starts_with("%7B%22Version%22%3A%222012-10-17%22"), "{shown}");
    assert_eq!(shown["IsDefaultVersion"], json!(true));
    let several = world.refused("DeletePolicy", json!({"PolicyArn": arn})).await;
    assert!(several.1.starts_with("This policy has more than one version."), "{several:?}");
    let absent = format!("Policy {arn} version v1 does not exist or is not attachable.");
    for operation in ["GetPolicyVersion", "DeletePolicyVersion", "SetDefaultPolicyVersion"] {
        let told = world.refused(operation, version("v1")).await;
        assert_eq!(told, refusal("NoSuchEntity", &absent), "{operation}");
        let told = world.refused(operation, version("1")).await;
        assert_eq!(told.0, "ValidationError", "{operation}");
        let foreign = world.call_as(&World::root(FOREIGN), operation, version("v2")).await.unwrap_err();
        assert_eq!(foreign.0, "NoSuchEntity", "{operation}");
    }
}

#[tokio::test]
async fn a_list_knows_whose_policies_where_and_what_for() {
    let world = world().await;
    let (a, b) = (policy(&world, "a").await, policy(&world, "b").await);
    world.ok("CreatePolicy", json!({"PolicyName": "c", "Path": "/team/", "PolicyDocument": DOCUMENT})).await;
    world.ok("AttachUserPolicy", json!({"UserName": "bob", "PolicyArn": a})).await;
    world.ok("PutRolePermissionsBoundary", json!({"RoleName": "ops", "PermissionsBoundary": b})).await;
    world.ok("AttachGroupPolicy", json!({"GroupName": "staff", "PolicyArn": ADMINISTRATOR})).await;
    let c = format!("arn:aws:iam::{ACCOUNT}:policy/team/c");
    let many = model::iam::aws_managed::ALL.len() + 3;
    let list = async |input: Json| arns(&world.ok("ListPolicies", input).await);
    assert_eq!(list(json!({})).await.len(), many);
    assert_eq!(list(json!({"Scope": "Local"})).await, [a.clone(), b.clone(), c.clone()]);
    assert_eq!(list(json!({"Scope": "AWS"})).await.len(), many - 3);
    assert_eq!(list(json!({"OnlyAttached": true})).await, [a.clone(), ADMINISTRATOR.to_owned()]);
    assert_eq!(list(json!({"PolicyUsageFilter": "PermissionsBoundary"})).await, std::slice::from_ref(&b));
    assert_eq!(
        list(json!({"PolicyUsageFilter": "PermissionsPolicy", "Scope": "Local"})).await,
        std::slice::from_ref(&a)
    );
    assert_eq!(list(json!({"PathPrefix": "/team/"})).await, [c]);
    let service = list(json!({"PathPrefix": "/service-role/"})).await;
    assert!(service.contains(&"arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole".to_owned()));
    let first = world.ok("ListPolicies", json!({"Scope": "Local", "MaxItems": 2})).await;
    assert_eq!((arns(&first), &first["IsTruncated"]), (vec![a.clone(), b.clone()], &json!(true)));
    assert_eq!(
        (&first["Policies"][0]["AttachmentCount"], &first["Policies"][1]["PermissionsBoundaryUsageCount"]),
        (&json!(1), &json!(1))
    );
    // A marker belongs to its own query and account.
    let marker = &first["Marker"];
    let stolen = json!({"Scope": "Local", "MaxItems": 2, "Marker": marker});
    assert!(world.call_as(&World::root(FOREIGN), "ListPolicies", stolen).await.is_err());
    assert!(world.call("ListPolicies", json!({"Scope": "All", "Marker": marker})).await.is_err());
}

#[tokio::test]
async fn whoever_uses_a_policy_is_listed() {
    let world = world().await;
    let arn = policy(&world, "p").await;
    world.ok("AttachUserPolicy", json!({"UserName": "bob", "PolicyArn": arn})).await;
    world.ok("AttachGroupPolicy", json!({"GroupName": "staff", "PolicyArn": arn})).await;
    world.ok("PutUserPermissionsBoundary", json!({"UserName": "bob", "PermissionsBoundary": arn})).await;
    world.ok("PutRolePermissionsBoundary", json!({"RoleName": "ops", "PermissionsBoundary": arn})).await;
    let list = async |filter: Json| {
        let mut input = json!({"PolicyArn": arn});
        input.as_object_mut().unwrap().extend(filter.as_object().unwrap().clone());
        let listed = world.ok("ListEntitiesForPolicy", input).await;
        let names = |list: &str, name: &str| {
            listed[list].as_array().unwrap().iter().map(|one| text(one, name)).collect::<Vec<_>>().join(",")
        };
        let groups = names("PolicyGroups", "GroupName");
        [groups, names("PolicyUsers", "UserName"), names("PolicyRoles", "RoleName")].join(" ")
    };
    assert_eq!(list(json!({})).await, "staff bob ops");
    assert_eq!(list(json!({"PolicyUsageFilter": "PermissionsPolicy"})).await, "staff bob ");
    assert_eq!(list(json!({"PolicyUsageFilter": "PermissionsBoundary"})).await, " bob ops");
    assert_eq!(list(json!({"EntityFilter": "User"})).await, " bob ");
    assert_eq!(list(json!({"EntityFilter": "AWSManagedPolicy"})).await, "  ");
    assert_eq!(list(json!({"PathPrefix": "/people/"})).await, " bob ");
    let used = world.refused("DeletePolicy", json!({"PolicyArn": arn})).await;
    assert_eq!(used, refusal("DeleteConflict", "Cannot delete a policy attached to entities."));
    let mut seen = Vec::new();
    let mut marker = Json::Null;
    loop {
        let page = json!({"PolicyArn": arn, "MaxItems": 1, "Marker": marker});
        let listed = world.ok("ListEntitiesForPolicy", page).await;
        for list in ["PolicyGroups", "PolicyUsers", "PolicyRoles"] {
            seen.extend(listed[list].as_array().unwrap().iter().map(ToString::to_string));
        }
        marker = listed["Marker"].clone();
        if listed["IsTruncated"] == json!(false) {
            break;
        }
    }
    assert_eq!(seen.len(), 3, "{seen:?}");
}

#[tokio::test]
async fn awss_own_policies_are_shown_and_nobodys_to_change() {
    let world = world().await;
    let shown = world.ok("GetPolicy", json!({"PolicyArn": ADMINISTRATOR})).await["Policy"].clone();
    assert_eq!(
        (&shown["Description"], &shown["Tags"]),
        (&json!("Provides full access to AWS services and resources."), &json!([]))
    );
    let version = world.ok("GetPolicyVersion", json!({"PolicyArn": ADMINISTRATOR, "VersionId": "v1"})).await;
    assert!(text(&version["PolicyVersion"], "Document").contains("%22Action%22%3A%22%2A%22"), "{version}");
    world.refused("GetPolicyVersion", json!({"PolicyArn": ADMINISTRATOR, "VersionId": "v2"})).await;
    for (operation, input) in [
        ("DeletePolicy", json!({})),
        ("CreatePolicyVersion", json!({"PolicyDocument": DOCUMENT})),
        ("DeletePolicyVersion", json!({"VersionId": "v1"})),
        ("SetDefaultPolicyVersion", json!({"VersionId": "v1"})),
        ("TagPolicy", json!({"Tags": []})),
        ("UntagPolicy", json!({"TagKeys": []})),
    ] {
        let mut input = input;
        input["PolicyArn"] = json!(ADMINISTRATOR);
        let told = world.refused(operation, input).await;
        let message = format!(
            "User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: iam:{operation} on resource: policy {ADMINISTRATOR}"
        );
        assert_eq!(told, refusal("AccessDenied", &message));
    }
}

#[tokio::test]
async fn tags_of_a_policy_have_case() {
    let world = world().await;
    let arn = policy(&world, "p").await;
    let tags = json!([{"Key": "a", "Value": "1"}, {"Key": "A", "Value": "2"}, {"Key": "b", "Value": ""}]);
    world.ok("TagPolicy", json!({"PolicyArn": arn, "Tags": tags})).await;
    world.ok("UntagPolicy", json!({"PolicyArn": arn, "TagKeys": ["a", "never"]})).await;
    let first = world.ok("ListPolicyTags", json!({"PolicyArn": arn, "MaxItems": 1})).await;
    assert_eq!((&first["Tags"], &first["IsTruncated"]), (&json!([{"Key": "A", "Value": "2"}]), &json!(true)));
    let rest = world.ok("ListPolicyTags", json!({"PolicyArn": arn, "Marker": first["Marker"]})).await;
    assert_eq!(rest["Tags"], json!([{"Key": "b", "Value": ""}]));
    let twice = json!([{"Key": "x", "Value": "1"}, {"Key": "x", "Value": "2"}]);
    let told = world.refused("TagPolicy", json!({"PolicyArn": arn, "Tags": twice})).await;
    assert_eq!(told, refusal("InvalidInput", "Duplicate tag keys found."));
    let many: Vec<_> = (0..51).map(|number| json!({"Key": number.to_string(), "Value": ""})).collect();
    let told = world.refused("TagPolicy", json!({"PolicyArn": arn, "Tags": many})).await;
    assert!(told.1.ends_with("Member must have length less than or equal to 50"), "{told:?}");
}
