//! For tests: this service over the embedded store, called as `control` calls it, without a network.

use base::Scope;
use operation::testing::{self, ACCOUNT};
pub(crate) use operation::testing::{FOREIGN, Refusal, quotas, text};
use operation::{Kind, Transaction};
use serde_json::{Value as Json, json};
use store_records::counters::{Counter, Take};
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

    /// The quotas that a call relies on, which is not committed.
    pub(crate) async fn quotas(&self, name: &str, input: Json) -> Vec<(u64, u64)> {
        testing::quotas(&self.0.uncommitted(name, input).await)
    }

    /// A transaction of its own, and where it reads.
    pub(crate) async fn transaction(&self) -> (Transaction, Scope) {
        let tx = Transaction::begin(self.0.ports.resources.as_ref(), Kind::Write).await.expect("the store answers");
        (tx, testing::World::scope())
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

    /// Imports a file of API keys.
    pub(crate) async fn import_keys(&self, csv: &[u8], fail_on_warnings: bool) -> Result<Json, Refusal> {
        let input = Value::Map(vec![
            ("body".to_owned(), Value::Blob(csv.to_vec())),
            ("format".to_owned(), Value::Text("csv".to_owned())),
            ("failOnWarnings".to_owned(), Value::Bool(fail_on_warnings)),
        ]);
        self.0.call_with(&testing::World::root(ACCOUNT), "ImportApiKeys", input).await
    }

    /// Counts calls of a key against its plan's quota, today.
    pub(crate) async fn uses(&self, plan: &str, key: &str, calls: u64) {
        let scope = testing::World::root(ACCOUNT).account();
        let scope = base::Scope { account: scope, region: self.0.ports.installation.region.clone() };
        let counter = Counter { scope, group: plan.to_owned(), member: key.to_owned() };
        let today = base::Day::of(self.0.now);
        let wish = Take { counter, day: today, first: today, limit: u64::MAX, wanted: calls };
        self.0.ports.counters.take(&[wish]).await.expect("it counts");
    }

    /// Everything stored in a table, as text.
    pub(crate) async fn stored(&self, table: &'static str) -> String {
        let mut view = self.0.ports.resources.view().await.expect("a view");
        let page = view.scan_table(table, None, 100).await.expect("it reads");
        page.documents.iter().map(|document| String::from_utf8_lossy(&document.value).into_owned()).collect()
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
