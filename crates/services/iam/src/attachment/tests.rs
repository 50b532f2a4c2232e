//! Attached policies, called as `control` calls them.

use model::iam::{Attachment, User};
use operation::testing::{FOREIGN, World, text};
use serde_json::{Value as Json, json};

use crate::testing::{begun, policy, stored, world};

const HOLDERS: [(&str, &str); 3] = [("User", "bob"), ("Group", "staff"), ("Role", "ops")];
const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

fn input(kind: &str, name: &str, rest: &Json) -> Json {
    let mut input = rest.clone();
    input[format!("{kind}Name")] = json!(name);
    input
}

fn refusal(code: &str, message: String) -> (String, String) {
    (code.to_owned(), message)
}

#[tokio::test]
async fn a_policy_is_attached_listed_and_detached() {
    for (kind, name) in HOLDERS {
        let world = world().await;
        let arn = policy(&world, "p").await;
        let list = async |rest: Json| {
            let listed = world.ok(&format!("ListAttached{kind}Policies"), input(kind, name, &rest)).await;
            let policies = listed["AttachedPolicies"].as_array().unwrap().iter();
            policies.map(|policy| text(policy, "PolicyName")).collect::<Vec<_>>()
        };
        for arn in [&*arn, &*arn, ADMINISTRATOR] {
            world.ok(&format!("Attach{kind}Policy"), input(kind, name, &json!({"PolicyArn": arn}))).await;
        }
        assert_eq!(list(json!({})).await, ["p", "AdministratorAccess"]);
        assert_eq!(list(json!({"MaxItems": 1})).await, ["p"]);
        assert_eq!(list(json!({"PathPrefix": "/none/"})).await, [""; 0]);
        let shown = world.ok("GetPolicy", json!({"PolicyArn": arn})).await;
        assert_eq!(shown["Policy"]["AttachmentCount"], json!(1));
        world.ok(&format!("Detach{kind}Policy"), input(kind, name, &json!({"PolicyArn": arn}))).await;
        let again = world.refused(&format!("Detach{kind}Policy"), input(kind, name, &json!({"PolicyArn": arn}))).await;
        assert_eq!(again, refusal("NoSuchEntity", format!("Policy {arn} was not found.")));
        assert_eq!(list(json!({})).await, ["AdministratorAccess"]);
        world.ok("DeletePolicy", json!({"PolicyArn": arn})).await;
        let gone = world.refused(&format!("Attach{kind}Policy"), input(kind, name, &json!({"PolicyArn": arn}))).await;
        assert_eq!(gone, refusal("NoSuchEntity", format!("Policy {arn} does not exist or is not attachable.")));
        let nobody = input(kind, "nobody", &json!({"PolicyArn": ADMINISTRATOR}));
        let nobody = world.refused(&format!("Attach{kind}Policy"), nobody).await;
        let lower = kind.to_lowercase();
        assert_eq!(nobody, refusal("NoSuchEntity", format!("The {lower} with name nobody cannot be found.")));
    }
}

#[tokio::test]
async fn both_sides_of_an_attachment_are_kept() {
    let world = world().await;
    let arn = policy(&world, "p").await;
    let input = json!({"UserName": "bob", "PolicyArn": arn});
    world.ok("AttachUserPolicy", input.clone()).await;
    let id = format!("{arn}|permissions|user|bob");
    assert!(stored::<Attachment>(&world, &id).await.is_some());
    assert!(stored::<User>(&world, "bob").await.unwrap().attached.contains(&arn));
    world.ok("DetachUserPolicy", input).await;
    assert!(stored::<Attachment>(&world, &id).await.is_none());
    assert!(stored::<User>(&world, "bob").await.unwrap().attached.is_empty());
}

#[tokio::test]
async fn nobody_has_more_than_ten() {
    for (kind, name) in HOLDERS {
        let world = world().await;
        for number in 0..10 {
            let arn = policy(&world, &format!("p{number}")).await;
            world.ok(&format!("Attach{kind}Policy"), input(kind, name, &json!({"PolicyArn": arn}))).await;
        }
        let more = input(kind, name, &json!({"PolicyArn": ADMINISTRATOR}));
        let told = world.refused(&format!("Attach{kind}Policy"), more).await;
        assert_eq!(told, refusal("LimitExceeded", format!("Cannot exceed quota for PoliciesPer{kind}: 10")));
    }
}

#[tokio::test]
async fn what_cannot_be_attached_is_told_in_awss_words() {
    let world = world().await;
    let arn = policy(&world, "p").await;
    let service_role = "arn:aws:iam::aws:policy/aws-service-role/APIGatewayServiceRolePolicy";
    for (policy, code, message) in [
        (service_role, "PolicyNotAttachable", "Cannot attach a Service Role Policy to a Customer Role.".to_owned()),
        ("longer-than-twenty-but-no-arn", "InvalidInput", "ARN longer-than-twenty-but-no-arn is not valid.".to_owned()),
        ("arn", "ValidationError", "1 validation error detected: Value at 'policyArn' failed to satisfy constraint: Member must have length greater than or equal to 20".to_owned()),
        ("arn:aws:iam::*:policy/p", "NoSuchEntity", "Policy arn:aws:iam::*:policy/p does not exist or is not attachable.".to_owned()),
        (
            "arn:aws:iam::aws:policy/NeverHeardOf",
            "NoSuchEntity",
            "Policy arn:aws:iam::aws:policy/NeverHeardOf does not exist or is not attachable.".to_owned(),
        ),
    ] {
        let told = world.refused("AttachRolePolicy", json!({"RoleName": "ops", "PolicyArn": policy})).await;
        assert_eq!(told, refusal(code, message));
    }
    // Another account's policy does not exist, and neither does this account's for another.
    let theirs = arn.replace(operation::testing::ACCOUNT, FOREIGN);
    let told = world.refused("AttachUserPolicy", json!({"UserName": "bob", "PolicyArn": theirs})).await;
    assert_eq!(told.0, "NoSuchEntity");
    let foreign = World::root(FOREIGN);
    let told = world.call_as(&foreign, "AttachUserPolicy", json!({"UserName": "bob", "PolicyArn": arn})).await;
    assert_eq!(told.unwrap_err().1, "The user with name bob cannot be found.");
}

#[tokio::test]
async fn a_policy_is_never_attached_and_gone() {
    for other in [
        ("AttachRolePolicy", json!({"RoleName": "ops"}), "PolicyArn"),
        ("PutUserPermissionsBoundary", json!({"UserName": "bob"}), "PermissionsBoundary"),
    ] {
        for attached_first in [true, false] {
            let world = world().await;
            let arn = policy(&world, "p").await;
            let (operation, mut input, member) = other.clone();
            input[member] = json!(arn);
            let attach = begun(&world, operation, input).await;
            let delete = begun(&world, "DeletePolicy", json!({"PolicyArn": arn})).await;
            let (first, second) = if attached_first { (attach, delete) } else { (delete, attach) };
            world.ports.resources.commit(first).await.expect("nothing came between");
            let conflict = world.ports.resources.commit(second).await;
            assert!(matches!(conflict, Err(store_resources::CommitError::Conflict)), "{operation}: {conflict:?}");
        }
    }
}

#[tokio::test]
async fn two_at_once_do_not_make_eleven() {
    let world = world().await;
    for number in 0..9 {
        let arn = policy(&world, &format!("p{number}")).await;
        world.ok("AttachUserPolicy", json!({"UserName": "bob", "PolicyArn": arn})).await;
    }
    let mut begun_both = Vec::new();
    for name in ["x", "y"] {
        let arn = policy(&world, name).await;
        begun_both.push(begun(&world, "AttachUserPolicy", json!({"UserName": "bob", "PolicyArn": arn})).await);
    }
    let second = begun_both.pop().unwrap();
    world.ports.resources.commit(begun_both.pop().unwrap()).await.expect("nothing came between");
    assert!(world.ports.resources.commit(second).await.is_err());
}
