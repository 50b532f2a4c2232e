//! For the tests of services and of `control`: one service over the embedded store, called as `control` calls it, without
//! a network.

use std::sync::Arc;

use base::id::{AccessKeyId, RequestId};
use base::seal::MasterKey;
use base::{AccountId, Region, Scope, Timestamp};
use futures_util::future::BoxFuture;
use serde_json::Value as Json;
use store_resources::{Batch, Precondition};
use store_sqlite::SqliteStore;
use tempfile::TempDir;
use wire::Value;

use crate::{
    AccountThrottle, Call, CoverageLine, Credentials, DataPlane, Explanation, Failure, Finding, FunctionCall,
    FunctionIsolation, Installation, Invoked, Losses, NodeStatus, NotInvoked, Ports, Principal, Service, Transaction,
};

/// An installation that serves no traffic.
#[derive(Debug)]
pub struct World {
    service: Service,
    /// What operations reach; tests may replace parts of it.
    pub ports: Ports,
    /// The time of the next call.
    pub now: Timestamp,
    // Kept for as long as the store lives in it.
    _dir: TempDir,
}

/// The account most tests call from.
pub const ACCOUNT: &str = "123456789012";
/// Somebody else's.
pub const FOREIGN: &str = "999999999999";

/// Code and message of an error.
pub type Refusal = (String, String);

/// A node that serves no traffic and knows nothing of itself.
#[derive(Debug)]
pub struct Idle;

impl DataPlane for Idle {
    fn explain(&self, _: &[u8]) -> Result<Explanation, String> {
        Err("this test has no data plane".to_owned())
    }

    fn what_if(&self, _: crate::WhatIf) -> BoxFuture<'_, Result<Explanation, String>> {
        Box::pin(async { Err("this test has no data plane".to_owned()) })
    }

    fn test_authorizer(&self, _: crate::AuthorizerTest) -> BoxFuture<'_, Result<crate::AuthorizerTested, String>> {
        Box::pin(async { Err("this test has no data plane".to_owned()) })
    }

    fn invoke(&self, _: FunctionCall) -> BoxFuture<'_, Result<Invoked, NotInvoked>> {
        Box::pin(async { Err(NotInvoked::Missing) })
    }

    fn is_configured(&self, _: &Scope, _: &str) -> bool {
        false
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

    fn stale_files(&self) -> Vec<crate::StaleFile> {
        Vec::new()
    }

    fn isolation(&self) -> FunctionIsolation {
        FunctionIsolation::default()
    }
}

impl World {
    /// A fresh installation with one service.
    pub async fn new(service: Service) -> Self {
        let dir = TempDir::new().expect("a temporary directory");
        let store = SqliteStore::open(dir.path()).await.expect("a fresh store");
        let now = "2026-01-02T03:04:05.678Z".parse().expect("a good time");
        Self { service, ports: ports(&store, ACCOUNT), now, _dir: dir }
    }

    /// Where most tests call from.
    pub fn scope() -> Scope {
        let account = AccountId::parse(ACCOUNT).expect("twelve digits");
        Scope { account, region: Region::parse("eu-west-1").expect("a good region") }
    }

    /// The account's root user.
    pub fn root(account: &str) -> Principal {
        let account = AccountId::parse(account).expect("twelve digits");
        let access_key = AccessKeyId::parse("AKIATEST").expect("a good id");
        Principal::Root { account, credentials: Credentials::long_term(access_key) }
    }

    /// Calls an operation as the account's root with its members by name, and commits what it wrote.
    pub async fn call(&self, name: &str, input: Json) -> Result<Json, Refusal> {
        self.call_as(&Self::root(ACCOUNT), name, input).await
    }

    /// Calls, and expects success.
    pub async fn ok(&self, name: &str, input: Json) -> Json {
        self.call(name, input).await.unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"))
    }

    /// Calls, and expects a refusal; answers its code and message.
    pub async fn refused(&self, name: &str, input: Json) -> Refusal {
        self.call(name, input).await.expect_err(name)
    }

    /// Calls as somebody.
    pub async fn call_as(&self, principal: &Principal, name: &str, input: Json) -> Result<Json, Refusal> {
        self.call_with(principal, name, Value::from_json(input)).await
    }

    /// Calls as somebody with an input that JSON cannot hold.
    pub async fn call_with(&self, principal: &Principal, name: &str, input: Value) -> Result<Json, Refusal> {
        let (output, tx) = self.run(principal, name, input).await?;
        if !tx.is_empty() {
            self.ports.resources.commit(tx.into_batch()).await.expect("nobody else writes");
        }
        Ok(output.into_json())
    }

    /// Calls as the account's root, and leaves what it would write and what it relied on to the test to commit.
    pub async fn uncommitted(&self, name: &str, input: Json) -> Batch {
        let (_, tx) = self.run(&Self::root(ACCOUNT), name, Value::from_json(input)).await.expect(name);
        tx.into_batch()
    }

    async fn run(&self, principal: &Principal, name: &str, input: Value) -> Result<(Value, Transaction), Refusal> {
        let registered = self.service.operations.iter().find(|one| one.spec.name == name).expect("a known operation");
        let invalid = |fault: wire::Invalid| ("Invalid".to_owned(), fault.to_string());
        let prepared = (registered.prepare)(input).map_err(invalid)?;
        let home = Scope { account: principal.account(), region: self.ports.installation.region.clone() };
        let scope = if self.service.global { home.global() } else { home };
        let resources = Arc::clone(&self.ports.resources);
        let tx = Transaction::begin(resources.as_ref(), registered.spec.kind).await.expect("the store answers");
        let request_id = RequestId::random();
        let mut call = Call {
            principal,
            scope,
            request_id,
            now: self.now,
            tx,
            ports: &self.ports,
            keys: policy::Keys::new(),
            proven: None,
        };
        match prepared.run(&mut call).await {
            Ok(output) => Ok((output, call.tx)),
            Err(Failure::Api(error)) => Err((error.code.to_owned(), error.message)),
            Err(fault) => panic!("{name}: {fault}"),
        }
    }
}

/// The quotas that a batch relies on: how many records it adds, and how many there may be.
pub fn quotas(batch: &Batch) -> Vec<(u64, u64)> {
    let quota = |relied: &Precondition| match relied {
        Precondition::Room { more, max, .. } => Some((*more, *max)),
        Precondition::Document { .. }
        | Precondition::Range { .. }
        | Precondition::Index { .. }
        | Precondition::Lease(_) => None,
    };
    batch.preconditions.iter().filter_map(quota).collect()
}

/// What operations reach of an idle node in an installation that `account` founded.
pub fn ports(store: &SqliteStore, account: &str) -> Ports {
    Ports {
        resources: store.resources(),
        events: store.events(),
        blobs: store.blobs(),
        counters: store.counters(),
        data_plane: Arc::new(Idle),
        status: Arc::new(Idle),
        master_key: Arc::new(MasterKey::random()),
        web_tokens: Arc::new(crate::NoWebTokens),
        installation: Installation {
            account: AccountId::parse(account).expect("twelve digits"),
            region: Region::parse("eu-west-1").expect("a good region"),
            zone: "localhost".to_owned(),
            throttle: AccountThrottle::default(),
            firewall: crate::FirewallFacts::default(),
        },
    }
}

/// A member's text.
pub fn text(value: &Json, member: &str) -> String {
    value[member].as_str().unwrap_or_else(|| panic!("{member} in {value}")).to_owned()
}
