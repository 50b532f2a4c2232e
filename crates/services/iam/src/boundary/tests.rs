//! Permissions boundaries, called as `control` calls them.

use model::iam::{Attachment, User};
use serde_json::json;

use crate::testing::{policy, stored, world};

#[tokio::test]
async fn a_boundary_is_set_replaced_and_removed() {
    let world = world().await;
    let (first, second) = (policy(&world, "first").await, policy(&world, "second").await);
    let id = |arn: &str| format!("{arn}|boundary|user|bob");
    for arn in [&first, &second, &second] {
        world.ok("PutUserPermissionsBoundary", json!({"UserName": "bob", "PermissionsBoundary": arn})).await;
        assert_eq!(stored::<User>(&world, "bob").await.unwrap().boundary.as_ref(), Some(arn));
        assert!(stored::<Attachment>(&world, &id(arn)).await.is_some());
    }
    assert!(stored::<Attachment>(&world, &id(&first)).await.is_none());
    let shown = world.ok("GetPolicy", json!({"PolicyArn": second})).await["Policy"].clone();
    assert_eq!((&shown["AttachmentCount"], &shown["PermissionsBoundaryUsageCount"]), (&json!(0), &json!(1)));
    assert_eq!(world.refused("DeletePolicy", json!({"PolicyArn": second})).await.0, "DeleteConflict");
    // Taking away what is not there is no fault.
    for _ in 0..2 {
        world.ok("DeleteUserPermissionsBoundary", json!({"UserName": "bob"})).await;
    }
    assert_eq!(stored::<User>(&world, "bob").await.unwrap().boundary, None);
    world.ok("DeletePolicy", json!({"PolicyArn": second})).await;
}

#[tokio::test]
async fn what_does_not_exist_bounds_nobody() {
    let world = world().await;
    let none = "arn:aws:iam::123456789012:policy/none";
    let missing = format!("Scope ARN: {none} does not exist or is not attachable.");
    for (operation, input, code, message) in [
        (
            "PutRolePermissionsBoundary",
            json!({"RoleName": "ops", "PermissionsBoundary": none}),
            "NoSuchEntity",
            &*missing,
        ),
        (
            "PutUserPermissionsBoundary",
            json!({"UserName": "nobody", "PermissionsBoundary": none}),
            "NoSuchEntity",
            "The user with name nobody cannot be found.",
        ),
        (
            "DeleteRolePermissionsBoundary",
            json!({"RoleName": "nobody"}),
            "NoSuchEntity",
            "The role with name nobody cannot be found.",
        ),
        (
            "PutRolePermissionsBoundary",
            json!({"RoleName": "ops", "PermissionsBoundary": "no-arn-but-long-enough"}),
            "InvalidInput",
            "ARN no-arn-but-long-enough is not valid.",
        ),
    ] {
        assert_eq!(world.refused(operation, input).await, (code.to_owned(), message.to_owned()));
    }
}
