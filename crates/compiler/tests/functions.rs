//! Functions: what opens is served, what does not is closed version by version, and settings win over documents.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use base::seal::MasterKey;
use base::{AccountId, Region, Scope, Secret, Timestamp};
use compiler::configured::{Configured, Runs};
use compiler::{Compiler, FunctionInput, Input, Unit, World};
use model::lambda::{
    Alias, Architecture, Code, Configuration, Environment, Function, FunctionVersion, NETWORK_TAG, Policy, Runtime,
    Statement,
};
use snapshot::{FunctionBody, FunctionCode, FunctionName, FunctionNetwork, FunctionRuntime, Place};

fn scope() -> Scope {
    let account = AccountId::parse("111111111111").expect("an account");
    Scope { account, region: Region::parse("eu-west-1").expect("a region") }
}

fn name() -> FunctionName {
    FunctionName { account: scope().account, name: "f".into() }
}

fn empty() -> World {
    World::empty(Place::new(scope().region, "localhost"))
}

fn configuration(key: &MasterKey) -> Configuration {
    let place_id = Environment::place_id(&scope(), "f", "one");
    let sealed = key.seal(Environment::place(&place_id), &Secret::new(r#"{"B":"2","A":"1"}"#.to_owned()));
    Configuration {
        revision_id: "r1".to_owned(),
        modified: Timestamp::UNIX_EPOCH,
        description: String::new(),
        runtime: Runtime::Node22,
        handler: "index.handler".to_owned(),
        role_arn: "arn:aws:iam::111111111111:role/r".to_owned(),
        timeout_s: 7,
        memory_mb: 256,
        architecture: Architecture::here(),
        code: Code::new(&[7; 32], 10),
        layers: Vec::new(),
        environment: Some(Environment { id: "one".to_owned(), sealed }),
    }
}

fn function(key: &MasterKey) -> Function {
    Function {
        scope: scope(),
        name: "f".to_owned(),
        created: Timestamp::UNIX_EPOCH,
        latest: configuration(key),
        last_version: 2,
        published: None,
        aliases: BTreeMap::from([(
            "live".to_owned(),
            Alias {
                version: "1".to_owned(),
                description: String::new(),
                other: Some(("2".to_owned(), 0.5)),
                revision_id: "a".to_owned(),
            },
        )]),
        policies: BTreeMap::new(),
        reserved_concurrency: Some(5),
        tags: BTreeMap::new(),
    }
}

fn input(function: Function, versions: Vec<(u64, Result<FunctionVersion, String>)>) -> Input {
    Input::Function { name: name(), scope: scope(), found: Some(Ok(Box::new(FunctionInput { function, versions }))) }
}

fn version(key: &MasterKey, number: u64) -> (u64, Result<FunctionVersion, String>) {
    let configuration = configuration(key);
    (number, Ok(FunctionVersion { scope: scope(), function: "f".to_owned(), number, configuration }))
}

#[test]
fn a_function_is_served_with_its_secrets_opened_and_its_alias_leading_somewhere() {
    let key = Arc::new(MasterKey::random());
    let compiler = Compiler::new(Arc::clone(&key));
    let inputs = vec![input(function(&key), vec![version(&key, 1), version(&key, 2)])];
    let world = compiler.compile(1, inputs, &empty());
    assert!(world.findings.is_empty());
    let served = &world.snapshot.functions[&name()];
    assert_eq!(&*served.arn, "arn:aws:lambda:eu-west-1:111111111111:function:f");
    assert_eq!(served.version(Some("live"), 0.9).expect("a version").number.as_ref(), "1");
    assert_eq!((served.latest.timeout, served.latest.memory_mb), (Duration::from_secs(7), 256));
    assert_eq!(served.published[&2].reserved_concurrency, Some(5));
    let FunctionBody::Local(local) = &served.latest.body else { panic!("it runs here") };
    assert_eq!((local.runtime, local.network), (FunctionRuntime::Node, FunctionNetwork::None));
    assert_eq!(local.code, FunctionCode::Stored { scope: scope(), digest: [7; 32] });
    let variables: Vec<_> = local.environment.iter().map(|(name, value)| (&**name, value.expose().as_str())).collect();
    assert_eq!(variables, [("A", "1"), ("B", "2")]);
    let gone = Input::Function { name: name(), scope: scope(), found: None };
    assert!(compiler.compile(2, vec![gone], &world).snapshot.functions.is_empty());
}

#[test]
fn a_tag_opens_the_network_and_no_instance_from_before_serves_it() {
    let key = Arc::new(MasterKey::random());
    let compiler = Compiler::new(Arc::clone(&key));
    let mut open = function(&key);
    open.tags.insert(NETWORK_TAG.to_owned(), "host".to_owned());
    let closed = compiler.compile(1, vec![input(function(&key), Vec::new())], &empty());
    let opened = compiler.compile(2, vec![input(open, Vec::new())], &closed);
    let (before, after) = (&closed.snapshot.functions[&name()].latest, &opened.snapshot.functions[&name()].latest);
    let FunctionBody::Local(local) = &after.body else { panic!("it runs here") };
    assert_eq!(local.network, FunctionNetwork::Host);
    assert_ne!(before.revision, after.revision);
}

#[test]
fn what_does_not_open_closes_its_version_and_says_why() {
    let key = Arc::new(MasterKey::random());
    let compiler = Compiler::new(Arc::clone(&key));
    let (mut moved, mut damaged) = (version(&key, 1), version(&key, 2));
    if let (Ok(moved), Ok(damaged)) = (&mut moved.1, &mut damaged.1) {
        moved.configuration.environment.as_mut().expect("it has one").id = "other".to_owned();
        damaged.configuration.code.sha256 = "nothing".to_owned();
    }
    let unreadable = (3, Err("no JSON".to_owned()));
    let inputs = vec![input(function(&key), vec![moved, damaged, unreadable])];
    let world = compiler.compile(1, inputs, &empty());
    let served = &world.snapshot.functions[&name()];
    assert!(matches!(served.latest.body, FunctionBody::Local(_)));
    for number in 1..=3 {
        assert!(matches!(served.published[&number].body, FunctionBody::Broken { .. }), "{number}");
    }
    assert_eq!(world.findings[&Unit::Function(name())].len(), 3);
    let elsewhere = Compiler::new(Arc::new(MasterKey::random()));
    let world = elsewhere.compile(1, vec![input(function(&key), Vec::new())], &empty());
    assert!(matches!(world.snapshot.functions[&name()].latest.body, FunctionBody::Broken { .. }));
}

#[test]
fn a_policy_that_cannot_be_read_closes_the_function() {
    let key = Arc::new(MasterKey::random());
    let compiler = Compiler::new(Arc::clone(&key));
    let mut function = function(&key);
    let statement = |document: &str| Policy {
        statements: vec![Statement { id: "s".to_owned(), document: document.to_owned() }],
        ids: BTreeMap::new(),
        revision_id: "p".to_owned(),
    };
    let good = r#"{"Sid":"s","Effect":"Allow","Principal":"*","Action":"lambda:InvokeFunction","Resource":"*"}"#;
    function.policies.insert("live".to_owned(), statement(good));
    let world = compiler.compile(1, vec![input(function.clone(), Vec::new())], &empty());
    assert!(world.snapshot.functions[&name()].policies.contains_key(&Some("live".into())));
    function.policies.insert(String::new(), statement(r#"{"Effect":"Perhaps"}"#));
    let world = compiler.compile(2, vec![input(function, Vec::new())], &world);
    assert!(!world.snapshot.functions.contains_key(&name()));
    assert_eq!(world.findings[&Unit::Function(name())].len(), 1);
}

#[test]
fn settings_win_over_a_document_of_the_same_name() {
    let key = Arc::new(MasterKey::random());
    let runs = Runs::Elsewhere("http://127.0.0.1:9000".parse().expect("a URL"));
    let configured = Configured { name: "f", runs, timeout: Duration::from_secs(1), memory_mb: 128 }.compile(&scope());
    let compiler = Compiler::new(Arc::clone(&key)).with_functions(vec![Arc::new(configured)]);
    let world = compiler.compile(1, Vec::new(), &empty());
    assert!(matches!(world.snapshot.functions[&name()].latest.body, FunctionBody::Remote { .. }));
    let world = compiler.compile(2, vec![input(function(&key), Vec::new())], &world);
    assert!(matches!(world.snapshot.functions[&name()].latest.body, FunctionBody::Remote { .. }));
    assert_eq!(world.findings[&Unit::Function(name())].len(), 1);
    let gone = Input::Function { name: name(), scope: scope(), found: None };
    let world = compiler.compile(3, vec![gone], &world);
    assert!(world.findings.is_empty() && world.snapshot.functions.len() == 1);
}
