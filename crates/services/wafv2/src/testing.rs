//! For the tests: rules, web ACLs, sets and stages.

use std::collections::BTreeMap;

use base::id::{DeploymentId, RestApiId, StageName};
use base::{AccountId, Region, Scope, Timestamp};
use model::apigateway::Stage;
use model::installation::NewAccount;
use operation::testing::{ACCOUNT, World};
use operation::{Kind, Transaction};
use serde_json::{Value as Json, json};

/// An account with nothing in it.
pub(crate) async fn world() -> World {
    World::new(crate::service()).await
}

/// Makes another account.
pub(crate) async fn account(world: &World, id: &str) {
    let id = AccountId::parse(id).unwrap();
    let made = NewAccount::of(&world.ports.master_key, id, world.now).account;
    let mut tx = Transaction::begin(world.ports.resources.as_ref(), Kind::Write).await.unwrap();
    tx.put(&Scope { account: id, region: Region::global() }, &made).unwrap();
    world.ports.resources.commit(tx.into_batch()).await.unwrap();
}

/// What is counted and kept, under a name.
pub(crate) fn visibility(metric: &str) -> Json {
    json!({"SampledRequestsEnabled": true, "CloudWatchMetricsEnabled": true, "MetricName": metric})
}

/// A rule that blocks what a statement matches.
pub(crate) fn rule(name: &str, priority: u32, statement: &Json) -> Json {
    json!({"Name": name, "Priority": priority, "Statement": statement, "Action": {"Block": {}},
        "VisibilityConfig": visibility(name)})
}

/// A statement of 2 WCU: the path is `/admin`.
pub(crate) fn admin() -> Json {
    json!({"ByteMatchStatement": {"SearchString": "L2FkbWlu", "FieldToMatch": {"UriPath": {}},
        "TextTransformations": [{"Priority": 0, "Type": "NONE"}], "PositionalConstraint": "EXACTLY"}})
}

/// A call's input with other members: those that are null go.
pub(crate) fn with(mut input: Json, more: &Json) -> Json {
    let members = input.as_object_mut().unwrap();
    for (member, value) in more.as_object().unwrap() {
        match value {
            Json::Null => members.remove(member),
            value => members.insert(member.clone(), value.clone()),
        };
    }
    input
}

/// The input that makes a web ACL.
pub(crate) fn acl_input(name: &str, more: &Json) -> Json {
    let least = json!({"Name": name, "Scope": "REGIONAL", "DefaultAction": {"Allow": {}},
        "VisibilityConfig": visibility(name)});
    with(least, more)
}

/// Makes a web ACL, and answers its summary.
pub(crate) async fn acl(world: &World, name: &str, more: &Json) -> Json {
    world.ok("CreateWebACL", acl_input(name, more)).await["Summary"].clone()
}

/// Makes an IP set, and answers its summary.
pub(crate) async fn ip_set(world: &World, name: &str) -> Json {
    let input = json!({"Name": name, "Scope": "REGIONAL", "IPAddressVersion": "IPV4", "Addresses": ["192.0.2.0/24"]});
    world.ok("CreateIPSet", input).await["Summary"].clone()
}

/// Makes a rule group, and answers its summary.
pub(crate) async fn group(world: &World, name: &str, rules: &Json) -> Json {
    let input = json!({"Name": name, "Scope": "REGIONAL", "Capacity": 100, "Rules": rules,
        "VisibilityConfig": visibility(name)});
    world.ok("CreateRuleGroup", input).await["Summary"].clone()
}

/// What names something, for calls that read, change or remove it.
pub(crate) fn named(summary: &Json, more: &Json) -> Json {
    with(json!({"Name": summary["Name"], "Id": summary["Id"], "Scope": "REGIONAL"}), more)
}

/// The same with the lock.
pub(crate) fn locked(summary: &Json, more: &Json) -> Json {
    with(named(summary, &json!({"LockToken": summary["LockToken"]})), more)
}

/// Puts a stage into the store, of an API `a1b2c3d4e5`; answers its ARN.
pub(crate) async fn stage(world: &World, name: &str) -> String {
    let stage = Stage {
        rest_api_id: RestApiId::parse("a1b2c3d4e5").unwrap(),
        name: StageName::parse(name).unwrap(),
        deployment_id: DeploymentId::parse("d1d1d1").unwrap(),
        description: None,
        created: Timestamp::UNIX_EPOCH,
        updated: Timestamp::UNIX_EPOCH,
        variables: BTreeMap::new(),
        access_log: None,
        method_settings: BTreeMap::new(),
        authorizers_flushed: 0,
        web_acl_arn: None,
        tags: BTreeMap::new(),
    };
    let mut tx = Transaction::begin(world.ports.resources.as_ref(), Kind::Write).await.unwrap();
    tx.put(&World::scope(), &stage).unwrap();
    world.ports.resources.commit(tx.into_batch()).await.unwrap();
    stage_arn(name)
}

/// A stage's ARN.
pub(crate) fn stage_arn(name: &str) -> String {
    format!("arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5/stages/{name}")
}

/// The stage as it is stored.
pub(crate) async fn stored_stage(world: &World, name: &str) -> Stage {
    let mut tx = Transaction::begin(world.ports.resources.as_ref(), Kind::Read).await.unwrap();
    tx.get::<Stage>(&World::scope(), &format!("a1b2c3d4e5/{name}")).await.unwrap().unwrap()
}

/// An ARN of the account.
pub(crate) fn arn(kind: &str, name: &str, id: &str) -> String {
    format!("arn:aws:wafv2:eu-west-1:{ACCOUNT}:regional/{kind}/{name}/{id}")
}
