//! Permissions: what is stored, what is refused, and whom a statement goes on to mean.

use operation::testing::{ACCOUNT, FOREIGN};
use serde_json::{Value as Json, json};

use crate::testing::{arn, create, put_role, role, role_arn, world};

#[expect(clippy::needless_pass_by_value, reason = "callers write the members in place")]
fn permission(more: Json) -> Json {
    let mut input = json!({"FunctionName": "f", "StatementId": "s", "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com"});
    input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    input
}

fn policy_of(answer: &Json) -> Json {
    serde_json::from_str(answer["Policy"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn a_permission_is_a_statement_in_the_form_of_aws() {
    let world = world().await;
    create(&world, "f", json!({})).await;
    let source = format!("arn:aws:execute-api:eu-west-1:{ACCOUNT}:a1/*/GET/pets");
    let added = world.ok("AddPermission", permission(json!({"SourceArn": source, "SourceAccount": ACCOUNT}))).await;
    let statement: Json = serde_json::from_str(added["Statement"].as_str().unwrap()).unwrap();
    let expected = json!({
        "Sid": "s", "Effect": "Allow", "Principal": {"Service": "apigateway.amazonaws.com"},
        "Action": "lambda:InvokeFunction", "Resource": arn("f"),
        "Condition": {"ArnLike": {"AWS:SourceArn": source}, "StringEquals": {"AWS:SourceAccount": ACCOUNT}},
    });
    assert_eq!(statement, expected);
    let read = world.ok("GetPolicy", json!({"FunctionName": "f"})).await;
    assert_eq!(policy_of(&read), json!({"Version": "2012-10-17", "Id": "default", "Statement": [expected]}));
    assert_eq!(world.refused("AddPermission", permission(json!({}))).await.0, "ResourceConflictException");
    let revision = read["RevisionId"].clone();
    world.ok("AddPermission", permission(json!({"StatementId": "t", "RevisionId": revision}))).await;
    let stale = permission(json!({"StatementId": "u", "RevisionId": revision}));
    assert_eq!(world.refused("AddPermission", stale).await.0, "PreconditionFailedException");
    let remove = |id: &str| json!({"FunctionName": "f", "StatementId": id});
    let stale = json!({"FunctionName": "f", "StatementId": "s", "RevisionId": revision});
    assert_eq!(world.refused("RemovePermission", stale).await.0, "PreconditionFailedException");
    world.ok("RemovePermission", remove("s")).await;
    assert_eq!(world.refused("RemovePermission", remove("s")).await.0, "ResourceNotFoundException");
    world.ok("RemovePermission", remove("t")).await;
    assert_eq!(world.refused("GetPolicy", json!({"FunctionName": "f"})).await.0, "ResourceNotFoundException");
}

#[tokio::test]
async fn each_qualifier_has_a_policy_of_its_own() {
    let world = world().await;
    create(&world, "f", json!({"Publish": true})).await;
    let added = world.ok("AddPermission", permission(json!({"Qualifier": "1"}))).await;
    assert!(added["Statement"].as_str().unwrap().contains(&format!("{}:1", arn("f"))), "{added}");
    assert!(world.call("GetPolicy", json!({"FunctionName": "f"})).await.is_err());
    assert!(world.call("GetPolicy", json!({"FunctionName": "f:1"})).await.is_ok());
    for bad in ["2", "live", "$LATEST"] {
        assert!(world.call("AddPermission", permission(json!({"Qualifier": bad}))).await.is_err(), "{bad}");
    }
}

#[tokio::test]
async fn a_principal_is_everybody_a_service_an_account_or_somebody_who_exists() {
    let world = world().await;
    create(&world, "f", json!({})).await;
    let with =
        |principal: &str, id: usize| permission(json!({"Principal": principal, "StatementId": format!("s{id}")}));
    let runner = role_arn("runner");
    for (id, (principal, expected)) in [
        ("*", json!("*")),
        ("apigateway.amazonaws.com", json!({"Service": "apigateway.amazonaws.com"})),
        (ACCOUNT, json!({"AWS": format!("arn:aws:iam::{ACCOUNT}:root")})),
        (runner.as_str(), json!({"AWS": runner})),
    ]
    .into_iter()
    .enumerate()
    {
        let added = world.ok("AddPermission", with(principal, id)).await;
        let statement: Json = serde_json::from_str(added["Statement"].as_str().unwrap()).unwrap();
        assert_eq!(statement["Principal"], expected);
    }
    for (id, bad) in [
        "bob",
        "",
        &role_arn("nobody"),
        &role_arn("*"),
        FOREIGN,
        "arn:aws:s3:::bucket",
        "arn:aws:iam::*:root",
        "a b.amazonaws.com",
    ]
    .into_iter()
    .enumerate()
    {
        let refused = world.refused("AddPermission", with(bad, 10 + id)).await;
        assert_eq!(refused.0, "InvalidParameterValueException", "{bad}");
    }
}

#[tokio::test]
async fn what_cannot_be_enforced_or_read_is_refused() {
    let world = world().await;
    create(&world, "f", json!({})).await;
    for bad in [
        json!({"EventSourceToken": "t"}),
        json!({"PrincipalOrgID": "o-1234567890"}),
        json!({"FunctionUrlAuthType": "NONE"}),
        json!({"InvokedViaFunctionUrl": true}),
        json!({"Action": "s3:GetObject"}),
        json!({"Action": "lambda:Invoke?"}),
        json!({"Action": "lambda:Invoke*"}),
        json!({"Action": ""}),
        json!({"StatementId": "a b"}),
        json!({"StatementId": "x".repeat(101)}),
        json!({"SourceAccount": "12345678901"}),
        json!({"SourceAccount": "*"}),
        json!({"SourceArn": "not an arn"}),
        json!({"SourceArn": "arn:aws:execute-api:eu-west-1:1:a\n"}),
        json!({"FunctionName": "g"}),
    ] {
        assert!(world.call("AddPermission", permission(bad.clone())).await.is_err(), "{bad}");
    }
    assert!(world.call("GetPolicy", json!({"FunctionName": "f"})).await.is_err(), "nothing was stored");
}

#[tokio::test]
async fn a_policy_has_20_kilobytes_at_most() {
    let world = world().await;
    create(&world, "f", json!({})).await;
    let mut refused = None;
    for id in 0..100 {
        let source = format!("arn:aws:execute-api:eu-west-1:{ACCOUNT}:{}/{id}", "x".repeat(500));
        let input = permission(json!({"StatementId": format!("s{id}"), "SourceArn": source}));
        if let Err(refusal) = world.call("AddPermission", input).await {
            refused = Some((id, refusal.0));
            break;
        }
    }
    let (id, code) = refused.expect("there is an end");
    assert!(id > 20 && code == "PolicyLengthExceededException", "{id} {code}");
}

#[tokio::test]
async fn a_role_made_anew_under_an_old_name_is_somebody_else() {
    let world = world().await;
    create(&world, "f", json!({})).await;
    let named = permission(json!({"Principal": role_arn("runner")}));
    world.ok("AddPermission", named).await;
    let mut anew = role("runner", &json!({"Service": "lambda.amazonaws.com"}), &json!({}));
    anew.id = "AROANEWAAAAAAAAAAAAAA".to_owned();
    put_role(&world, &anew).await;
    let shown = policy_of(&world.ok("GetPolicy", json!({"FunctionName": "f"})).await);
    assert_eq!(shown["Statement"][0]["Principal"], json!({"AWS": "AROARUNNERAAAAAAAAAAA"}));
    let again = permission(json!({"Principal": role_arn("runner"), "StatementId": "t"}));
    assert_eq!(world.refused("AddPermission", again).await.0, "ResourceConflictException");
}
