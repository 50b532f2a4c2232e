//! Roles, called as `control` calls them.

use operation::testing::{ACCOUNT, FOREIGN, World, text};
use serde_json::{Value as Json, json};

fn trust(principal: &Json) -> String {
    let statement = json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"});
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

fn by_service() -> String {
    trust(&json!({"Service": "lambda.amazonaws.com"}))
}

async fn world() -> World {
    World::new(crate::service()).await
}

async fn make(world: &World, name: &str) -> Json {
    let input = json!({"RoleName": name, "AssumeRolePolicyDocument": by_service()});
    world.ok("CreateRole", input).await["Role"].clone()
}

#[tokio::test]
async fn a_role_is_made_shown_and_listed() {
    let world = world().await;
    let input = json!({
        "RoleName": "ops", "Path": "/team/", "AssumeRolePolicyDocument": by_service(), "Description": "d",
        "MaxSessionDuration": 7200, "Tags": [{"Key": "a", "Value": "1"}],
        "PermissionsBoundary": "arn:aws:iam::aws:policy/AdministratorAccess",
    });
    let role = world.ok("CreateRole", input).await["Role"].clone();
    assert_eq!(text(&role, "Arn"), format!("arn:aws:iam::{ACCOUNT}:role/team/ops"));
    assert!(text(&role, "RoleId").starts_with("AROA") && text(&role, "RoleId").len() == 21);
    assert!(text(&role, "AssumeRolePolicyDocument").starts_with("%7B%22"));
    assert_eq!((&role["MaxSessionDuration"], &role["Tags"][0]["Key"]), (&json!(7200), &json!("a")));
    assert_eq!(world.ok("GetRole", json!({"RoleName": "ops"})).await["Role"], role);
    make(&world, "zeta").await;
    let names = |listed: Json| {
        listed["Roles"].as_array().unwrap().iter().map(|role| text(role, "RoleName")).collect::<Vec<_>>()
    };
    assert_eq!(names(world.ok("ListRoles", json!({"PathPrefix": "/team/"})).await), ["ops"]);
    let first = world.ok("ListRoles", json!({"MaxItems": 1})).await;
    assert_eq!((names(first.clone()), &first["IsTruncated"]), (vec!["ops".to_owned()], &json!(true)));
    let rest = world.ok("ListRoles", json!({"MaxItems": 1, "Marker": first["Marker"]})).await;
    assert_eq!((names(rest.clone()), &rest["IsTruncated"]), (vec!["zeta".to_owned()], &json!(false)));
    let foreign = World::root(FOREIGN);
    let elsewhere = world.call_as(&foreign, "ListRoles", json!({})).await.unwrap();
    assert_eq!(elsewhere["Roles"], json!([]));
    let (code, _) = world.call_as(&foreign, "GetRole", json!({"RoleName": "ops"})).await.unwrap_err();
    assert_eq!(code, "NoSuchEntity");
}

#[tokio::test]
async fn what_is_no_role_is_refused_in_awss_words() {
    let world = world().await;
    make(&world, "ops").await;
    let nobody = "arn:aws:iam::123456789012:user/nobody";
    let boundary = "arn:aws:iam::123456789012:policy/none";
    for (input, code, message) in [
        (json!({"RoleName": "OPS"}), "EntityAlreadyExists", "Role with name OPS already exists."),
        (json!({"RoleName": "a b"}), "ValidationError", "The specified value for roleName is invalid."),
        (json!({"RoleName": "x".repeat(65)}), "ValidationError", "length less than or equal to 64"),
        (json!({"RoleName": "r", "MaxSessionDuration": 60}), "ValidationError", "greater than or equal to 3600"),
        (json!({"RoleName": "r", "MaxSessionDuration": 43_201}), "ValidationError", "less than or equal to 43200"),
        (json!({"RoleName": "r", "Description": "x".repeat(1001)}), "ValidationError", "less than or equal to 1000"),
        (json!({"RoleName": "r", "Description": "\u{7f}"}), "ValidationError", "regular expression"),
        (json!({"RoleName": "r", "MaxSigninSessionDuration": 3600}), "ValidationError", "is not enforced"),
        (
            json!({"RoleName": "r", "PermissionsBoundary": boundary}),
            "NoSuchEntity",
            "Scope ARN: arn:aws:iam::123456789012:policy/none does not exist or is not attachable.",
        ),
        (
            json!({"RoleName": "r", "AssumeRolePolicyDocument": trust(&json!({"AWS": nobody}))}),
            "MalformedPolicyDocument",
            "Invalid principal in policy: \"AWS\":\"arn:aws:iam::123456789012:user/nobody\"",
        ),
        (
            json!({"RoleName": "r", "AssumeRolePolicyDocument": trust(&json!({"AWS": FOREIGN}))}),
            "MalformedPolicyDocument",
            "Invalid principal in policy: \"AWS\":\"999999999999\"",
        ),
        (json!({"RoleName": "r", "AssumeRolePolicyDocument": "{}"}), "MalformedPolicyDocument", ""),
        (json!({"RoleName": "r", "AssumeRolePolicyDocument": " ".repeat(100_000)}), "MalformedPolicyDocument", ""),
    ] {
        let mut whole = json!({"AssumeRolePolicyDocument": by_service()});
        whole.as_object_mut().unwrap().extend(input.as_object().unwrap().clone());
        let (found, told) = world.refused("CreateRole", whole).await;
        assert!(found == code && told.contains(message), "{input}: {found} {told}");
    }
}

#[tokio::test]
async fn a_trusted_role_that_is_gone_is_shown_by_its_id() {
    let world = world().await;
    let first = text(&make(&world, "caller").await, "RoleId");
    let caller = format!("arn:aws:iam::{ACCOUNT}:role/caller");
    let trusting = json!({"RoleName": "ops", "AssumeRolePolicyDocument": trust(&json!({"AWS": caller}))});
    world.ok("CreateRole", trusting).await;
    let shown =
        async || text(&world.ok("GetRole", json!({"RoleName": "ops"})).await["Role"], "AssumeRolePolicyDocument");
    assert!(shown().await.contains("role%2Fcaller"));
    world.ok("DeleteRole", json!({"RoleName": "caller"})).await;
    assert!(shown().await.contains(&first) && !shown().await.contains("caller"));
    make(&world, "caller").await;
    assert!(shown().await.contains(&first), "one made anew is somebody else");
    let document = trust(&json!({"AWS": caller}));
    world.ok("UpdateAssumeRolePolicy", json!({"RoleName": "ops", "PolicyDocument": document})).await;
    assert!(shown().await.contains("role%2Fcaller"));
    let (code, _) = world
        .refused("UpdateAssumeRolePolicy", json!({"RoleName": "ops", "PolicyDocument": trust(&json!({"AWS": first}))}))
        .await;
    assert_eq!(code, "MalformedPolicyDocument");
}

#[tokio::test]
async fn settings_and_tags_change() {
    let world = world().await;
    make(&world, "ops").await;
    world.ok("UpdateRole", json!({"RoleName": "ops", "Description": "new", "MaxSessionDuration": 43_200})).await;
    let described = world.ok("UpdateRoleDescription", json!({"RoleName": "ops", "Description": "newer"})).await;
    assert_eq!(
        (&described["Role"]["Description"], &described["Role"]["MaxSessionDuration"]),
        (&json!("newer"), &json!(43_200))
    );
    let tags = json!([{"Key": "b", "Value": "2"}, {"Key": "a", "Value": "1"}]);
    world.ok("TagRole", json!({"RoleName": "ops", "Tags": tags})).await;
    world.ok("UntagRole", json!({"RoleName": "ops", "TagKeys": ["B", "nope"]})).await;
    let listed = world.ok("ListRoleTags", json!({"RoleName": "ops"})).await;
    assert_eq!(listed, json!({"Tags": [{"Key": "a", "Value": "1"}], "IsTruncated": false}));
    for operation in ["UpdateRole", "DeleteRole", "ListRoleTags", "GetRole"] {
        let (code, message) = world.refused(operation, json!({"RoleName": "none"})).await;
        assert_eq!((code.as_str(), message.as_str()), ("NoSuchEntity", "The role with name none cannot be found."));
    }
}

#[tokio::test]
async fn a_role_that_something_depends_on_stays() {
    use model::iam::Role;
    let world = world().await;
    make(&world, "ops").await;
    let scope = base::Scope { account: base::AccountId::parse(ACCOUNT).unwrap(), region: base::Region::global() };
    for (change, message) in [
        (Role::attached_one as fn(&mut Role), "Cannot delete entity, must detach all policies first."),
        (Role::inline_one, "Cannot delete entity, must delete policies first."),
    ] {
        let mut tx =
            operation::Transaction::begin(world.ports.resources.as_ref(), operation::Kind::Write).await.unwrap();
        let role = tx.get::<Role>(&scope, "ops").await.unwrap().unwrap();
        let mut changed = role.clone();
        change(&mut changed);
        tx.put(&scope, &changed).unwrap();
        world.ports.resources.commit(tx.into_batch()).await.unwrap();
        assert_eq!(world.refused("DeleteRole", json!({"RoleName": "ops"})).await.1, message);
        let mut tx =
            operation::Transaction::begin(world.ports.resources.as_ref(), operation::Kind::Write).await.unwrap();
        tx.put(&scope, &role).unwrap();
        world.ports.resources.commit(tx.into_batch()).await.unwrap();
    }
    world.ok("DeleteRole", json!({"RoleName": "ops"})).await;
}

/// What stands in a role's way.
trait Burdened {
    fn attached_one(&mut self);
    fn inline_one(&mut self);
}

impl Burdened for model::iam::Role {
    fn attached_one(&mut self) {
        self.attached.insert("arn:aws:iam::aws:policy/AdministratorAccess".to_owned());
    }

    fn inline_one(&mut self) {
        self.inline.insert("p".to_owned(), "{}".to_owned());
    }
}
