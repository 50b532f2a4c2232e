//! Authorizers from the call that makes one to the one that deletes it, and in documents.

use serde_json::json;

use crate::testing::{FOREIGN, World, patch, text, with};

const URI: &str = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:123456789012:function:auth/invocations";

#[tokio::test]
async fn an_authorizer_lives_and_dies_with_its_methods() {
    let world = World::new().await;
    let (api, root) = world.api().await;
    let input = json!({
        "restApiId": api, "name": "mine", "type": "TOKEN", "authorizerUri": URI,
        "identitySource": "method.request.header.Authorization",
    });
    let made = world.ok("CreateAuthorizer", input.clone()).await;
    let id = text(&made, "id");
    assert_eq!(
        made,
        json!({
            "id": id, "name": "mine", "type": "TOKEN", "authType": "custom", "authorizerUri": URI,
            "identitySource": "method.request.header.Authorization", "authorizerResultTtlInSeconds": 300,
        })
    );
    let place = json!({"restApiId": api, "authorizerId": id});
    assert_eq!(world.ok("GetAuthorizer", place.clone()).await, made);
    assert_eq!(world.ok("GetAuthorizers", json!({"restApiId": api})).await, json!({"items": [made]}));
    assert_eq!(world.refused("CreateAuthorizer", input).await.0, "ConflictException");

    let method = json!({"restApiId": api, "resourceId": root, "httpMethod": "POST"});
    let custom = with(&method, json!({"authorizationType": "CUSTOM", "authorizerId": id}));
    assert_eq!(world.ok("PutMethod", custom.clone()).await["authorizerId"], json!(id));
    let refusal = world.refused("DeleteAuthorizer", place.clone()).await;
    let used = "Cannot delete authorizer 'mine', is referenced in method: POST//";
    assert_eq!(refusal, ("ConflictException".to_owned(), used.to_owned()));
    let open = patch("replace", "/authorizationType", "NONE");
    let opened = world.ok("UpdateMethod", with(&method, open)).await;
    assert_eq!(opened["authorizerId"], json!(null));
    world.ok("DeleteAuthorizer", place.clone()).await;
    let missing = ("NotFoundException".to_owned(), "Invalid Authorizer identifier specified".to_owned());
    assert_eq!(world.refused("GetAuthorizer", place).await, missing);
    let refusal = world.refused("PutMethod", with(&custom, json!({"httpMethod": "PUT"}))).await;
    assert!(refusal.1.starts_with("Invalid authorizer ID specified"), "{refusal:?}");
}

#[tokio::test]
async fn an_authorizer_is_changed_whole_or_not_at_all() {
    let world = World::new().await;
    let (api, _) = world.api().await;
    let input = json!({
        "restApiId": api, "name": "mine", "type": "REQUEST", "authorizerUri": URI,
        "identitySource": "method.request.header.A,method.request.querystring.b",
    });
    let made = world.ok("CreateAuthorizer", input).await;
    let place = json!({"restApiId": api, "authorizerId": made["id"]});
    let changed = patch("replace", "/authorizerResultTtlInSeconds", "60");
    let after = world.ok("UpdateAuthorizer", with(&place, changed)).await;
    assert_eq!(after["authorizerResultTtlInSeconds"], json!(60));
    for (path, value) in [
        ("/authorizerResultTtlInSeconds", "3601"),
        ("/authorizerResultTtlInSeconds", "soon"),
        ("/identitySource", "method.request.body"),
        ("/type", "JWT"),
        ("/authorizerUri", "jwt://issuer.example/"),
        ("/id", "x"),
    ] {
        let refusal = world.refused("UpdateAuthorizer", with(&place, patch("replace", path, value))).await;
        assert_eq!(refusal.0, "BadRequestException", "{path} {value}");
    }
    assert_eq!(world.ok("GetAuthorizer", place.clone()).await, after);
    let foreign = world.call_as(FOREIGN, "GetAuthorizer", place).await.expect_err("another account's");
    assert_eq!(foreign.0, "NotFoundException");
}

#[tokio::test]
async fn an_api_has_ten_authorizers_at_most() {
    let world = World::new().await;
    let (api, _) = world.api().await;
    let input = |number: u8| {
        json!({
            "restApiId": api, "name": format!("a{number}"), "type": "TOKEN", "authorizerUri": URI,
            "identitySource": "method.request.header.A",
        })
    };
    for number in 0..10 {
        world.ok("CreateAuthorizer", input(number)).await;
    }
    assert_eq!(world.refused("CreateAuthorizer", input(10)).await.0, "LimitExceededException");
    world.ok("DeleteRestApi", json!({"restApiId": api})).await;
}

#[tokio::test]
async fn a_clone_has_its_own_authorizers() {
    let world = World::new().await;
    let (api, root) = world.api().await;
    let made = world.ok(
        "CreateAuthorizer",
        json!({
            "restApiId": api, "name": "mine", "type": "TOKEN", "authorizerUri": URI,
            "identitySource": "method.request.header.A",
        }),
    );
    let id = text(&made.await, "id");
    world.ok("PutMethod", json!({
        "restApiId": api, "resourceId": root, "httpMethod": "POST", "authorizationType": "CUSTOM", "authorizerId": id,
    })).await;
    let clone = world.ok("CreateRestApi", json!({"name": "copy", "cloneFrom": api})).await;
    let copies = world.ok("GetAuthorizers", json!({"restApiId": clone["id"]})).await;
    let place = json!({"restApiId": clone["id"], "resourceId": clone["rootResourceId"], "httpMethod": "POST"});
    let method = world.ok("GetMethod", place).await;
    assert_eq!(copies["items"][0]["name"], json!("mine"));
    assert_eq!((&method["authorizerId"], method["authorizerId"] != json!(id)), (&copies["items"][0]["id"], true));
}

fn document(authorizer: &str, uses: &str) -> String {
    let proxy = URI.replace("function:auth", "function:pets");
    format!(
        r#"{{"openapi":"3.0.1","info":{{"title":"pets","version":"1"}},"paths":{{"/pets":{{"get":{{"responses":{{}},
        {uses}"x-amazon-apigateway-integration":{{"type":"aws_proxy","httpMethod":"POST","uri":"{proxy}",
        "credentials":"arn:aws:iam::123456789012:role/invoke"}}}}}}}},"components":{{"securitySchemes":{{"mine":{{
        "type":"apiKey","name":"X-Token","in":"header","x-amazon-apigateway-authtype":"oauth2",
        "x-amazon-apigateway-authorizer":{authorizer}}}}}}}}}"#
    )
}

#[tokio::test]
async fn a_document_brings_its_authorizers_and_an_export_gives_them_back() {
    let world = World::new().await;
    let token = format!(r#"{{"type":"token","authorizerUri":"{URI}","authorizerResultTtlInSeconds":60}}"#);
    let api = world.import(&document(&token, r#""security":[{"mine":[]}],"#)).await.expect("a good document");
    let found = world.ok("GetAuthorizers", json!({"restApiId": api["id"]})).await;
    let authorizer = found["items"][0].clone();
    assert_eq!(
        (&authorizer["name"], &authorizer["identitySource"], &authorizer["authType"]),
        (&json!("mine"), &json!("method.request.header.X-Token"), &json!("oauth2"))
    );
    world.ok("CreateDeployment", json!({"restApiId": api["id"], "stageName": "dev"})).await;
    let export = json!({
        "restApiId": api["id"], "stageName": "dev", "exportType": "oas30", "parameters": {"extensions": "apigateway"},
    });
    let exported = world.ok("GetExport", export).await;
    let text = exported["body"].as_str().map_or_else(|| exported.to_string(), str::to_owned);
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &text).unwrap_or(text.into_bytes());
    let again = world.import(std::str::from_utf8(&bytes).expect("JSON")).await.expect("its own export");
    let copies = world.ok("GetAuthorizers", json!({"restApiId": again["id"]})).await;
    assert_eq!(with(&copies["items"][0], json!({"id": authorizer["id"]})), authorizer);
    let resources = world.ok("GetResources", json!({"restApiId": again["id"], "embed": ["methods"]})).await;
    let method = &resources["items"][1]["resourceMethods"]["GET"];
    assert_eq!((&method["authorizationType"], &method["authorizerId"]), (&json!("CUSTOM"), &copies["items"][0]["id"]));
    assert_eq!(method["methodIntegration"]["credentials"], json!("arn:aws:iam::123456789012:role/invoke"));
}

#[tokio::test]
async fn a_document_whose_authorizer_cannot_be_made_opens_nothing() {
    let world = World::new().await;
    let good = format!(r#"{{"type":"token","authorizerUri":"{URI}"}}"#);
    for (authorizer, uses) in [
        (good.replace("token", "request"), r#""security":[{"mine":[]}],"#),
        (good.replace("lambda:path", "sqs:path"), r#""security":[{"mine":[]}],"#),
        (good.replace(r#"{"type""#, r#"{"jwtConfiguration":{},"type""#), r#""security":[{"mine":[]}],"#),
        (good.clone(), r#""security":[{"mine":["read"]}],"#),
        (good.clone(), r#""security":[{"mine":[]},{}],"#),
        (good.clone(), r#""security":[{"other":[]}],"#),
    ] {
        assert!(world.import(&document(&authorizer, uses)).await.is_err(), "{authorizer} {uses}");
    }
    let native = r#"{"type":"token","authorizerUri":"jwt://issuer.example/?audience=a"}"#;
    let api = world.import(&document(native, r#""security":[{"mine":[]}],"#)).await.expect("it is enforced");
    world.ok("CreateDeployment", json!({"restApiId": api["id"], "stageName": "dev"})).await;
    let export = json!({
        "restApiId": api["id"], "stageName": "dev", "exportType": "oas30", "parameters": {"extensions": "apigateway"},
    });
    let refusal = world.refused("GetExport", export).await;
    assert!(refusal.1.contains("which AWS does not know"), "{refusal:?}");
}

#[tokio::test]
async fn a_flush_leaves_the_stage_as_it_was_but_for_its_count() {
    let world = World::new().await;
    let (api, _) = world.api().await;
    world.ok("CreateDeployment", json!({"restApiId": api, "stageName": "dev"})).await;
    let place = json!({"restApiId": api, "stageName": "dev"});
    let before = world.ok("GetStage", place.clone()).await;
    assert_eq!(world.ok("FlushStageAuthorizersCache", place.clone()).await, json!({}));
    assert_eq!(world.ok("GetStage", place).await, before);
    let refusal = world.refused("FlushStageAuthorizersCache", json!({"restApiId": api, "stageName": "none"})).await;
    assert_eq!(refusal.0, "NotFoundException");
}
