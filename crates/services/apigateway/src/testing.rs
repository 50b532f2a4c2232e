//! For tests: this service over the embedded store, called as `control` calls it, without a network.

use operation::testing::{self, ACCOUNT};
pub(crate) use operation::testing::{FOREIGN, Refusal, text};
use serde_json::{Value as Json, json};
use wire::Value;

/// An installation with one account, and a second one to be foreign.
#[derive(Debug)]
pub(crate) struct World(testing::World);

impl World {
    /// A fresh installation.
    pub(crate) async fn new() -> Self {
        Self(testing::World::new(crate::service()).await)
    }

    /// Calls an operation with its members by name, and commits what it wrote.
    pub(crate) async fn call(&self, name: &str, input: Json) -> Result<Json, Refusal> {
        self.0.call(name, input).await
    }

    /// Calls, and expects success.
    pub(crate) async fn ok(&self, name: &str, input: Json) -> Json {
        self.0.ok(name, input).await
    }

    /// Calls, and expects a refusal; answers its code and message.
    pub(crate) async fn refused(&self, name: &str, input: Json) -> Refusal {
        self.0.refused(name, input).await
    }

    /// Calls from an account.
    pub(crate) async fn call_as(&self, account: &str, name: &str, input: Json) -> Result<Json, Refusal> {
        self.0.call_as(&testing::World::root(account), name, input).await
    }

    /// Imports a document as a new API.
    pub(crate) async fn import(&self, document: &str) -> Result<Json, Refusal> {
        let body = Value::Blob(document.as_bytes().to_vec());
        let input = Value::Map(vec![("body".to_owned(), body)]);
        self.0.call_with(&testing::World::root(ACCOUNT), "ImportRestApi", input).await
    }

    /// An API with one open `GET /` answered by a mock; answers its id and its root's.
    pub(crate) async fn api(&self) -> (String, String) {
        let api = self.ok("CreateRestApi", json!({"name": "pets"})).await;
        let (api, root) = (text(&api, "id"), text(&api, "rootResourceId"));
        let place = json!({"restApiId": api, "resourceId": root, "httpMethod": "GET"});
        self.ok("PutMethod", with(&place, json!({"authorizationType": "NONE"}))).await;
        let templates = json!({"application/json": "{\"statusCode\": 200}"});
        self.ok("PutIntegration", with(&place, json!({"type": "MOCK", "requestTemplates": templates}))).await;
        (api, root)
    }
}

/// An object with more members.
pub(crate) fn with(object: &Json, more: Json) -> Json {
    let mut object = object.clone();
    let (Some(members), Json::Object(more)) = (object.as_object_mut(), more) else { panic!("two objects") };
    members.extend(more);
    object
}

/// A PATCH list of one operation.
pub(crate) fn patch(op: &str, path: &str, value: &str) -> Json {
    json!({"patchOperations": [{"op": op, "path": path, "value": value}]})
}
