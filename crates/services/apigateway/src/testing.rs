//! For tests: this service over the embedded store, called as `control` calls it, without a network.

use std::sync::Arc;

use base::id::{AccessKeyId, RequestId};
use base::seal::MasterKey;
use base::{AccountId, Region, Scope, Timestamp};
use operation::{
    Call, CoverageLine, Credentials, DataPlane, Explanation, Failure, Finding, Installation, Losses, NodeStatus, Ports,
    Principal, Service, Transaction,
};
use serde_json::{Value as Json, json};
use store_sqlite::SqliteStore;
use tempfile::TempDir;
use wire::Value;

/// An installation with one account, and a second one to be foreign.
#[derive(Debug)]
pub(crate) struct World {
    service: Service,
    ports: Ports,
    now: Timestamp,
    // Kept for as long as the store lives in it.
    _dir: TempDir,
}

/// The account most tests call from.
pub(crate) const ACCOUNT: &str = "123456789012";
/// Somebody else's.
pub(crate) const FOREIGN: &str = "999999999999";

/// Code and message of an error.
pub(crate) type Refusal = (String, String);

/// These tests serve no traffic.
#[derive(Debug)]
struct Idle;

impl DataPlane for Idle {
    fn explain(&self, _: &[u8]) -> Result<Explanation, String> {
        Err("this test has no data plane".to_owned())
    }

    fn what_if(&self, _: operation::WhatIf) -> futures_util::future::BoxFuture<'_, Result<Explanation, String>> {
        Box::pin(async { Err("this test has no data plane".to_owned()) })
    }
}

impl NodeStatus for Idle {
    fn started(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn revision(&self) -> u64 {
        0
    }

    fn findings(&self, _: &Scope) -> Vec<Finding> {
        Vec::new()
    }

    fn coverage(&self, _: &Scope) -> Vec<CoverageLine> {
        Vec::new()
    }

    fn losses(&self) -> Losses {
        Losses::default()
    }
}

impl World {
    /// A fresh installation.
    pub(crate) async fn new() -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        let store = SqliteStore::open(dir.path()).await.expect("a fresh store");
        let region = Region::parse("eu-west-1").expect("a good region");
        let ports = Ports {
            resources: store.resources(),
            events: store.events(),
            data_plane: Arc::new(Idle),
            status: Arc::new(Idle),
            master_key: Arc::new(MasterKey::random()),
            web_tokens: Arc::new(operation::NoWebTokens),
            installation: Installation {
                account: AccountId::parse(ACCOUNT).expect("twelve digits"),
                region,
                zone: "localhost".to_owned(),
            },
        };
        let now = "2026-01-02T03:04:05.678Z".parse().expect("a good time");
        Self { service: crate::service(), ports, now, _dir: dir }
    }

    /// Calls an operation with its members by name, and commits what it wrote.
    pub(crate) async fn call(&self, name: &str, input: Json) -> Result<Json, Refusal> {
        self.call_as(ACCOUNT, name, input).await
    }

    /// Calls, and expects success.
    pub(crate) async fn ok(&self, name: &str, input: Json) -> Json {
        self.call(name, input).await.unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"))
    }

    /// Calls, and expects a refusal; answers its code and message.
    pub(crate) async fn refused(&self, name: &str, input: Json) -> Refusal {
        self.call(name, input).await.expect_err(name)
    }

    /// Calls from an account.
    pub(crate) async fn call_as(&self, account: &str, name: &str, input: Json) -> Result<Json, Refusal> {
        self.run(account, name, Value::from_json(input)).await
    }

    /// Imports a document as a new API.
    pub(crate) async fn import(&self, document: &str) -> Result<Json, Refusal> {
        let body = Value::Blob(document.as_bytes().to_vec());
        self.run(ACCOUNT, "ImportRestApi", Value::Map(vec![("body".to_owned(), body)])).await
    }

    async fn run(&self, account: &str, name: &str, input: Value) -> Result<Json, Refusal> {
        let registered = self.service.operations.iter().find(|one| one.spec.name == name).expect("a known operation");
        let invalid = |fault: wire::Invalid| ("Invalid".to_owned(), fault.to_string());
        let prepared = (registered.prepare)(input).map_err(invalid)?;
        let account = AccountId::parse(account).expect("twelve digits");
        let access_key = AccessKeyId::parse("AKIATEST").expect("a good id");
        let principal = Principal::Root { account, credentials: Credentials::long_term(access_key) };
        let scope = Scope { account, region: self.ports.installation.region.clone() };
        let resources = Arc::clone(&self.ports.resources);
        let tx = Transaction::begin(resources.as_ref(), registered.spec.kind).await.expect("the store answers");
        let request_id = RequestId::random();
        let mut call = Call {
            principal: &principal,
            scope,
            request_id,
            now: self.now,
            tx,
            ports: &self.ports,
            keys: operation::Keys::new(),
            proven: None,
        };
        let output = match prepared.run(&mut call).await {
            Ok(output) => output,
            Err(Failure::Api(error)) => return Err((error.code.to_owned(), error.message)),
            Err(fault) => panic!("{name}: {fault}"),
        };
        if !call.tx.is_empty() {
            resources.commit(call.tx.into_batch()).await.expect("nobody else writes");
        }
        Ok(output.into_json())
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

/// A member's text.
pub(crate) fn text(value: &Json, member: &str) -> String {
    value[member].as_str().unwrap_or_else(|| panic!("{member} in {value}")).to_owned()
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
