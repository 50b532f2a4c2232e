//! What answers tell besides the decision: statements and their places, missing keys, what each kind of policy says.

use operation::testing::World;
use serde_json::{Value as Json, json};

use super::{ALL, API, BOB, DENY, S3, THEIRS, decision, matched, statement};

fn only(answer: &Json) -> &Json {
    let [result] = answer["EvaluationResults"].as_array().expect("a list").as_slice() else { panic!("{answer}") };
    result
}

#[tokio::test]
async fn a_statement_is_told_with_its_place_in_the_users_own_text() {
    let world = crate::testing::world().await;
    let own = "{\r\n  \"Version\": \"2012-10-17\",\r\n  \"Statement\": [\r\n    {\r\n      \"Sid\": \"One\",\r\n      \"Effect\": \"Allow\",\r\n      \"Action\": \"a:b\",\r\n      \"Resource\": \"*\"\r\n    },\r\n    {\r\n      \"Effect\": \"Allow\",\r\n      \"Action\": \"a:c\",\r\n      \"Resource\": \"*\"\r\n    }\r\n  ]\r\n}";
    world.ok("PutUserPolicy", json!({"UserName": "bob", "PolicyName": "own", "PolicyDocument": own})).await;
    for (action, expected) in [("a:b", "3:17-9:6"), ("a:c", "9:6-14:6")] {
        let answer =
            world.ok("SimulatePrincipalPolicy", json!({"PolicySourceArn": BOB, "ActionNames": [action]})).await;
        assert_eq!(matched(only(&answer)), [format!("user user_bob_own {expected}")]);
    }
}

#[tokio::test]
async fn every_statement_that_decides_is_told_and_no_other() {
    let world = World::new(crate::service()).await;
    let many = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "a:b", "Resource": "*"},
        {"Effect": "Allow", "Action": "a:c", "Resource": "*"},
        {"Effect": "Allow", "Action": "a:*", "Resource": "*"},
        {"Effect": "Deny", "Action": "a:d", "Resource": "*"}]});
    let input = |action: &str| json!({"PolicyInputList": [many.to_string(), ALL, DENY], "ActionNames": [action], "ResourceArns": [API]});
    for (action, expected) in [
        ("a:b", &["PolicyInputList.1", "PolicyInputList.1", "PolicyInputList.2"][..]),
        ("a:d", &["PolicyInputList.1"]),
        ("execute-api:Invoke", &["PolicyInputList.3"]),
    ] {
        let answer = world.ok("SimulateCustomPolicy", input(action)).await;
        let named = |result: &Json| -> Vec<String> {
            matched(result).iter().map(|told| told.split(' ').nth(1).expect("a name").to_owned()).collect()
        };
        assert_eq!(named(only(&answer)), expected, "{action}");
        assert_eq!(named(&only(&answer)["ResourceSpecificResults"][0]), expected, "{action}");
    }
}

#[tokio::test]
async fn a_load_of_statements_is_refused() {
    let world = World::new(crate::service()).await;
    let one = json!({"Effect": "Allow", "Action": "*", "Resource": "*"});
    let many = json!({"Version": "2012-10-17", "Statement": vec![one; 100]}).to_string();
    let resources: Vec<_> = (0..501).map(|number| format!("{API}{number}")).collect();
    let input =
        |count: usize| json!({"PolicyInputList": [many], "ActionNames": ["a:b"], "ResourceArns": resources[..count]});
    assert_eq!(decision(&world.ok("SimulateCustomPolicy", input(500)).await), "allowed");
    assert_eq!(world.refused("SimulateCustomPolicy", input(501)).await.0, "InvalidInput");
}

#[tokio::test]
async fn missing_keys_are_told_once_as_they_were_written_first() {
    let world = World::new(crate::service()).await;
    let first = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${AWS:Username}","Condition":{"StringEquals":{"aws:PrincipalTag/Team":"${my:Team}"}}}}"#;
    let second =
        statement("Allow", "*", &json!({"Condition": {"StringLike": {"AWS:principaltag/team": "*", "B:b": "x"}}}));
    let names = json!(["aws:PrincipalTag/Team", "AWS:Username", "B:b", "my:Team"]);
    let keys = world.ok("GetContextKeysForCustomPolicy", json!({"PolicyInputList": [first, second]})).await;
    assert_eq!(keys["ContextKeyNames"], names);
    let mut input = json!({"PolicyInputList": [first, second], "ActionNames": ["a:b"]});
    let answer = world.ok("SimulateCustomPolicy", input.clone()).await;
    assert_eq!(only(&answer)["MissingContextValues"], names);
    // With a list of resources they are told with each, as AWS documents it.
    input["ResourceArns"] = json!([API, THEIRS]);
    input["ContextEntries"] =
        json!([{"ContextKeyName": "MY:TEAM", "ContextKeyType": "string", "ContextKeyValues": ["x"]}]);
    let answer = world.ok("SimulateCustomPolicy", input).await;
    assert_eq!(only(&answer)["MissingContextValues"], json!([]));
    let each = only(&answer)["ResourceSpecificResults"].as_array().expect("a list");
    let told: Vec<_> = each.iter().map(|one| &one["MissingContextValues"]).collect();
    let rest = json!(["aws:PrincipalTag/Team", "AWS:Username", "B:b"]);
    assert_eq!(told, [&rest, &rest]);
}

/// The examples of <https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html>.
#[tokio::test]
async fn abroad_each_kind_of_policy_is_told_apart() {
    let world = World::new(crate::service()).await;
    let shared = statement("Allow", "*", &json!({"Principal": {"AWS": BOB}}));
    let iam = statement("Allow", "*", &json!({"Action": "iam:*"}));
    let ask = |resource: &str, more: Json| {
        let input = json!({"PolicyInputList": [iam], "ActionNames": ["s3:PutObject"], "CallerArn": BOB,
            "ResourceArns": [resource], "ResourcePolicy": shared, "PermissionsBoundaryPolicyInputList": [iam]});
        super::with(input, &more)
    };
    let abroad = json!({"IAM Policy": "implicitDeny", "Resource Policy": "allowed",
        "Permissions Boundary Policy": "implicitDeny"});
    let answer = world.ok("SimulateCustomPolicy", ask(THEIRS, json!({}))).await;
    let (result, each) = (only(&answer), &only(&answer)["ResourceSpecificResults"][0]);
    assert_eq!((decision(&answer), &result["EvalDecisionDetails"]), ("implicitDeny", &abroad));
    assert_eq!(each["EvalDecisionDetails"], abroad);
    // What one side allowed is told with the resource only.
    assert!(matched(result).is_empty());
    assert_eq!(matched(each).len(), 1);
    assert!(matched(each)[0].starts_with("resource ResourcePolicy "), "{each}");
    let detail = json!({"AllowedByPermissionsBoundary": false});
    assert_eq!(
        (&result["PermissionsBoundaryDecisionDetail"], &each["PermissionsBoundaryDecisionDetail"]),
        (&detail, &detail)
    );

    let answer = world.ok("SimulateCustomPolicy", ask(THEIRS, json!({"PolicyInputList": [DENY, ALL]}))).await;
    assert_eq!(only(&answer)["EvalDecisionDetails"]["IAM Policy"], "allowed");
    let both = json!({"ResourceArns": [THEIRS, API, "arn:aws:s3:::b/k"]});
    let answer = world.ok("SimulateCustomPolicy", ask(THEIRS, both)).await;
    let told = |at: usize| &only(&answer)["ResourceSpecificResults"][at]["EvalDecisionDetails"];
    assert_eq!((told(0), told(1), told(2)), (&abroad, &Json::Null, &Json::Null));
    assert_eq!(only(&answer)["EvalDecisionDetails"], abroad);
}

#[tokio::test]
async fn within_an_account_details_are_empty_and_an_organizations_denial_ends_them() {
    let world = World::new(crate::service()).await;
    let details = |answer: &Json| only(answer).get("EvalDecisionDetails").cloned();
    let mut input = json!({"PolicyInputList": [ALL], "ActionNames": ["s3:PutObject"], "CallerArn": BOB});
    assert_eq!(details(&world.ok("SimulateCustomPolicy", input.clone()).await), None);
    input["ResourceArns"] = json!(["*"]);
    assert_eq!(details(&world.ok("SimulateCustomPolicy", input.clone()).await), None);
    input["ResourceArns"] = json!([API]);
    let answer = world.ok("SimulateCustomPolicy", input.clone()).await;
    assert_eq!(details(&answer), Some(json!({})));
    assert_eq!(only(&answer)["ResourceSpecificResults"][0].get("EvalDecisionDetails"), None);
    assert_eq!(only(&answer).get("OrganizationsDecisionDetail"), None);
    assert_eq!(only(&answer).get("PermissionsBoundaryDecisionDetail"), None);
    input["ResourceArns"] = json!([THEIRS]);
    input["OrderedOrganizationPolicyInputList"] = json!([{"ServiceControlPolicyInputList": [DENY, S3]}]);
    assert!(details(&world.ok("SimulateCustomPolicy", input.clone()).await).is_some());
    input["ActionNames"] = json!(["execute-api:Invoke"]);
    let answer = world.ok("SimulateCustomPolicy", input).await;
    assert_eq!(only(&answer)["OrganizationsDecisionDetail"], json!({"AllowedByOrganizations": false}));
    assert_eq!((decision(&answer), details(&answer)), ("explicitDeny", None));
}
