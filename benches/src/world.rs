//! Documents of made-up APIs and keys, for benchmarks that need many of them.

use std::collections::BTreeMap;

use base::id::{AccessKeyId, ApiKeyId, DeploymentId, ResourceId, RestApiId, StageName, UsagePlanId};
use base::seal::Sealed;
use base::{AccountId, Fingerprints, Quota, Region, Scope, Timestamp};
use model::apigateway::{
    ApiKey, ApiStage, AuthorizationType, Deployment, EndpointType, HttpMethod, Integration, IntegrationType, Method,
    PassthroughBehavior, Resource, RestApi, Stage, Throttle, UsagePlan,
};

/// The account and region of everything here.
pub fn scope() -> Scope {
    let account = AccountId::parse("000000000000").expect("twelve digits");
    Scope { account, region: Region::parse("us-east-1").expect("a region") }
}

/// A stage `prod` of an API; `round` makes it differ from the one before.
pub fn stage_of(api: &RestApiId, round: usize) -> Stage {
    Stage {
        rest_api_id: api.clone(),
        name: StageName::parse("prod").expect("a name"),
        deployment_id: deployment_id(),
        description: Some(format!("round {round}")),
        created: Timestamp::UNIX_EPOCH,
        updated: Timestamp::UNIX_EPOCH,
        variables: BTreeMap::from([("upstream".to_owned(), "127.0.0.1:9000".to_owned())]),
        access_log: None,
        method_settings: BTreeMap::new(),
        authorizers_flushed: 0,
        web_acl_arn: None,
        tags: BTreeMap::new(),
    }
}

fn deployment_id() -> DeploymentId {
    DeploymentId::parse("d1").expect("an id")
}

/// An API of twenty resources with one method each.
pub fn deployment_of(api: &RestApiId) -> Deployment {
    let resources = (0..20).map(|number| resource(api, number)).map(|resource| (resource.id.clone(), resource));
    Deployment {
        rest_api_id: api.clone(),
        id: deployment_id(),
        description: None,
        created: Timestamp::UNIX_EPOCH,
        api: RestApi {
            id: api.clone(),
            name: "bench".to_owned(),
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
            root_resource_id: ResourceId::parse("root").expect("an id"),
            tags: BTreeMap::new(),
        },
        resources: resources.collect(),
        authorizers: BTreeMap::new(),
    }
}

fn resource(api: &RestApiId, number: usize) -> Resource {
    let integration = Integration {
        kind: IntegrationType::HttpProxy,
        http_method: Some("GET".to_owned()),
        uri: Some(format!("http://${{stageVariables.upstream}}/r{number}/{{id}}")),
        request_parameters: BTreeMap::from([(
            "integration.request.path.id".to_owned(),
            "method.request.path.id".to_owned(),
        )]),
        credentials: None,
        request_templates: BTreeMap::new(),
        passthrough_behavior: PassthroughBehavior::WhenNoMatch,
        timeout_ms: 29_000,
        cache_namespace: "x".to_owned(),
        tls_insecure_skip_verification: None,
        responses: BTreeMap::new(),
    };
    let method = Method {
        authorization: AuthorizationType::None,
        authorizer_id: None,
        api_key_required: false,
        operation_name: None,
        request_parameters: BTreeMap::from([("method.request.path.id".to_owned(), true)]),
        request_models: BTreeMap::new(),
        responses: BTreeMap::new(),
        integration: Some(integration),
    };
    Resource {
        rest_api_id: api.clone(),
        id: ResourceId::parse(&format!("r{number}")).expect("an id"),
        parent_id: None,
        path_part: "{id}".to_owned(),
        path: format!("/r{number}/{{id}}"),
        methods: BTreeMap::from([(HttpMethod::Get, method)]),
    }
}

/// An API key with this number, of one plan; its value is [`api_key_value`].
pub fn api_key_of(fingerprints: &Fingerprints, sealed: &Sealed<String>, plan: &UsagePlanId, number: usize) -> ApiKey {
    let value = api_key_value(number);
    ApiKey {
        id: api_key_id(number),
        name: None,
        description: None,
        enabled: true,
        customer_id: None,
        value: sealed.clone(),
        version: 1,
        fingerprint: ApiKey::fingerprint_of(fingerprints, &scope(), value.as_bytes()).to_text(),
        usage_plans: vec![plan.clone()],
        created: Timestamp::UNIX_EPOCH,
        updated: Timestamp::UNIX_EPOCH,
        tags: BTreeMap::new(),
    }
}

/// The value of the API key with this number.
pub fn api_key_value(number: usize) -> String {
    format!("bench-api-key-value-{number:012}")
}

/// The id of the API key with this number.
pub fn api_key_id(number: usize) -> ApiKeyId {
    ApiKeyId::parse(&format!("k{number:09}")).expect("letters and digits")
}

/// A plan of an API's stage `prod`.
pub fn usage_plan_of(api: &RestApiId, throttle: Option<Throttle>, quota: Option<Quota>) -> UsagePlan {
    UsagePlan {
        id: UsagePlanId::parse("bench1").expect("letters and digits"),
        name: "bench".to_owned(),
        description: None,
        product_code: None,
        api_stages: vec![ApiStage {
            api: api.clone(),
            stage: StageName::parse("prod").expect("a name"),
            throttle: BTreeMap::new(),
        }],
        throttle,
        quota,
        tags: BTreeMap::new(),
    }
}

/// The id of the API with this number.
pub fn api_id(number: usize) -> RestApiId {
    RestApiId::parse(&format!("a{number:09}")).expect("letters and digits")
}

/// The id of the key with this number.
pub fn key_id(number: usize) -> AccessKeyId {
    AccessKeyId::parse(&format!("AKIA{number:016}")).expect("letters and digits")
}
