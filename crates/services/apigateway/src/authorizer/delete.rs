//! DeleteAuthorizer: one that a method names stays.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteAuthorizer.html>

use base::Scope;
use http::Method as Verb;
use model::Record;
use model::apigateway::{Authorizer, Resource};
use operation::{Call, Failure, Operation, Spec};

use crate::error::{Error, declared};
use crate::nothing::Nothing;
use crate::{arn, find};

/// The operation.
pub(crate) struct DeleteAuthorizer;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteAuthorizerRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "authorizer_id")]
    authorizer_id: String,
}

impl Operation for DeleteAuthorizer {
    const SPEC: Spec = Spec::write("DeleteAuthorizer", "apigateway:DELETE")
        .http(Verb::DELETE, "/restapis/{restapi_id}/authorizers/{authorizer_id}", 202)
        .errors(declared::REMOVE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/authorizers/{}", input.rest_api_id, input.authorizer_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let api = find::api(call, &input.rest_api_id).await?;
        let authorizer = find::authorizer(call, &api.id, &input.authorizer_id).await?;
        let resources = call.tx.all::<Resource>(&call.scope, &Resource::prefix(&api.id)).await?;
        if let Some(method) = user(&authorizer, &resources) {
            let name = &authorizer.name;
            let used = format!("Cannot delete authorizer '{name}', is referenced in method: {method}");
            return Err(Error::conflict(used).into());
        }
        call.tx.delete::<Authorizer>(&call.scope, &Record::id(&authorizer));
        Ok(Nothing)
    }
}

/// A method that names the authorizer, as AWS writes it.
fn user(authorizer: &Authorizer, resources: &[Resource]) -> Option<String> {
    resources.iter().find_map(|resource| {
        let mut methods = resource.methods.iter();
        let (verb, _) = methods.find(|(_, method)| method.authorizer_id.as_ref() == Some(&authorizer.id))?;
        Some(format!("{verb}/{}", resource.path))
    })
}

#[cfg(test)]
mod tests {
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
        let made = world.ok("CreateAuthorizer", json!({
            "restApiId": api, "name": "mine", "type": "TOKEN", "authorizerUri": URI,
            "identitySource": "method.request.header.A",
        }));
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
}
