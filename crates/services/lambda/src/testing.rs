//! For the tests: archives, and roles that Lambda may take on.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Write as _};

use base::{AccountId, Region, Scope};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use model::iam::Role;
use operation::testing::{ACCOUNT, Refusal, World};
use operation::{Kind, Transaction};
use serde_json::{Value as Json, json};
use wire::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The role `runner` trusts Lambda, `stranger` does not.
pub(crate) async fn world() -> World {
    let world = World::new(crate::service()).await;
    for (name, service) in [("runner", "lambda.amazonaws.com"), ("stranger", "ec2.amazonaws.com")] {
        put_role(&world, &role(name, &json!({"Service": service}), &json!({}))).await;
    }
    world
}

pub(crate) fn role(name: &str, principal: &Json, condition: &Json) -> Role {
    let trust = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition}
    ]});
    Role {
        account: AccountId::parse(ACCOUNT).unwrap(),
        name: name.to_owned(),
        path: "/".to_owned(),
        id: format!("AROA{:A<17}", name.to_ascii_uppercase()),
        created: base::Timestamp::UNIX_EPOCH,
        description: None,
        max_session_s: 3600,
        trust: trust.to_string(),
        trusted_ids: BTreeMap::new(),
        tags: BTreeMap::new(),
        inline: BTreeMap::new(),
        attached: BTreeSet::new(),
        boundary: None,
    }
}

pub(crate) async fn put_role(world: &World, role: &Role) {
    let mut tx = Transaction::begin(world.ports.resources.as_ref(), Kind::Write).await.unwrap();
    tx.put(&scope().global(), role).unwrap();
    world.ports.resources.commit(tx.into_batch()).await.unwrap();
}

pub(crate) fn scope() -> Scope {
    Scope { account: AccountId::parse(ACCOUNT).unwrap(), region: Region::parse("eu-west-1").unwrap() }
}

pub(crate) fn role_arn(name: &str) -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
}

/// The ARN of a function of the account.
pub(crate) fn arn(name: &str) -> String {
    format!("arn:aws:lambda:eu-west-1:{ACCOUNT}:function:{name}")
}

/// An archive of one Python module.
pub(crate) fn archive(text: &str) -> Vec<u8> {
    archive_of(&[("app.py", text.as_bytes())])
}

/// An archive of some files.
pub(crate) fn archive_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// JSON with archives as JSON cannot hold them: a text that begins so is the base64 of bytes.
const BYTES: &str = "(bytes)";

fn value(json: Json) -> Value {
    match json {
        Json::String(text) if text.starts_with(BYTES) => Value::Blob(BASE64.decode(&text[BYTES.len()..]).unwrap()),
        Json::Array(items) => Value::List(items.into_iter().map(value).collect()),
        Json::Object(entries) => Value::Map(entries.into_iter().map(|(key, one)| (key, value(one))).collect()),
        scalar @ (Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_)) => Value::from_json(scalar),
    }
}

/// Bytes in an input.
pub(crate) fn bytes(bytes: &[u8]) -> Json {
    json!(format!("{BYTES}{}", BASE64.encode(bytes)))
}

/// Calls with bytes.
pub(crate) async fn call(world: &World, name: &str, input: Json) -> Result<Json, Refusal> {
    world.call_with(&World::root(ACCOUNT), name, value(input)).await
}

/// The input that makes a function, with other members.
#[expect(clippy::needless_pass_by_value, reason = "callers write the members in place")]
pub(crate) fn input(name: &str, more: Json) -> Json {
    let mut input = json!({
        "FunctionName": name, "Runtime": "python3.12", "Role": role_arn("runner"), "Handler": "app.handler",
        "Code": {"ZipFile": bytes(&archive("x = 1"))},
    });
    for (member, value) in more.as_object().unwrap() {
        match value {
            Json::Null => input.as_object_mut().unwrap().remove(member),
            value => input.as_object_mut().unwrap().insert(member.clone(), value.clone()),
        };
    }
    input
}

/// Makes a function.
pub(crate) async fn create(world: &World, name: &str, more: Json) -> Json {
    call(world, "CreateFunction", input(name, more)).await.unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"))
}

/// The input that gives a function other code.
pub(crate) fn zipped(name: &str, text: &str) -> Json {
    json!({"FunctionName": name, "ZipFile": bytes(&archive(text))})
}

/// Publishes a version of a layer.
pub(crate) async fn layer(world: &World, name: &str, text: &str) -> Json {
    let input = json!({"LayerName": name, "Content": {"ZipFile": bytes(&archive(text))}});
    call(world, "PublishLayerVersion", input).await.unwrap()
}
