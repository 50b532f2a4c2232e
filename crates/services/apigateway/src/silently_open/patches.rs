//! Walks the PATCH table of every resource and patches each path that is said to be refused.

use serde_json::{Value as Json, json};

use super::fate::{self, Fate};
use super::patch_table::PATCHES;
use crate::patch::{Edit, Patches};
use crate::testing::{World, text, with};
use crate::{
    account, api_key, authorizer, deployment, integration, integration_response, method, method_response, resource,
    rest_api, stage, usage, usage_plan,
};

type Rows = Vec<(&'static str, &'static [Edit])>;

/// Every operation that patches, with its table.
fn tables() -> Vec<(&'static str, Rows)> {
    vec![
        ("UpdateAccount", account::UpdateAccount::rows()),
        ("UpdateAuthorizer", authorizer::UpdateAuthorizer::rows()),
        ("UpdateApiKey", api_key::UpdateApiKey::rows()),
        ("UpdateUsage", usage::UpdateUsage::rows()),
        ("UpdateUsagePlan", usage_plan::UpdateUsagePlan::rows()),
        ("UpdateDeployment", deployment::UpdateDeployment::rows()),
        ("UpdateIntegration", integration::UpdateIntegration::rows()),
        ("UpdateIntegrationResponse", integration_response::UpdateIntegrationResponse::rows()),
        ("UpdateMethod", method::UpdateMethod::rows()),
        ("UpdateMethodResponse", method_response::UpdateMethodResponse::rows()),
        ("UpdateResource", resource::UpdateResource::rows()),
        ("UpdateRestApi", rest_api::UpdateRestApi::rows()),
        ("UpdateStage", stage::UpdateStage::rows()),
    ]
}

#[test]
fn every_operation_that_patches_is_held_to_its_table() {
    let known: Vec<_> = tables().into_iter().map(|(name, _)| name).collect();
    for operation in crate::service().operations {
        let patches = fate::of(super::input_table::INPUTS, operation.spec.name, "patchOperations").is_some()
            && operation.spec.name.starts_with("Update");
        assert_eq!(patches, known.contains(&operation.spec.name), "{}", operation.spec.name);
    }
}

#[test]
fn every_patch_path_has_a_verdict() {
    let mut existing = Vec::new();
    for (name, rows) in tables() {
        for (path, _) in rows {
            assert!(
                fate::of(PATCHES, name, path).is_some(),
                "{name} takes `{path}`: say in patch_table.rs whether it is enforced, harmless or refused"
            );
            existing.push((name.to_owned(), path.to_owned()));
        }
    }
    fate::check_table(PATCHES, &existing);
}

#[tokio::test]
async fn a_patch_of_what_is_not_enforced_is_refused_whatever_it_sets() {
    let world = World::new().await;
    let place = furnished(&world).await;
    for (name, rows) in tables() {
        for (path, edits) in rows {
            let Some(Fate::Refused { more, but }) = fate::of(PATCHES, name, path) else { continue };
            let but = fate::values(but);
            let mut answers = Vec::new();
            // To remove asks for less.
            for edit in edits.iter().filter(|edit| **edit != Edit::Remove) {
                for value in
                    [json!("probe"), json!("true"), json!("1"), json!("{}")].into_iter().chain(fate::values(more))
                {
                    if but.contains(&value) {
                        continue;
                    }
                    let answer = world.call(name, with(&place, patch(*edit, path, &value))).await;
                    answers.push((value, answer));
                }
            }
            fate::hold_refused(&format!("`{path}` of {name}"), &answers);
            for value in but {
                let answer = world.call(name, with(&place, patch(Edit::Replace, path, &value))).await;
                assert!(answer.is_ok(), "{name} refuses {path} {value}, which asks for nothing: {answer:?}");
            }
        }
    }
}

/// An API that has one of everything; answers the members that name them.
async fn furnished(world: &World) -> Json {
    let (api, root) = world.api().await;
    let method = json!({"restApiId": api, "resourceId": root, "httpMethod": "GET", "statusCode": "200"});
    world.ok("PutMethodResponse", method.clone()).await;
    world.ok("PutIntegrationResponse", method.clone()).await;
    let judge = world.ok("CreateAuthorizer", super::inputs::authorizer(&api)).await;
    let deployment = world.ok("CreateDeployment", json!({"restApiId": api, "stageName": "dev"})).await;
    let key = world.ok("CreateApiKey", json!({})).await;
    let more = json!({"stageName": "dev", "deploymentId": text(&deployment, "id"), "authorizerId": text(&judge, "id")});
    with(&with(&method, more), json!({"apiKey": text(&key, "id")}))
}

fn patch(edit: Edit, path: &str, value: &Json) -> Json {
    let op = match edit {
        Edit::Add => "add",
        Edit::Remove => "remove",
        Edit::Replace => "replace",
    };
    // A method's setting stands behind its resource and verb.
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/*/*/{path}") };
    let path = path.split('/').map(|part| if part.starts_with('{') { "probe" } else { part });
    json!({"patchOperations": [{"op": op, "path": path.collect::<Vec<_>>().join("/"), "value": value}]})
}
