//! For the tests of policies: users, groups and roles to give them to.

use std::collections::{BTreeMap, BTreeSet};

use base::id::RequestId;
use base::{AccountId, Region, Scope};
use model::Record;
use model::iam::{Group, Role, User};
use operation::testing::{ACCOUNT, World};
use operation::{Call, Kind, Transaction};
use serde_json::{Value as Json, json};
use store_resources::Batch;
use wire::Value;

/// Allows everything that begins with `x:`.
pub(crate) const DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"x:*","Resource":"*"}]}"#;

/// A world with the user `bob`, the group `staff` and the role `ops`.
pub(crate) async fn world() -> World {
    let world = World::new(crate::service()).await;
    let account = AccountId::parse(ACCOUNT).unwrap();
    let user = User {
        account,
        name: "bob".to_owned(),
        path: "/people/".to_owned(),
        id: "AIDABOB".to_owned(),
        created: world.now,
        tags: BTreeMap::new(),
        groups: BTreeSet::new(),
        inline: BTreeMap::new(),
        attached: BTreeSet::new(),
        boundary: None,
    };
    let group = Group {
        account,
        name: "staff".to_owned(),
        path: "/".to_owned(),
        id: "AGPASTAFF".to_owned(),
        created: world.now,
        inline: BTreeMap::new(),
        attached: BTreeSet::new(),
    };
    let role = Role {
        account,
        name: "ops".to_owned(),
        path: "/".to_owned(),
        id: "AROAOPS".to_owned(),
        created: world.now,
        description: None,
        max_session_s: 3600,
        trust: r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned(),
        trusted_ids: BTreeMap::new(),
        tags: BTreeMap::new(),
        inline: BTreeMap::new(),
        attached: BTreeSet::new(),
        boundary: None,
    };
    store(&world, &user).await;
    store(&world, &group).await;
    store(&world, &role).await;
    world
}

/// Stores a record of the usual account.
pub(crate) async fn store<R: Record>(world: &World, record: &R) {
    let mut tx = Transaction::begin(world.ports.resources.as_ref(), Kind::Write).await.unwrap();
    tx.put(&scope(), record).unwrap();
    world.ports.resources.commit(tx.into_batch()).await.unwrap();
}

/// Reads a record of the usual account.
pub(crate) async fn stored<R: Record>(world: &World, id: &str) -> Option<R> {
    let mut tx = Transaction::begin(world.ports.resources.as_ref(), Kind::Read).await.unwrap();
    tx.get(&scope(), id).await.unwrap()
}

/// Makes a managed policy, and answers its ARN.
pub(crate) async fn policy(world: &World, name: &str) -> String {
    let made = world.ok("CreatePolicy", json!({"PolicyName": name, "PolicyDocument": DOCUMENT})).await;
    operation::testing::text(&made["Policy"], "Arn")
}

/// What an operation would write, not committed yet: another may come between.
pub(crate) async fn begun(world: &World, name: &str, input: Json) -> Batch {
    let table = crate::operations();
    let operation = table.iter().find(|known| known.spec.name == name).expect(name);
    let prepared = (operation.prepare)(Value::from_json(input)).expect(name);
    let tx = Transaction::begin(world.ports.resources.as_ref(), Kind::Write).await.expect(name);
    let (principal, request_id) = (World::root(ACCOUNT), RequestId::random());
    let mut call = Call {
        principal: &principal,
        scope: scope(),
        request_id,
        now: world.now,
        tx,
        ports: &world.ports,
        keys: operation::Keys::new(),
        proven: None,
    };
    prepared.run(&mut call).await.expect(name);
    call.tx.into_batch()
}

fn scope() -> Scope {
    Scope { account: AccountId::parse(ACCOUNT).unwrap(), region: Region::global() }
}
