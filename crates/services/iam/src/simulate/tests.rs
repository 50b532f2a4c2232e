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

#[tokio::test]
async fn every_value_of_a_context_entry_is_of_its_type() {
    let world = World::new(crate::service()).await;
    for (operator, wanted, kind, values, expected) in [
        ("NumericLessThan", "5", "numeric", json!(["4.5"]), Some("allowed")),
        ("NumericLessThan", "5", "numericList", json!(["9", "4"]), Some("allowed")),
        ("NumericLessThan", "5", "numericList", json!(["9", "8"]), Some("implicitDeny")),
        ("NumericLessThan", "5", "numericList", json!(["4", "four"]), None),
        ("NumericLessThan", "5", "numeric", json!(["1e0"]), None),
        ("NumericLessThan", "5", "numeric", json!(["-inf"]), None),
        ("IpAddress", "10.0.0.0/8", "ipList", json!(["192.0.2.1", "10.1.1.1"]), Some("allowed")),
        ("IpAddress", "10.0.0.0/8", "ip", json!(["::ffff:10.1.1.1"]), Some("allowed")),
        ("IpAddress", "10.0.0.0/8", "ipList", json!(["10.1.1.1", "10.0.0.0/8"]), None),
        ("Bool", "true", "boolean", json!(["True"]), Some("allowed")),
        ("Bool", "true", "booleanList", json!(["false", "yes"]), None),
        ("DateLessThan", "2026-01-01T00:00:00Z", "date", json!(["2025-01-01T00:00:00Z"]), Some("allowed")),
        ("NumericLessThan", "5", "date", json!(["1970-01-01T00:00:01Z"]), Some("allowed")),
        ("DateLessThan", "2026-01-01T00:00:00Z", "dateList", json!(["1767225600", "1700000000"]), Some("allowed")),
        ("DateLessThan", "2026-01-01T00:00:00Z", "dateList", json!(["1700000000", "soon"]), None),
        ("BinaryEquals", "AQID", "binaryList", json!(["AAAA", "AQID"]), Some("allowed")),
        ("BinaryEquals", "AQID", "binary", json!(["?"]), None),
        ("StringEquals", "5", "stringList", json!(["four", "5"]), Some("allowed")),
        ("Null", "true", "stringList", json!([]), Some("allowed")),
    ] {
        let policy = json!({"Version": "2012-10-17", "Statement": [
            {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {operator: {"my:key": wanted}}}]});
        let entry = json!({"ContextKeyName": "my:key", "ContextKeyType": kind, "ContextKeyValues": values});
        let input = json!(
            {"PolicyInputList": [policy.to_string()], "ActionNames": ["a:b"], "ContextEntries": [entry]});
        let case = format!("{operator} {kind} {values}");
        match expected {
            Some(expected) => assert_eq!(decision(&world.ok("SimulateCustomPolicy", input).await), expected, "{case}"),
            None => assert_eq!(world.refused("SimulateCustomPolicy", input).await.0, "InvalidInput", "{case}"),
        }
    }
}
