//! Simulations through whole calls.

use operation::testing::World;
use serde_json::{Value as Json, json};

const ALLOW: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}}}"#;
const ALL: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
const DENY: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"execute-api:*","Resource":"*"}}"#;
const S3: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:*","Resource":"*"}}"#;

fn inside() -> Json {
    json!([{"ContextKeyName": "aws:SourceIp", "ContextKeyType": "ip", "ContextKeyValues": ["10.1.2.3"]}])
}

fn decision(answer: &Json) -> &str {
    answer["EvaluationResults"][0]["EvalDecision"].as_str().expect("a decision")
}

#[tokio::test]
async fn documents_decide_as_they_would() {
    let world = World::new(crate::service()).await;
    let ask = |policies: Json, more: Json| {
        let mut input = json!({"PolicyInputList": policies, "ActionNames": ["execute-api:Invoke"]});
        input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        input
    };
    for (policies, more, expected) in [
        (json!([ALLOW]), json!({"ContextEntries": inside()}), "allowed"),
        (json!([ALLOW]), json!({}), "implicitDeny"),
        (json!([ALLOW, DENY]), json!({"ContextEntries": inside()}), "explicitDeny"),
        (json!([ALL]), json!({"PermissionsBoundaryPolicyInputList": [S3]}), "implicitDeny"),
        (
            json!([ALL]),
            json!({"OrderedOrganizationPolicyInputList": [{"ServiceControlPolicyInputList": [S3]}]}),
            "implicitDeny",
        ),
        (
            json!([ALL]),
            json!({"OrderedOrganizationPolicyInputList": [{"ServiceControlPolicyInputList": [ALL]}]}),
            "allowed",
        ),
    ] {
        let answer = world.ok("SimulateCustomPolicy", ask(policies.clone(), more.clone())).await;
        assert_eq!(decision(&answer), expected, "{policies} {more}");
    }
    let answer = world.ok("SimulateCustomPolicy", ask(json!([ALLOW]), json!({}))).await;
    assert_eq!(answer["EvaluationResults"][0]["MissingContextValues"], json!(["aws:sourceip"]));
    let answer =
        world.ok("SimulateCustomPolicy", ask(json!([ALL]), json!({"PermissionsBoundaryPolicyInputList": [S3]}))).await;
    let detail = &answer["EvaluationResults"][0]["PermissionsBoundaryDecisionDetail"];
    assert_eq!(detail, &json!({"AllowedByPermissionsBoundary": false}));
}

#[tokio::test]
async fn a_principals_own_and_its_groups_policies_count() {
    let world = World::new(crate::service()).await;
    let user = world.ok("CreateUser", json!({"UserName": "bob"})).await;
    let arn = user["User"]["Arn"].clone();
    let ask = json!({"PolicySourceArn": arn, "ActionNames": ["execute-api:Invoke"], "ContextEntries": inside()});
    assert_eq!(decision(&world.ok("SimulatePrincipalPolicy", ask.clone()).await), "implicitDeny");
    world.ok("CreateGroup", json!({"GroupName": "g"})).await;
    world.ok("AddUserToGroup", json!({"GroupName": "g", "UserName": "bob"})).await;
    world.ok("PutGroupPolicy", json!({"GroupName": "g", "PolicyName": "calls", "PolicyDocument": ALLOW})).await;
    let answer = world.ok("SimulatePrincipalPolicy", ask.clone()).await;
    assert_eq!(decision(&answer), "allowed");
    let matched = &answer["EvaluationResults"][0]["MatchedStatements"];
    assert_eq!(matched, &json!([{"SourcePolicyId": "calls", "SourcePolicyType": "group"}]));
    let keys = world.ok("GetContextKeysForPrincipalPolicy", json!({"PolicySourceArn": arn})).await;
    assert_eq!(keys["ContextKeyNames"], json!(["aws:sourceip"]));
    world.ok("PutUserPolicy", json!({"UserName": "bob", "PolicyName": "no", "PolicyDocument": DENY})).await;
    assert_eq!(decision(&world.ok("SimulatePrincipalPolicy", ask).await), "explicitDeny");
}

#[tokio::test]
async fn what_cannot_be_simulated_is_refused() {
    let world = World::new(crate::service()).await;
    let unknown = json!({"PolicySourceArn": "arn:aws:iam::123456789012:user/x", "ActionNames": ["a:b"]});
    assert_eq!(world.refused("SimulatePrincipalPolicy", unknown).await.0, "NoSuchEntity");
    let foreign = json!({"PolicySourceArn": "arn:aws:iam::999999999999:user/x", "ActionNames": ["a:b"]});
    assert_eq!(world.refused("SimulatePrincipalPolicy", foreign).await.0, "NoSuchEntity");
    // A caller who was authorized for one path must not be answered about another.
    world.ok("CreateUser", json!({"UserName": "boss", "Path": "/admins/"})).await;
    for wrong in ["user/interns/boss", "user/boss", "role/admins/boss"] {
        let arn = format!("arn:aws:iam::123456789012:{wrong}");
        let asked = json!({"PolicySourceArn": arn, "ActionNames": ["a:b"]});
        assert_eq!(world.refused("SimulatePrincipalPolicy", asked).await.0, "NoSuchEntity", "{wrong}");
        let asked = json!({"PolicySourceArn": arn});
        assert_eq!(world.refused("GetContextKeysForPrincipalPolicy", asked).await.0, "NoSuchEntity", "{wrong}");
    }
    let right = json!({"PolicySourceArn": "arn:aws:iam::123456789012:user/admins/boss", "ActionNames": ["a:b"]});
    assert_eq!(decision(&world.ok("SimulatePrincipalPolicy", right).await), "implicitDeny");
    for (policies, actions, entries) in [
        (json!(["{}"]), json!(["a:b"]), json!([])),
        (json!([ALL]), json!([]), json!([])),
        (json!([ALL]), json!(["nonsense"]), json!([])),
        (
            json!([ALL]),
            json!(["a:b"]),
            json!([{"ContextKeyName": "aws:SourceIp", "ContextKeyType": "ip", "ContextKeyValues": ["x"]}]),
        ),
    ] {
        let input = json!({"PolicyInputList": policies, "ActionNames": actions, "ContextEntries": entries});
        assert_eq!(world.refused("SimulateCustomPolicy", input).await.0, "InvalidInput", "{policies} {actions}");
    }
}

#[tokio::test]
async fn results_come_in_pages() {
    let world = World::new(crate::service()).await;
    let actions: Vec<_> = (0..5).map(|number| format!("s3:A{number}")).collect();
    let mut input = json!({"PolicyInputList": [ALL], "ActionNames": actions, "MaxItems": 2});
    let mut seen = Vec::new();
    loop {
        let answer = world.ok("SimulateCustomPolicy", input.clone()).await;
        let results = answer["EvaluationResults"].as_array().expect("a list").clone();
        seen.extend(results.iter().map(|result| result["EvalActionName"].as_str().expect("a name").to_owned()));
        match answer.get("Marker") {
            Some(marker) => input["Marker"] = marker.clone(),
            None => break,
        }
    }
    assert_eq!(seen, actions);
}
