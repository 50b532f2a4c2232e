//! What may be asked: policies left out, scenarios of EC2, bounds of lists.

use operation::testing::World;
use serde_json::{Value as Json, json};

use super::{ALL, BOB, OPS, decision};

fn allow(action: &str) -> String {
    json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}}).to_string()
}

/// Bob has an inline policy (`a:inline`), a managed one (`a:managed`), one of AWS's (`logs:PutLogEvents`), a group with an inline
/// policy (`a:group`), and a boundary that leaves out `a:beyond`.
async fn world() -> World {
    let world = crate::testing::world().await;
    let made = json!({"PolicyName": "kept", "Path": "/team/", "PolicyDocument": allow("a:managed")});
    let managed = world.ok("CreatePolicy", made).await["Policy"]["Arn"].clone();
    let bound =
        json!({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "NotAction": "a:beyond", "Resource": "*"}});
    let bound = json!({"PolicyName": "bound", "PolicyDocument": bound.to_string()});
    let bound = world.ok("CreatePolicy", bound).await["Policy"]["Arn"].clone();
    let inline = json!({"UserName": "bob", "PolicyName": "own", "PolicyDocument": allow("a:inline")});
    world.ok("PutUserPolicy", inline).await;
    let beyond = json!({"UserName": "bob", "PolicyName": "beyond", "PolicyDocument": allow("a:beyond")});
    world.ok("PutUserPolicy", beyond).await;
    world.ok("AttachUserPolicy", json!({"UserName": "bob", "PolicyArn": managed})).await;
    let by_aws = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs";
    world.ok("AttachUserPolicy", json!({"UserName": "bob", "PolicyArn": by_aws})).await;
    world.ok("AddUserToGroup", json!({"GroupName": "staff", "UserName": "bob"})).await;
    let of_group = json!({"GroupName": "staff", "PolicyName": "own", "PolicyDocument": allow("a:group")});
    world.ok("PutGroupPolicy", of_group).await;
    world.ok("PutUserPermissionsBoundary", json!({"UserName": "bob", "PermissionsBoundary": bound})).await;
    world
}

const ACTIONS: [&str; 6] = ["a:inline", "a:managed", "logs:PutLogEvents", "a:group", "a:beyond", "a:given"];

/// The actions that are allowed with these policies left out.
async fn allowed(world: &World, excluded: Json) -> Vec<String> {
    let input = json!({"PolicySourceArn": BOB, "ActionNames": ACTIONS, "PolicyInputList": [allow("a:given")],
        "PolicyExclusionList": excluded});
    let answer = world.ok("SimulatePrincipalPolicy", input).await;
    let results = answer["EvaluationResults"].as_array().expect("a list").iter();
    let allowed = results.filter(|one| one["EvalDecision"] == "allowed");
    allowed.map(|one| one["EvalActionName"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn policies_can_be_left_out_by_type_arn_and_name() {
    let world = world().await;
    let arn = |text: &str| json!([{"PolicyArn": text}]);
    let inline = |of: &str, holder: &str, name: &str| json!([{"InlinePolicyIdentifier": {"PolicyName": name, "AttachmentType": of, "AttachmentName": holder}}]);
    let (kept, aws) = (
        "arn:aws:iam::123456789012:policy/team/kept",
        "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
    );
    for (excluded, gone) in [
        (json!([]), &["a:beyond"][..]),
        (json!([{"PolicyType": "inline"}]), &["a:inline", "a:group", "a:beyond"]),
        (json!([{"PolicyType": "user-managed"}]), &["a:managed", "a:beyond"]),
        (json!([{"PolicyType": "aws-managed"}]), &["logs:PutLogEvents", "a:beyond"]),
        (json!([{"PolicyType": "permission-boundary"}]), &[]),
        (json!([{"PolicyType": "scp"}, {"PolicyType": "rcp"}]), &["a:beyond"]),
        (json!([{"PolicyType": "inline"}, {"PolicyArn": kept}]), &["a:inline", "a:managed", "a:group", "a:beyond"]),
        (arn(kept), &["a:managed", "a:beyond"]),
        (arn(aws), &["logs:PutLogEvents", "a:beyond"]),
        (arn("arn:aws:iam::123456789012:policy/*"), &["a:managed", "a:beyond"]),
        (arn("arn:aws:iam::123456789012:policy/team/k??t"), &["a:managed", "a:beyond"]),
        (arn("arn:aws:iam::aws:policy/*CloudWatchLogs"), &["logs:PutLogEvents", "a:beyond"]),
        // What is not attached is ignored; a boundary is not attached.
        (arn("arn:aws:iam::123456789012:policy/bound"), &["a:beyond"]),
        (arn("arn:aws:iam::123456789012:policy/kept"), &["a:beyond"]),
        (arn("arn:aws:iam::999999999999:policy/team/kept"), &["a:beyond"]),
        (inline("user", "bob", "own"), &["a:inline", "a:beyond"]),
        (inline("group", "staff", "own"), &["a:group", "a:beyond"]),
        (inline("group", "st*", "own"), &["a:group", "a:beyond"]),
        (inline("user", "b?b", "own"), &["a:inline", "a:beyond"]),
        (inline("role", "bob", "own"), &["a:beyond"]),
        (inline("user", "bo?by", "own"), &["a:beyond"]),
        (inline("user", "bob", "kept"), &["a:beyond"]),
    ] {
        let expected: Vec<_> = ACTIONS.into_iter().filter(|action| !gone.contains(action)).collect();
        assert_eq!(allowed(&world, excluded.clone()).await, expected, "{excluded}");
    }
    // Nothing was detached, and a boundary that is given for the question counts whatever is left out.
    let attached = world.ok("ListAttachedUserPolicies", json!({"UserName": "bob"})).await;
    assert_eq!(attached["AttachedPolicies"].as_array().map(Vec::len), Some(2));
    let input = json!({"PolicySourceArn": BOB, "ActionNames": ["a:inline"], "PermissionsBoundaryPolicyInputList":
        [allow("a:other")], "PolicyExclusionList": [{"PolicyType": "permission-boundary"}]});
    assert_eq!(decision(&world.ok("SimulatePrincipalPolicy", input).await), "implicitDeny");
}

#[tokio::test]
async fn an_identifier_that_is_none_is_refused() {
    let world = crate::testing::world().await;
    let inline = |holder: &str, name: &str| json!({"InlinePolicyIdentifier": {"PolicyName": name, "AttachmentType": "user", "AttachmentName": holder}});
    for (excluded, code) in [
        (json!([{}]), "InvalidInput"),
        (json!([{"PolicyType": "inline", "PolicyArn": "arn:aws:iam::123456789012:policy/x"}]), "InvalidInput"),
        (json!([super::with(inline("bob", "own"), &json!({"PolicyType": "inline"}))]), "InvalidInput"),
        (json!([{"PolicyType": "everything"}]), "Invalid"),
        (json!([{"PolicyArn": "arn:aws:iam::123456789012:user/bob"}]), "InvalidInput"),
        (json!([{"PolicyArn": "arn:aws:iam::123456789012:policy/"}]), "InvalidInput"),
        (json!([{"PolicyArn": "arn:aws:iam::*:policy/some-policy"}]), "InvalidInput"),
        (json!([{"PolicyArn": "arn:aws:iam::1234567890?2:policy/x"}]), "InvalidInput"),
        (json!([{"PolicyArn": "arn:aws:*::123456789012:policy/x"}]), "InvalidInput"),
        (json!([{"PolicyArn": "arn:aws:iam::123456789012:policy/*x*"}]), "InvalidInput"),
        (json!([{"PolicyArn": "no arn, but long enough"}]), "InvalidInput"),
        (json!([inline("b*b*", "own")]), "InvalidInput"),
        (json!([inline("b/b", "own")]), "InvalidInput"),
        (json!([inline("bob", "ow*")]), "InvalidInput"),
        (json!([inline("bob", "")]), "InvalidInput"),
        (json!(vec![json!({"PolicyType": "scp"}); 257]), "ValidationError"),
    ] {
        let input = json!({"PolicySourceArn": OPS, "ActionNames": ["a:b"], "PolicyExclusionList": excluded});
        let (told, message) = world.refused("SimulatePrincipalPolicy", input.clone()).await;
        assert_eq!(told, code, "{input} {message}");
        assert!(message.len() < 600, "{message}");
    }
}

#[tokio::test]
async fn a_scenario_asks_for_its_resources() {
    let world = crate::testing::world().await;
    let arn = |kind: &str| format!("arn:aws:ec2:eu-west-1:123456789012:{kind}/x-1");
    let basic = ["instance", "image", "security-group", "network-interface"].map(arn);
    let with =
        |more: &[&str]| -> Vec<String> { basic.iter().cloned().chain(more.iter().map(|kind| arn(kind))).collect() };
    for (option, resources, lacks) in [
        ("EC2-VPC-InstanceStore", with(&[]), None),
        ("EC2-VPC-InstanceStore", basic[1..].to_vec(), Some("instance")),
        ("EC2-VPC-InstanceStore", basic[..3].to_vec(), Some("network-interface")),
        ("EC2-VPC-InstanceStore", Vec::new(), Some("instance")),
        ("EC2-VPC-InstanceStore", vec!["*".to_owned()], Some("instance")),
        ("EC2-VPC-InstanceStore-Subnet", with(&["subnet"]), None),
        ("EC2-VPC-InstanceStore-Subnet", with(&["volume"]), Some("subnet")),
        ("EC2-VPC-EBS", with(&["volume", "subnet"]), None),
        ("EC2-VPC-EBS", with(&["subnet"]), Some("volume")),
        ("EC2-VPC-EBS-Subnet", with(&["subnet", "volume"]), None),
        ("EC2-VPC-EBS-Subnet", with(&["subnet"]), Some("volume")),
        ("EC2-Classic-EBS", with(&["subnet", "volume"]), Some("It must be one of EC2-VPC-InstanceStore, ")),
        ("", with(&[]), Some("It must be one of ")),
    ] {
        let ask = json!({"PolicyInputList": [ALL], "ActionNames": ["ec2:RunInstances"], "ResourceArns": resources,
            "ResourceHandlingOption": option});
        let of_ops = super::with(ask.clone(), &json!({"PolicySourceArn": OPS}));
        for (operation, input) in [("SimulateCustomPolicy", ask), ("SimulatePrincipalPolicy", of_ops)] {
            match lacks {
                None => assert_eq!(decision(&world.ok(operation, input).await), "allowed", "{option}"),
                Some(lacks) => {
                    let (code, message) = world.refused(operation, input).await;
                    assert_eq!(code, "InvalidInput", "{option}");
                    assert!(message.contains(lacks), "{message}");
                }
            }
        }
    }
}

#[tokio::test]
async fn an_organization_has_seven_levels_at_most() {
    let world = crate::testing::world().await;
    let level = json!({"ServiceControlPolicyInputList": [ALL]});
    let input = |count: usize| json!({"PolicyInputList": [ALL], "ActionNames": ["a:b"], "OrderedOrganizationPolicyInputList": vec![level.clone(); count]});
    assert_eq!(decision(&world.ok("SimulateCustomPolicy", input(7)).await), "allowed");
    assert_eq!(world.refused("SimulateCustomPolicy", input(8)).await.0, "ValidationError");
}
