//! What compiles is served, what does not is closed with a finding, and what did not change is shared.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::id::{AuthorizerId, DeploymentId, ResourceId, RestApiId, StageName};
use base::seal::MasterKey;
use base::{AccountId, Region, Scope, Timestamp};
use compiler::{Compiler, Input, StageInput, Unit, World};
use model::apigateway::{
    AccessLogSettings, AuthorizationType, Authorizer, AuthorizerType, Deployment, EndpointType, HttpMethod,
    Integration, IntegrationType, LoggingLevel, Method, MethodSetting, PassthroughBehavior, Resource, RestApi, Stage,
};
use snapshot::{Authorization, AuthorizerJudge, Place, StageUnit};

fn scope() -> Scope {
    let account = AccountId::parse("000000000000").expect("an account");
    Scope { account, region: Region::parse("us-east-1").expect("a region") }
}

fn compiler() -> Compiler {
    Compiler::new(Arc::new(MasterKey::random()))
}

fn empty() -> World {
    World::empty(Place::new(scope().region, "localhost"))
}

fn id(text: &str) -> RestApiId {
    RestApiId::parse(text).expect("an id")
}

fn prod() -> StageName {
    StageName::parse("prod").expect("a name")
}

fn stage(api: &str) -> Stage {
    Stage {
        rest_api_id: id(api),
        name: prod(),
        deployment_id: DeploymentId::parse("d1").expect("an id"),
        description: None,
        created: Timestamp::UNIX_EPOCH,
        updated: Timestamp::UNIX_EPOCH,
        variables: BTreeMap::new(),
        access_log: None,
        method_settings: BTreeMap::new(),
        authorizers_flushed: 0,
        web_acl_arn: None,
        tags: BTreeMap::new(),
    }
}

fn proxy(uri: &str) -> Method {
    let integration = Integration {
        kind: IntegrationType::HttpProxy,
        http_method: Some("GET".into()),
        uri: Some(uri.into()),
        request_parameters: BTreeMap::new(),
        credentials: None,
        request_templates: BTreeMap::new(),
        passthrough_behavior: PassthroughBehavior::WhenNoMatch,
        timeout_ms: 29_000,
        cache_namespace: "x".into(),
        tls_insecure_skip_verification: None,
        responses: BTreeMap::new(),
    };
    Method {
        authorization: AuthorizationType::None,
        authorizer_id: None,
        api_key_required: false,
        operation_name: None,
        request_parameters: BTreeMap::new(),
        request_models: BTreeMap::new(),
        responses: BTreeMap::new(),
        integration: Some(integration),
    }
}

fn deployment(api: &str, routes: &[(&str, Method)]) -> Deployment {
    let resource = |(number, (path, method)): (usize, &(&str, Method))| {
        let resource_id = ResourceId::parse(&format!("r{number}")).expect("an id");
        let resource = Resource {
            rest_api_id: id(api),
            id: resource_id.clone(),
            parent_id: None,
            path_part: String::new(),
            path: (*path).to_owned(),
            methods: BTreeMap::from([(HttpMethod::Get, method.clone())]),
        };
        (resource_id, resource)
    };
    Deployment {
        rest_api_id: id(api),
        id: DeploymentId::parse("d1").expect("an id"),
        description: None,
        created: Timestamp::UNIX_EPOCH,
        api: RestApi {
            id: id(api),
            name: "pets".into(),
            description: None,
            created: Timestamp::UNIX_EPOCH,
            version: None,
            warnings: Vec::new(),
            binary_media_types: Vec::new(),
            endpoint_type: EndpointType::Regional,
            security_policy: None,
            disable_execute_api_endpoint: false,
            policy: None,
            api_key_source: model::apigateway::ApiKeySource::Header,
            policy_ids: BTreeMap::new(),
            schemas: BTreeMap::new(),
            root_resource_id: ResourceId::parse("r0").expect("an id"),
            tags: BTreeMap::new(),
        },
        resources: routes.iter().enumerate().map(resource).collect(),
        authorizers: BTreeMap::new(),
    }
}

fn input(api: &str, stage: Result<Stage, String>, deployment: Result<Deployment, String>) -> Input {
    Input::Stage { unit: (id(api), prod()), scope: scope(), found: Some(Box::new(StageInput { stage, deployment })) }
}

fn good(api: &str) -> Input {
    input(api, Ok(stage(api)), Ok(deployment(api, &[("/pets", proxy("http://up/pets"))])))
}

fn unit<'w>(world: &'w World, api: &str) -> &'w StageUnit {
    world.snapshot.apis.get(&id(api)).expect("the API").stages.get(&prod()).expect("the stage")
}

fn whys(world: &World, api: &str) -> Vec<(Option<String>, String)> {
    let findings = world.findings.get(&Unit::Stage(id(api), prod()));
    let findings = findings.into_iter().flat_map(|findings| findings.iter());
    findings.map(|finding| (finding.method.clone(), finding.why.clone())).collect()
}

#[test]
fn a_good_stage_is_served_without_findings() {
    let world = compiler().compile(3, vec![good("a")], &empty());
    let StageUnit::Ready(ready) = unit(&world, "a") else { panic!("closed") };
    assert!(ready.routes.find("/pets", &http::Method::GET).is_some());
    assert_eq!((world.snapshot.revision, whys(&world, "a").len()), (3, 0));
}

#[test]
fn a_stage_without_its_deployment_is_closed_and_says_why() {
    for broken in [
        input("a", Ok(stage("a")), Err("its deployment `d1` does not exist".into())),
        input("a", Err("the document cannot be read".into()), Err("its stage cannot be read".into())),
    ] {
        let world = compiler().compile(1, vec![broken], &empty());
        assert!(matches!(unit(&world, "a"), StageUnit::Broken { .. }));
        assert_eq!(whys(&world, "a").len(), 1);
    }
}

#[test]
fn a_stage_whose_log_format_is_broken_is_closed() {
    let mut stage = stage("a");
    stage.access_log =
        Some(AccessLogSettings { destination_arn: "arn:aws:logs:::x".into(), format: "$context.status".into() });
    let world = compiler().compile(1, vec![input("a", Ok(stage), Ok(deployment("a", &[])))], &empty());
    assert!(matches!(unit(&world, "a"), StageUnit::Broken { .. }));
}

#[test]
fn a_stage_that_names_a_web_acl_is_closed_until_one_can_judge() {
    let arn = "arn:aws:wafv2:eu-west-1:111111111111:regional/webacl/edge/0";
    let protected = Stage { web_acl_arn: Some(arn.to_owned()), ..stage("a1") };
    let world = compiler().compile(1, vec![input("a1", Ok(protected), Ok(deployment("a1", &[])))], &empty());
    assert!(matches!(unit(&world, "a1"), StageUnit::Broken { .. }));
    let found = whys(&world, "a1");
    assert!(matches!(&found[..], [(None, why)] if why.contains(arn)), "{found:?}");
    let world = compiler().compile(2, vec![good("a1")], &world);
    assert!(matches!(unit(&world, "a1"), StageUnit::Ready(_)) && whys(&world, "a1").is_empty());
}

#[test]
fn a_broken_method_closes_itself_alone() {
    let routes = [("/good", proxy("http://up/")), ("/bad", proxy("http://${stageVariables.none}/"))];
    let world = compiler().compile(1, vec![input("a", Ok(stage("a")), Ok(deployment("a", &routes)))], &empty());
    let StageUnit::Ready(ready) = unit(&world, "a") else { panic!("closed") };
    let kind = |path| {
        let found = ready.routes.find(path, &http::Method::GET).expect("a route");
        matches!(found.method.integration, snapshot::Integration::Broken { .. })
    };
    assert_eq!((kind("/good"), kind("/bad")), (false, true));
    let found = whys(&world, "a");
    let [(method, why)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(method.as_deref(), Some("GET /bad"));
    assert!(why.contains("no variable `none`"), "{why}");
}

#[test]
fn two_parameters_at_one_place_close_the_stage() {
    let routes = [("/{a}", proxy("http://up/")), ("/{b}/c", proxy("http://up/"))];
    let world = compiler().compile(1, vec![input("a", Ok(stage("a")), Ok(deployment("a", &routes)))], &empty());
    assert!(matches!(unit(&world, "a"), StageUnit::Broken { .. }));
}

#[test]
fn mending_a_stage_removes_its_findings() {
    let broken = input("a", Ok(stage("a")), Err("gone".into()));
    let world = compiler().compile(1, vec![broken], &empty());
    let world = compiler().compile(2, vec![good("a")], &world);
    assert!(world.findings.is_empty());
}

#[test]
fn a_change_shares_everything_else_with_the_world_before() {
    let before = compiler().compile(1, vec![good("a"), good("b")], &empty());
    let after = compiler().compile(2, vec![good("b")], &before);
    let api = |world: &World, name| Arc::clone(world.snapshot.apis.get(&id(name)).expect("the API"));
    assert!(Arc::ptr_eq(&api(&before, "a"), &api(&after, "a")));
    assert!(!Arc::ptr_eq(&api(&before, "b"), &api(&after, "b")));
}

#[test]
fn a_deleted_stage_is_gone_and_its_api_with_the_last_one() {
    let world = compiler().compile(1, vec![good("a")], &empty());
    let gone = Input::Stage { unit: (id("a"), prod()), scope: scope(), found: None };
    let world = compiler().compile(2, vec![gone], &world);
    assert!(world.snapshot.apis.is_empty());
}

#[test]
fn a_methods_own_logging_wins_over_that_of_all() {
    let mut stage = stage("a");
    let level = |logging_level| MethodSetting { logging_level, ..MethodSetting::default() };
    stage.method_settings = BTreeMap::from([
        ("*/*".to_owned(), level(LoggingLevel::Info)),
        ("~1pets/GET".to_owned(), level(LoggingLevel::Error)),
    ]);
    let routes = [("/pets", proxy("http://up/")), ("/toys", proxy("http://up/"))];
    let world = compiler().compile(1, vec![input("a", Ok(stage), Ok(deployment("a", &routes)))], &empty());
    let StageUnit::Ready(ready) = unit(&world, "a") else { panic!("closed") };
    let info = |path| ready.routes.find(path, &http::Method::GET).expect("a route").method.logging.info;
    assert_eq!((info("/pets"), info("/toys")), (false, true));
}

const AUTH: &str = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:${stageVariables.auth}/invocations";

fn authorizer(uri: &str) -> Authorizer {
    Authorizer {
        rest_api_id: id("a1"),
        id: AuthorizerId::parse("b2").expect("an id"),
        name: "mine".into(),
        kind: AuthorizerType::Token,
        auth_type: None,
        uri: uri.into(),
        credentials: None,
        identity_source: Some("method.request.header.Authorization".into()),
        identity_validation_expression: None,
        ttl_s: 300,
    }
}

/// What judges the callers of `GET /`, and what was found.
fn judged(authorizer: Option<Authorizer>, stage: Stage) -> (AuthorizerJudge, Vec<String>) {
    let named = Some(AuthorizerId::parse("b2").expect("an id"));
    let method = Method { authorization: AuthorizationType::Custom, authorizer_id: named, ..proxy("http://h/") };
    let mut deployment = deployment("a1", &[("/", method)]);
    deployment.authorizers.extend(authorizer.map(|one| (one.id.clone(), one)));
    let found = Some(Box::new(StageInput { stage: Ok(stage), deployment: Ok(deployment) }));
    let input = Input::Stage { unit: (id("a1"), prod()), scope: scope(), found };
    let world = compiler().compile(1, vec![input], &empty());
    let Some(StageUnit::Ready(stage)) = world.snapshot.apis[&id("a1")].stages.get(&prod()) else { panic!("served") };
    let method = Arc::clone(stage.routes.methods().next().expect("a method"));
    let Authorization::Custom(judge) = method.authorization.clone() else { panic!("it asks an authorizer") };
    let findings = world.findings.values().flat_map(|found| found.iter().map(|finding| finding.why.clone())).collect();
    drop((world, method));
    (Arc::into_inner(judge).expect("nobody else has it").judge, findings)
}

fn with_auth(name: &str, flushed: u64) -> Stage {
    let variables = BTreeMap::from([("auth".to_owned(), name.to_owned())]);
    Stage { variables, authorizers_flushed: flushed, ..stage("a1") }
}

#[test]
fn an_authorizer_asks_the_function_that_the_stage_names() {
    let (judge, findings) = judged(Some(authorizer(AUTH)), with_auth("judge:live", 0));
    let AuthorizerJudge::Function(function) = judge else { panic!("{judge:?}") };
    assert_eq!(&*function.call.arn, "arn:aws:lambda:us-east-1:000000000000:function:judge:live");
    assert_eq!(&*function.call.source_arn, "arn:aws:execute-api:us-east-1:000000000000:a1/authorizers/b2");
    assert!(findings.is_empty(), "{findings:?}");
    let (judge, _) = judged(Some(authorizer("jwt://issuer.example/?audience=a")), stage("a1"));
    assert!(matches!(judge, AuthorizerJudge::Jwt(_)), "{judge:?}");
}

#[test]
fn answers_from_before_a_flush_are_found_no_more() {
    let scope_of = |flushed| match judged(Some(authorizer(AUTH)), with_auth("judge", flushed)).0 {
        AuthorizerJudge::Function(function) => function.cache_scope,
        other => panic!("{other:?}"),
    };
    assert_ne!(scope_of(0), scope_of(1));
}

#[test]
fn an_authorizer_that_cannot_be_asked_closes_its_methods() {
    let lent = Authorizer { credentials: Some("arn:aws:iam::999999999999:role/r".into()), ..authorizer(AUTH) };
    let callers = Authorizer { credentials: Some("arn:aws:iam::*:user/*".into()), ..authorizer(AUTH) };
    let sourceless = Authorizer { identity_source: None, ..authorizer(AUTH) };
    for (authorizer, stage, why) in [
        (None, with_auth("judge", 0), "has no authorizer `b2`"),
        (Some(authorizer(AUTH)), stage("a1"), "no variable `auth`"),
        (Some(authorizer(AUTH)), with_auth("a/../b", 0), "is not the ARN of a function"),
        (Some(authorizer(&AUTH.replace("us-east-1", "eu-west-1"))), with_auth("judge", 0), "another region"),
        (Some(authorizer("jwt://issuer.example/")), stage("a1"), "its URI"),
        (Some(lent), with_auth("judge", 0), "another account"),
        (Some(callers), with_auth("judge", 0), "nobody signs"),
        (Some(sourceless), with_auth("judge", 0), "Invalid token source"),
    ] {
        let (judge, findings) = judged(authorizer, stage);
        assert!(matches!(judge, AuthorizerJudge::Broken { .. }), "{why}");
        assert!(findings.iter().any(|found| found.contains(why)), "{why}: {findings:?}");
    }
}
