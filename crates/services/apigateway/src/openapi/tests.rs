//! Documents in, documents out: what is read, what is refused, and that an export imports as what it was.

use std::collections::BTreeMap;

use base::Timestamp;
use base::id::{AuthorizerId, DeploymentId, ResourceId, RestApiId};
use model::apigateway::{AuthorizationType, Deployment, EndpointType, HttpMethod, Resource, RestApi};

use super::apply::{BasePath, Mode, apply};
use super::document::{Dialect, Document};
use super::export::{Export, Extensions, Served};
use super::read;
use super::report::Report;

const PETS: &str = r##"
openapi: 3.0.1
info: { title: pets, version: "1", description: All pets }
x-amazon-apigateway-binary-media-types: [image/png]
paths:
  /pets:
    get:
      operationId: listPets
      parameters:
        - { name: kind, in: query, required: true, schema: { type: string } }
      responses:
        "200":
          description: ok
          headers: { X-Total: { schema: { type: string } } }
          content: { application/json: { schema: { $ref: "#/components/schemas/Empty" } } }
      x-amazon-apigateway-integration:
        type: http
        httpMethod: get
        uri: http://${stageVariables.upstream}/pets
        requestParameters: { integration.request.querystring.kind: method.request.querystring.kind }
        passthroughBehavior: when_no_match
        timeoutInMillis: 5000
        responses:
          default: { statusCode: "200", responseParameters: { method.response.header.X-Total: "'7'" } }
          "5\\d{2}": { statusCode: 502, responseTemplates: { application/json: "{}" } }
  /pets/{id}:
    parameters:
      - { name: id, in: path, required: true, schema: { type: string } }
    x-amazon-apigateway-any-method:
      responses: {}
      x-amazon-apigateway-integration:
        type: http_proxy
        httpMethod: ANY
        uri: http://${stageVariables.upstream}/pets/{id}
        requestParameters: { integration.request.path.id: method.request.path.id }
  /health:
    get:
      responses: { "200": { description: ok } }
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: { application/json: '{"statusCode": 200}' }
        responses: { default: { statusCode: 200, responseTemplates: { application/json: '{"ok": true}' } } }
components: { schemas: { Empty: { type: object } } }
"##;

fn blank() -> RestApi {
    RestApi {
        id: RestApiId::parse("a1").expect("an id"),
        name: "before".into(),
        description: None,
        created: Timestamp::UNIX_EPOCH,
        version: None,
        warnings: Vec::new(),
        binary_media_types: Vec::new(),
        endpoint_type: EndpointType::Edge,
        security_policy: None,
        policy: None,
        api_key_source: model::apigateway::ApiKeySource::Header,
        policy_ids: BTreeMap::new(),
        disable_execute_api_endpoint: false,
        schemas: BTreeMap::new(),
        root_resource_id: ResourceId::parse("root").expect("an id"),
        tags: BTreeMap::new(),
    }
}

type Imported = (RestApi, Vec<Resource>, Vec<String>);

fn import_onto(text: &str, existing: Vec<Resource>, how: (Mode, BasePath)) -> Result<Imported, String> {
    let document = Document::parse(text.as_bytes()).map_err(|error| error.to_string())?;
    let mut report = Report::default();
    let mut description = read::description(&document, &mut report);
    let mut api = blank();
    let ids = description.protection.authorizers.keys().map(|name| (name.clone(), AuthorizerId::random()));
    description.authorizer_ids = ids.collect();
    let how = (how.0, how.1, &operation::testing::World::scope());
    let resources = apply(description, &mut api, existing, how, &mut report);
    report.finish(false).map(|warnings| (api, resources, warnings)).map_err(|error| error.to_string())
}

fn import(text: &str) -> Result<Imported, String> {
    import_onto(text, Vec::new(), (Mode::Overwrite, BasePath::Ignore))
}

fn paths(resources: &[Resource]) -> Vec<&str> {
    resources.iter().map(|resource| resource.path.as_str()).collect()
}

fn at<'r>(resources: &'r [Resource], path: &str) -> &'r Resource {
    resources.iter().find(|resource| resource.path == path).expect("a resource")
}

#[test]
fn a_document_becomes_an_api() {
    let (api, resources, warnings) = import(PETS).expect("a good document");
    assert_eq!((api.name.as_str(), api.version.as_deref(), warnings.len()), ("pets", Some("1"), 0));
    assert_eq!(api.binary_media_types, ["image/png"]);
    let mut found = paths(&resources);
    found.sort_unstable();
    assert_eq!(found, ["/", "/health", "/pets", "/pets/{id}"]);
    let get = &at(&resources, "/pets").methods[&HttpMethod::Get];
    assert!(get.request_parameters["method.request.querystring.kind"]);
    let integration = get.integration.as_ref().expect("an integration");
    assert_eq!(integration.timeout_ms, 5000);
    assert_eq!(integration.responses["502"].selection_pattern.as_deref(), Some("5\\d{2}"));
    assert!(at(&resources, "/pets/{id}").methods.contains_key(&HttpMethod::Any));
}

#[test]
fn what_would_protect_or_is_not_known_is_refused_by_name() {
    let wrapped = |root: &str, operation: &str| {
        format!(
            "openapi: 3.0.1\ninfo: {{title: x}}\n{root}\npaths:\n  /a:\n    get:\n      responses: {{}}\n{operation}\n      \
             x-amazon-apigateway-integration: {{type: mock}}\n"
        )
    };
    for (root, operation, named) in [
        ("security: [{key: []}]", "", "`security` (key) of the document"),
        ("", "      security: [{key: []}]", "`security` (key) of 'GET'"),
        ("x-amazon-apigateway-policy: []", "", "x-amazon-apigateway-policy"),
        ("x-amazon-apigateway-request-validators: {all: {}}", "", "request-validators"),
        ("x-amazon-apigateway-gateway-responses: {DEFAULT_4XX: {}}", "", "gateway-responses"),
        ("x-amazon-apigateway-minimum-compression-size: 1", "", "minimum-compression-size"),
        ("x-amazon-apigateway-api-key-source: COOKIE", "", "api-key-source"),
        ("x-amazon-apigateway-unheard-of: 1", "", "unheard-of"),
        ("components: {securitySchemes: {k: {x-amazon-apigateway-authorizer: {}}}}", "", "security scheme 'k'"),
        ("x-amazon-apigateway-endpoint-configuration: {vpcEndpointIds: [vpce-1]}", "", "vpcEndpointIds"),
        ("", "      x-amazon-apigateway-auth: {type: CUSTOM}", "x-amazon-apigateway-auth on 'GET'"),
        ("", "      x-amazon-apigateway-request-validator: all", "request-validator on 'GET'"),
    ] {
        let error = import(&wrapped(root, operation)).expect_err(named);
        assert!(error.contains(named), "{named}: {error}");
    }
    let scheme = "components: {securitySchemes: {k: {type: apiKey, in: header, name: X-API-Key}}}";
    let keyed = |operation: &str| {
        let root = format!("{scheme}\nsecurity: [{{k: []}}]\nx-amazon-apigateway-api-key-source: AUTHORIZER");
        import(&wrapped(&root, operation)).expect("keys are enforced")
    };
    for (operation, required) in [("", true), ("      security: []", false), ("      security: [{k: []}]", true)] {
        let (api, resources, _) = keyed(operation);
        assert_eq!(api.api_key_source, model::apigateway::ApiKeySource::Authorizer);
        let asks =
            resources.iter().flat_map(|resource| resource.methods.values()).map(|method| method.api_key_required);
        assert_eq!(asks.collect::<Vec<_>>(), [required], "{operation}");
    }
    let open = import(&wrapped("security: []", "      security: [{}]"));
    assert!(open.is_ok(), "nothing asked for is nothing to refuse: {open:?}");
}

#[test]
fn a_bad_integration_names_its_method_and_path() {
    for (integration, why) in [
        ("{type: aws_proxy, uri: x, httpMethod: POST}", "AWS ARN for integration"),
        ("{type: aws, uri: 'arn:aws:apigateway:eu-west-1:sqs:path/1/q', httpMethod: POST}", "the service `sqs`"),
        ("{type: nonsense}", "Invalid integration type"),
        ("{type: http, httpMethod: GET, uri: 'http://h/', connectionType: VPC_LINK}", "VPC_LINK"),
        ("{type: http, httpMethod: GET, uri: 'http://h/', connectionType: TUNNEL}", "connectionType"),
        ("{type: http, httpMethod: GET, uri: 'http://h/', payloadFormatVersion: 1}", "payloadFormatVersion"),
        ("{type: mock, requestTemplates: {application/json: '$input.body'}}", "/a"),
        (
            "{type: http, httpMethod: GET, uri: 'http://h/', requestParameters: {integration.request.path.x: method.request.path.x}}",
            "/a",
        ),
    ] {
        let text = format!(
            "openapi: 3.0.1\ninfo: {{title: x}}\npaths:\n  /a:\n    get:\n      responses: {{}}\n      x-amazon-apigateway-integration: {integration}\n"
        );
        let error = import(&text).expect_err(why);
        assert!(error.contains("GET") && error.contains(why), "{why}: {error}");
    }
}

#[test]
fn an_operation_without_integration_and_schemas_are_warnings() {
    let text = "openapi: 3.0.1\ninfo: {title: x}\npaths: {/a: {get: {responses: {}}}}\ncomponents: {schemas: {Pet: {type: object}}}\n";
    let (api, _, warnings) = import(text).expect("only warnings");
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert_eq!(api.schemas["Pet"], r#"{"type":"object"}"#);
    let mut report = Report::default();
    read::description(&Document::parse(text.as_bytes()).expect("good"), &mut report);
    assert!(
        report.finish(true).expect_err("warnings count").to_string().starts_with("Warnings found during import:\n\t")
    );
}

#[test]
fn merging_keeps_what_the_document_does_not_name() {
    let (_, before, _) = import(PETS).expect("good");
    let id = at(&before, "/pets").id.clone();
    let text = "openapi: 3.0.1\ninfo: {title: y}\npaths: {/pets: {put: {responses: {}, x-amazon-apigateway-integration: {type: mock}}}}\n";
    let (_, merged, _) = import_onto(text, before.clone(), (Mode::Merge, BasePath::Ignore)).expect("good");
    assert_eq!(merged.len(), before.len());
    assert_eq!(at(&merged, "/pets").methods.len(), 2);
    let (_, replaced, _) = import_onto(text, before, (Mode::Overwrite, BasePath::Ignore)).expect("good");
    assert_eq!(paths(&replaced), ["/", "/pets"]);
    assert_eq!(at(&replaced, "/pets").id, id, "a path keeps its id");
}

#[test]
fn a_base_path_is_ignored_prepended_or_split() {
    let text = "swagger: '2.0'\ninfo: {title: x}\nbasePath: /a/b\npaths: {/e: {}}\n";
    for (how, path) in [(BasePath::Ignore, "/e"), (BasePath::Prepend, "/a/b/e"), (BasePath::Split, "/b/e")] {
        let (_, resources, _) = import_onto(text, Vec::new(), (Mode::Overwrite, how)).expect("good");
        assert_eq!(resources.last().map(|resource| resource.path.as_str()), Some(path));
    }
}

#[test]
fn a_signature_is_asked_for_by_scheme_by_name_or_for_the_whole_document() {
    let wrapped = |root: &str, operation: &str| {
        format!(
            "swagger: '2.0'\ninfo: {{title: x}}\nsecurityDefinitions: {{sigv4: {{type: apiKey, name: Authorization, in: header, \
             x-amazon-apigateway-authtype: awsSigv4}}}}\n{root}\npaths: {{/a: {{get: {{responses: {{}}{operation}}}}}}}\n"
        )
    };
    let by_scheme = ", security: [{sigv4: []}]";
    for (root, operation, expected) in [
        ("", "", "NONE"),
        ("", by_scheme, "AWS_IAM"),
        ("", ", x-amazon-apigateway-auth: {type: AWS_IAM}", "AWS_IAM"),
        ("", ", security: [], x-amazon-apigateway-auth: {type: AWS_IAM}", "AWS_IAM"),
        ("", ", security: [{sigv4: []}], x-amazon-apigateway-auth: {type: NONE}", "AWS_IAM"),
        ("security: [{sigv4: []}]", "", "AWS_IAM"),
        ("security: [{sigv4: []}]", ", security: []", "NONE"),
    ] {
        let (_, resources, _) = import(&wrapped(root, operation)).expect(operation);
        let method = &at(&resources, "/a").methods[&HttpMethod::Get];
        assert_eq!(method.authorization.as_str(), expected, "{root} {operation}");
    }
    // One of several, or a signature if one likes, is not what AWS_IAM enforces.
    for bad in [", security: [{sigv4: []}, {}]", ", security: [{sigv4: [], key: []}]", ", security: [{key: []}]"] {
        assert!(import(&wrapped("", bad)).is_err(), "{bad}");
    }
}

#[test]
fn an_export_imports_as_what_it_was() {
    let (mut api, mut resources, _) = import(PETS).expect("good");
    api.disable_execute_api_endpoint = true;
    let methods = resources.iter_mut().flat_map(|resource| resource.methods.values_mut());
    methods.for_each(|method| method.authorization = AuthorizationType::AwsIam);
    let deployment = Deployment {
        rest_api_id: api.id.clone(),
        id: DeploymentId::parse("d1").expect("an id"),
        description: None,
        created: Timestamp::UNIX_EPOCH,
        resources: resources.iter().map(|resource| (resource.id.clone(), resource.clone())).collect(),
        authorizers: BTreeMap::new(),
        api,
    };
    for dialect in [Dialect::OpenApi3, Dialect::Swagger2] {
        let served = Served { host: "a1.execute-api.us-east-1.localhost".into(), stage: "prod".into() };
        let extensions = Extensions { integrations: true, authorizers: true, api: true };
        let exported = Export { deployment: &deployment, dialect, extensions, served }.document().to_string();
        let (closed, again, _) =
            import_onto(&exported, resources.clone(), (Mode::Overwrite, BasePath::Ignore)).expect(&exported);
        assert!(closed.disable_execute_api_endpoint, "{dialect:?}");
        for resource in &resources {
            assert_eq!(at(&again, &resource.path), resource, "{dialect:?}");
        }
    }
}
