//! Simulations through whole calls.

mod answers;
mod inputs;

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

/// The statements of a result: `user user_bob_calls 1:38-1:84`.
fn matched(result: &Json) -> Vec<String> {
    let place = |place: &Json| format!("{}:{}", place["Line"], place["Column"]);
    let told = |one: &Json| {
        let text = |member: &str| one[member].as_str().expect(member).to_owned();
        let places = format!("{}-{}", place(&one["StartPosition"]), place(&one["EndPosition"]));
        format!("{} {} {places}", text("SourcePolicyType"), text("SourcePolicyId"))
    };
    result["MatchedStatements"].as_array().expect("a list").iter().map(told).collect()
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
    assert_eq!(answer["EvaluationResults"][0]["MissingContextValues"], json!(["aws:SourceIp"]));
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
    assert_eq!(matched(&answer["EvaluationResults"][0]), ["group group_g_calls 1:38-1:156"]);
    let keys = world.ok("GetContextKeysForPrincipalPolicy", json!({"PolicySourceArn": arn})).await;
    assert_eq!(keys["ContextKeyNames"], json!(["aws:SourceIp"]));
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
        ("DateLessThan", "2026-01-01", "dateList", json!(["2027-01-01", "2025-12-31"]), Some("allowed")),
        ("DateLessThan", "2026-01-01", "date", json!(["2026-01"]), Some("implicitDeny")),
        // Several moments are moments still: a numeric operator reads them as it reads one.
        ("NumericLessThan", "5", "dateList", json!(["2025-01-01", "1970-01-01T00:00:01Z"]), Some("allowed")),
        ("NumericEquals", "5", "numericList", json!(["6", "5.0"]), Some("allowed")),
        ("ForAllValues:NumericLessThan", "5", "numericList", json!(["4", "5"]), Some("implicitDeny")),
        ("ForAllValues:IpAddress", "10.0.0.0/8", "ipList", json!(["10.0.0.1", "::ffff:10.1.1.1"]), Some("allowed")),
        ("NotIpAddress", "10.0.0.0/8", "ipList", json!(["192.0.2.1", "10.1.1.1"]), Some("implicitDeny")),
        ("ForAnyValue:Bool", "true", "booleanList", json!(["false", "TRUE"]), Some("allowed")),
        ("StringEquals", "true", "boolean", json!(["TRUE"]), Some("allowed")),
        // More digits than conditions compare would silently match nothing.
        ("NumericLessThan", "5", "numeric", json!(["0.0000000001"]), None),
        ("NumericGreaterThan", "5", "numericList", json!(["1", "1000000000000000000000000000"]), None),
        ("Null", "false", "date", json!(["2025-13-01"]), None),
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

const BOB: &str = "arn:aws:iam::123456789012:user/people/bob";
const OPS: &str = "arn:aws:iam::123456789012:role/ops";
const API: &str = "arn:aws:execute-api:eu-west-1:123456789012:a1/prod/GET/";
const THEIRS: &str = "arn:aws:execute-api:eu-west-1:999999999999:a1/prod/GET/";
const THEIR_ROOT: &str = "arn:aws:iam::999999999999:root";

fn with(mut input: Json, more: &Json) -> Json {
    input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    input
}

fn statement(effect: &str, resource: &str, more: &Json) -> String {
    let statement = with(json!({"Effect": effect, "Action": "*", "Resource": resource}), more);
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

#[tokio::test]
async fn an_action_is_judged_on_all_resources_and_on_each() {
    let world = World::new(crate::service()).await;
    let policies = json!([ALL, statement("Deny", &format!("{API}secret"), &json!({}))]);
    let input = json!({"PolicyInputList": policies, "ActionNames": ["execute-api:Invoke"],
        "ResourceArns": [format!("{API}pets"), format!("{API}secret")]});
    let answer = world.ok("SimulateCustomPolicy", input).await;
    let [result] = answer["EvaluationResults"].as_array().expect("a list").as_slice() else { panic!("{answer}") };
    assert_eq!((&result["EvalDecision"], &result["EvalResourceName"]), (&json!("explicitDeny"), &json!("*")));
    let (allows, denies) = ("none PolicyInputList.1 1:38-1:83", "none PolicyInputList.2 1:15-1:120");
    assert_eq!(matched(result), [denies]);
    let each = result["ResourceSpecificResults"].as_array().expect("a list").iter();
    let told: Vec<_> = each.map(|one| (&one["EvalResourceName"], &one["EvalResourceDecision"], matched(one))).collect();
    let (pets, secret) = (json!(format!("{API}pets")), json!(format!("{API}secret")));
    let allowed = (&pets, &json!("allowed"), vec![allows.to_owned()]);
    assert_eq!(told, [allowed, (&secret, &json!("explicitDeny"), vec![denies.to_owned()])]);
}

#[tokio::test]
async fn a_resource_policy_counts_at_home_and_both_sides_count_abroad() {
    let world = World::new(crate::service()).await;
    let to = |arn: &str| Some(statement("Allow", "*", &json!({"Principal": {"AWS": arn}})));
    for (identity, policy, resource, owner, expected) in [
        (S3, to(BOB), API, None, "allowed"),
        (S3, to(OPS), API, None, "implicitDeny"),
        (ALL, to(OPS), API, None, "allowed"),
        (ALL, None, THEIRS, None, "implicitDeny"),
        (S3, to(BOB), THEIRS, None, "implicitDeny"),
        (ALL, to(BOB), THEIRS, None, "allowed"),
        (ALL, to("999999999999"), THEIRS, None, "implicitDeny"),
        // The ARN of a bucket does not tell whose it is.
        (ALL, None, "arn:aws:s3:::b/k", None, "allowed"),
        (ALL, None, "arn:aws:s3:::b/k", Some(THEIR_ROOT), "implicitDeny"),
        (ALL, to(BOB), "arn:aws:s3:::b/k", Some(THEIR_ROOT), "allowed"),
        (ALL, None, "arn:aws:iam::aws:policy/AWSDenyAll", None, "allowed"),
    ] {
        let mut input = json!(
            {"PolicyInputList": [identity], "ActionNames": ["s4:Read"], "ResourceArns": [resource], "CallerArn": BOB});
        if let Some(policy) = policy {
            input["ResourcePolicy"] = json!(policy);
        }
        if let Some(owner) = owner {
            input["ResourceOwner"] = json!(owner);
        }
        assert_eq!(decision(&world.ok("SimulateCustomPolicy", input.clone()).await), expected, "{input}");
    }
    // What no ARN tells belongs to the caller's account, not to that of whoever asks.
    let stranger = "arn:aws:iam::999999999999:user/alice";
    let input = json!({"PolicyInputList": [ALL], "ActionNames": ["s4:Read"], "CallerArn": stranger});
    assert_eq!(decision(&world.ok("SimulateCustomPolicy", input).await), "allowed");
}

#[tokio::test]
async fn boundaries_and_organizations_are_told_apart_from_the_rest() {
    let world = World::new(crate::service()).await;
    let policy = statement("Allow", "*", &json!({"Principal": {"AWS": BOB}}));
    let level = |policy: &str| json!({"ServiceControlPolicyInputList": [policy]});
    let sometimes = statement("Allow", "*", &json!({"Condition": {"Bool": {"my:key": "true"}}}));
    for (resource, bound, organization, decided, bounded, organized) in [
        (API, ALL, ALL, "allowed", true, true),
        (THEIRS, ALL, ALL, "allowed", true, true),
        (THEIRS, S3, ALL, "implicitDeny", false, true),
        (THEIRS, DENY, ALL, "explicitDeny", false, true),
        (API, ALL, S3, "implicitDeny", true, false),
        (API, ALL, DENY, "explicitDeny", true, false),
        (API, ALL, sometimes.as_str(), "implicitDeny", true, false),
    ] {
        let input = json!({"PolicyInputList": [ALL], "ActionNames": ["execute-api:Invoke"], "ResourceArns": [resource],
            "ResourcePolicy": policy, "CallerArn": BOB, "PermissionsBoundaryPolicyInputList": [bound],
            "OrderedOrganizationPolicyInputList": [level(organization), level(ALL)]});
        let answer = world.ok("SimulateCustomPolicy", input).await;
        let result = &answer["EvaluationResults"][0];
        let told = (
            decision(&answer),
            &result["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"],
            &result["OrganizationsDecisionDetail"]["AllowedByOrganizations"],
        );
        assert_eq!(told, (decided, &json!(bounded), &json!(organized)), "{resource} {bound} {organization}");
        // AWS tells of the caller's and the resource's policies only.
        assert_eq!(result["MissingContextValues"], json!([]));
        let matched = result["MatchedStatements"].as_array().expect("a list").iter();
        let named: Vec<_> = matched.map(|one| one["SourcePolicyId"].as_str().expect("an id")).collect();
        let expected: &[&str] = if decided == "allowed" { &["ResourcePolicy", "PolicyInputList.1"] } else { &[] };
        assert_eq!(named, expected, "{resource} {bound} {organization}");
    }
}

#[tokio::test]
async fn a_stored_boundary_bounds_unless_another_is_supposed() {
    let world = crate::testing::world().await;
    let bound = world.ok("CreatePolicy", json!({"PolicyName": "bound", "PolicyDocument": S3})).await;
    for (kind, name, arn) in [("User", "bob", BOB), ("Role", "ops", OPS)] {
        let named = format!("{kind}Name");
        let all = json!({&named: name, "PolicyName": "all", "PolicyDocument": ALL});
        world.ok(&format!("Put{kind}Policy"), all).await;
        let mut ask = json!({"PolicySourceArn": arn, "ActionNames": ["execute-api:Invoke"]});
        assert_eq!(decision(&world.ok("SimulatePrincipalPolicy", ask.clone()).await), "allowed", "{arn}");
        let boundary = json!({&named: name, "PermissionsBoundary": bound["Policy"]["Arn"]});
        world.ok(&format!("Put{kind}PermissionsBoundary"), boundary).await;
        assert_eq!(decision(&world.ok("SimulatePrincipalPolicy", ask.clone()).await), "implicitDeny", "{arn}");
        ask["PermissionsBoundaryPolicyInputList"] = json!([ALL]);
        assert_eq!(decision(&world.ok("SimulatePrincipalPolicy", ask).await), "allowed", "{arn}");
    }
}

#[tokio::test]
async fn the_caller_is_whose_policies_they_are_unless_another_is_named() {
    let world = crate::testing::world().await;
    let when = |key: &str, value: &str| statement("Allow", "*", &json!({"Condition": {"StringEquals": {key: value}}}));
    let group = "arn:aws:iam::123456789012:group/staff";
    let alice = "arn:aws:iam::999999999999:user/alice";
    for (source, caller, key, value, expected, missing) in [
        (BOB, None, "aws:username", "bob", "allowed", json!([])),
        (BOB, None, "aws:PrincipalArn", BOB, "allowed", json!([])),
        (BOB, Some(alice), "aws:username", "bob", "implicitDeny", json!([])),
        (BOB, Some(alice), "aws:PrincipalAccount", "999999999999", "allowed", json!([])),
        (OPS, None, "aws:PrincipalArn", OPS, "allowed", json!([])),
        (OPS, None, "aws:PrincipalType", "AssumedRole", "allowed", json!([])),
        (OPS, None, "aws:username", "simulated", "implicitDeny", json!(["aws:username"])),
        (group, None, "aws:username", "", "implicitDeny", json!(["aws:username"])),
        (group, None, "aws:PrincipalAccount", "123456789012", "allowed", json!([])),
        // No id is invented.
        (BOB, None, "aws:userid", "", "implicitDeny", json!(["aws:userid"])),
        (OPS, None, "aws:userid", ":simulated", "implicitDeny", json!(["aws:userid"])),
    ] {
        let mut ask = json!({"PolicySourceArn": source, "ActionNames": ["a:b"], "PolicyInputList": [when(key, value)]});
        if let Some(caller) = caller {
            ask["CallerArn"] = json!(caller);
        }
        let answer = world.ok("SimulatePrincipalPolicy", ask.clone()).await;
        assert_eq!(decision(&answer), expected, "{ask}");
        assert_eq!(answer["EvaluationResults"][0]["MissingContextValues"], missing, "{ask}");
    }
    let nobody = json!({"PolicyInputList": [when("aws:username", "simulated")], "ActionNames": ["a:b"]});
    assert_eq!(decision(&world.ok("SimulateCustomPolicy", nobody).await), "implicitDeny");
}

#[tokio::test]
async fn what_would_be_ignored_or_a_load_is_refused() {
    let world = World::new(crate::service()).await;
    let actions: Vec<_> = (0..1_000).map(|number| format!("s3:A{number}")).collect();
    let resources: Vec<_> = (0..10).map(|number| format!("{API}{number}")).collect();
    let long = statement("Allow", "*", &json!({"Condition": {"Bool": {format!("my:{}", "k".repeat(2_000)): "true"}}}));
    for (more, code) in [
        (json!({"CallerArn": "arn:aws:sts::123456789012:assumed-role/ops/s"}), "InvalidInput"),
        (json!({"CallerArn": "arn:aws:sts::123456789012:user/bobby"}), "InvalidInput"),
        (json!({"CallerArn": THEIR_ROOT}), "InvalidInput"),
        (json!({"CallerArn": "arn:aws:iam::123456789012:user/"}), "InvalidInput"),
        (json!({"CallerArn": "arn:aws:iam::bob:user/bobby"}), "InvalidInput"),
        (json!({"CallerArn": "é".repeat(3_000)}), "ValidationError"),
        (json!({"ResourcePolicy": statement("Allow", "*", &json!({"Principal": "*"}))}), "InvalidInput"),
        (json!({"ResourceOwner": "arn:aws:iam::bob:root"}), "InvalidInput"),
        (json!({"ResourceArns": ["arn:aws:iam::bob:user/x"]}), "InvalidInput"),
        (json!({"ResourceArns": ["é".repeat(2_000)]}), "InvalidInput"),
        (json!({"ActionNames": [format!("a:{}", "é".repeat(100))]}), "InvalidInput"),
        (json!({"PermissionsBoundaryPolicyInputList": [ALL, S3]}), "InvalidInput"),
        (json!({"PolicyInputList": [ALL, "[".repeat(131_073)]}), "ValidationError"),
        (json!({"ResourcePolicy": "[".repeat(131_073), "CallerArn": BOB}), "ValidationError"),
        (json!({"PermissionsBoundaryPolicyInputList": [""]}), "ValidationError"),
        (
            json!({"PolicyInputList": [long], "ActionNames": actions, "ResourceArns": resources, "MaxItems": 1_000}),
            "InvalidInput",
        ),
    ] {
        let input = with(json!({"PolicyInputList": [ALL], "ActionNames": ["a:b"]}), &more);
        let (told, message) = world.refused("SimulateCustomPolicy", input).await;
        assert_eq!(told, code, "{message}");
        assert!(message.len() < 600, "{message}");
    }
}

#[tokio::test]
async fn a_marker_goes_on_in_the_same_list_only() {
    let world = World::new(crate::service()).await;
    let mut input = json!({"PolicyInputList": [ALL], "ActionNames": ["s3:A", "s3:B", "s3:C"], "MaxItems": 1});
    let marker = world.ok("SimulateCustomPolicy", input.clone()).await["Marker"].clone();
    input["Marker"] = marker;
    input["MaxItems"] = json!(5);
    let rest = world.ok("SimulateCustomPolicy", input.clone()).await;
    assert_eq!(rest["EvaluationResults"].as_array().map(Vec::len), Some(2));
    input["ActionNames"] = json!(["s3:A", "s3:B", "s3:D"]);
    assert_eq!(world.refused("SimulateCustomPolicy", input).await.0, "ValidationError");
}
