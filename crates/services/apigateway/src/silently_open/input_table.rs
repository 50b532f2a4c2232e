//! The verdict on every member of every input. A row of an operation comes before one of everybody (`*`).

use super::fate::Fate::{Enforced, Harmless, Names, Patched, Refused};
use super::fate::{REFUSED, REFUSED_FLAG, REFUSED_TEXT, Row};

const LABEL: &str = "a text for people; it is answered and exported, and nothing decides by it";
const AUTHORIZE: &str = "crates/gateway/src/steps/authorize.rs";
const CUSTOM: &str = "crates/gateway/src/steps/authorize/flow_custom.rs";
const PERMISSION: &str = "crates/gateway/src/lambda/permission.rs";
const TEST: &str = "crates/gateway/src/authorizer/test.rs";
const ROUTE: &str = "crates/snapshot/src/route.rs";
const MAPPING: &str = "crates/services/apigateway/src/rules/mapping.rs";
const TEMPLATE: &str = "crates/gateway/src/steps/integrate/templates.rs";
const CALL: &str = "crates/gateway/src/steps/integrate/call.rs";
const KEY: &str = "crates/gateway/src/steps/meter/key.rs";
const THROTTLE: &str = "crates/gateway/src/steps/meter/throttle.rs";
const QUOTA: &str = "crates/gateway/src/quotas/keeper.rs";
const DECLARED: &str = "it declares names that mappings may use; AWS checks `required` only through a request validator, \
                        which is refused";
const MODEL: &str = "only the built-in Empty and Error are accepted, which constrain nothing";

#[rustfmt::skip]
pub(super) const INPUTS: &[Row] = &[
    // What a call is about.
    ("*", "restApiId", Names),
    ("*", "resourceId", Names),
    ("*", "httpMethod", Names),
    ("*", "statusCode", Names),
    ("*", "authorizerId", Names),
    ("*", "deploymentId", Names),
    ("*", "stageName", Names),
    ("*", "resourceArn", Names),
    ("*", "position", Names),
    ("*", "limit", Names),
    ("*", "embed", Harmless("it asks for more to be answered, of things the caller may read anyway")),
    ("*", "description", Harmless(LABEL)),
    ("*", "tags", Harmless("labels; policies that look at tags come with the service IAM")),
    ("*", "patchOperations", Patched),

    ("CreateRestApi", "name", Harmless(LABEL)),
    ("CreateRestApi", "version", Harmless(LABEL)),
    ("CreateRestApi", "cloneFrom", Enforced("crates/services/apigateway/src/rest_api/create.rs")),
    ("CreateRestApi", "binaryMediaTypes", Enforced("crates/gateway/src/steps/integrate/proxy_answer.rs")),
    ("CreateRestApi", "minimumCompressionSize", REFUSED),
    ("CreateRestApi", "apiKeySource", Enforced(KEY)),
    ("CreateRestApi", "endpointConfiguration.types", Refused {
        more: &[r#"["EDGE","PRIVATE"]"#, "[]"],
        but: &[r#"["EDGE"]"#, r#"["REGIONAL"]"#],
    }),
    ("CreateRestApi", "endpointConfiguration.ipAddressType", Refused { more: &[], but: &["\"ipv4\""] }),
    ("CreateRestApi", "endpointConfiguration.vpcEndpointIds", Refused { more: &[r#"["vpce-1"]"#], but: &[] }),
    ("CreateRestApi", "policy", Enforced(AUTHORIZE)),
    ("CreateRestApi", "disableExecuteApiEndpoint", Enforced("crates/gateway/src/steps/locate.rs")),
    // TLS 1.2 with AEAD suites is the least that is served, whichever of the two is chosen (docs/manual/differences.md).
    ("CreateRestApi", "securityPolicy", Refused { more: &[], but: &["\"TLS_1_0\"", "\"TLS_1_2\""] }),
    ("CreateRestApi", "endpointAccessMode", Refused { more: &[], but: &["\"BASIC\""] }),

    ("ImportRestApi", "body", Enforced("crates/services/apigateway/src/silently_open/documents.rs")),
    ("ImportRestApi", "failOnWarnings", Enforced("crates/services/apigateway/src/openapi/report.rs")),
    ("ImportRestApi", "parameters", Enforced("crates/services/apigateway/src/rest_api/definition.rs")),
    ("PutRestApi", "body", Enforced("crates/services/apigateway/src/silently_open/documents.rs")),
    ("PutRestApi", "failOnWarnings", Enforced("crates/services/apigateway/src/openapi/report.rs")),
    ("PutRestApi", "parameters", Enforced("crates/services/apigateway/src/rest_api/definition.rs")),
    ("PutRestApi", "mode", Enforced("crates/services/apigateway/src/openapi/apply.rs")),

    ("CreateResource", "parentId", Names),
    ("CreateResource", "pathPart", Enforced(ROUTE)),

    ("PutMethod", "authorizationType", Enforced(AUTHORIZE)),
    ("PutMethod", "authorizerId", Enforced(CUSTOM)),
    ("PutMethod", "apiKeyRequired", Enforced(KEY)),
    ("PutMethod", "operationName", Harmless(LABEL)),
    ("PutMethod", "requestParameters", Harmless(DECLARED)),
    ("PutMethod", "requestModels", Harmless(MODEL)),
    ("PutMethod", "requestValidatorId", REFUSED_TEXT),
    ("PutMethod", "authorizationScopes", REFUSED),
    ("PutMethodResponse", "responseParameters", Harmless(DECLARED)),
    ("PutMethodResponse", "responseModels", Harmless(MODEL)),

    ("PutIntegration", "type", Enforced("crates/gateway/src/steps/integrate.rs")),
    ("PutIntegration", "integrationHttpMethod", Enforced(CALL)),
    ("PutIntegration", "uri", Enforced("crates/gateway/src/steps/integrate/uri.rs")),
    ("PutIntegration", "connectionType", Refused { more: &[], but: &["\"INTERNET\""] }),
    ("PutIntegration", "connectionId", REFUSED_TEXT),
    ("PutIntegration", "credentials", Enforced(PERMISSION)),
    ("PutIntegration", "requestParameters", Enforced(MAPPING)),
    ("PutIntegration", "requestTemplates", Enforced(TEMPLATE)),
    ("PutIntegration", "passthroughBehavior", Enforced(TEMPLATE)),
    ("PutIntegration", "cacheNamespace", Harmless("it names a part of a cache; the cache itself is refused")),
    ("PutIntegration", "cacheKeyParameters", Refused { more: &[r#"["method.request.path.id"]"#], but: &[] }),
    ("PutIntegration", "contentHandling", REFUSED),
    ("PutIntegration", "timeoutInMillis", Enforced(CALL)),
    ("PutIntegration", "tlsConfig.insecureSkipVerification", Enforced("crates/egress/src/trust.rs")),
    ("PutIntegration", "responseTransferMode", Refused { more: &[], but: &["\"BUFFERED\""] }),
    ("PutIntegration", "integrationTarget", REFUSED_TEXT),
    ("PutIntegrationResponse", "selectionPattern", Enforced("crates/compiler/src/answers.rs")),
    ("PutIntegrationResponse", "responseParameters", Enforced(MAPPING)),
    ("PutIntegrationResponse", "responseTemplates", Enforced(TEMPLATE)),
    ("PutIntegrationResponse", "contentHandling", REFUSED),

    ("CreateAuthorizer", "name", Harmless(LABEL)),
    ("CreateAuthorizer", "type", Refused { more: &[], but: &["\"TOKEN\"", "\"REQUEST\""] }),
    ("CreateAuthorizer", "providerARNs", REFUSED),
    ("CreateAuthorizer", "authType", Harmless(LABEL)),
    ("CreateAuthorizer", "authorizerUri", Enforced(CUSTOM)),
    ("CreateAuthorizer", "authorizerCredentials", Enforced(PERMISSION)),
    ("CreateAuthorizer", "identitySource", Enforced(CUSTOM)),
    ("CreateAuthorizer", "identityValidationExpression", Enforced(CUSTOM)),
    ("CreateAuthorizer", "authorizerResultTtlInSeconds", Enforced("crates/gateway/src/authorizer/grants.rs")),
    ("CreateAuthorizer", "jwtConfiguration", Refused {
        more: &[r#"{"issuers":[{"issuer":"https://issuer.example","audiences":["pets"]}],"defaultAlgorithms":["RS256"]}"#],
        but: &[],
    }),
    ("TestInvokeAuthorizer", "headers", Enforced(TEST)),
    ("TestInvokeAuthorizer", "multiValueHeaders", Enforced(TEST)),
    ("TestInvokeAuthorizer", "pathWithQueryString", Enforced(TEST)),
    ("TestInvokeAuthorizer", "body", Harmless("no authorizer of a REST API is told a body")),
    ("TestInvokeAuthorizer", "stageVariables", Enforced(TEST)),
    ("TestInvokeAuthorizer", "additionalContext", REFUSED),

    ("CreateDeployment", "stageDescription", Harmless(LABEL)),
    ("CreateDeployment", "cacheClusterEnabled", REFUSED_FLAG),
    ("CreateDeployment", "cacheClusterSize", REFUSED),
    ("CreateDeployment", "variables", Enforced("crates/compiler/src/uri.rs")),
    ("CreateDeployment", "canarySettings.percentTraffic", REFUSED),
    ("CreateDeployment", "canarySettings.stageVariableOverrides", REFUSED),
    ("CreateDeployment", "canarySettings.useStageCache", REFUSED),
    ("CreateDeployment", "tracingEnabled", REFUSED_FLAG),

    ("CreateStage", "cacheClusterEnabled", REFUSED_FLAG),
    ("CreateStage", "cacheClusterSize", REFUSED),
    ("CreateStage", "variables", Enforced("crates/compiler/src/uri.rs")),
    ("CreateStage", "documentationVersion", REFUSED_TEXT),
    ("CreateStage", "canarySettings.percentTraffic", REFUSED),
    ("CreateStage", "canarySettings.deploymentId", REFUSED),
    ("CreateStage", "canarySettings.stageVariableOverrides", REFUSED),
    ("CreateStage", "canarySettings.useStageCache", REFUSED),
    ("CreateStage", "tracingEnabled", REFUSED_FLAG),

    ("*", "apiKey", Names),
    ("*", "usagePlanId", Names),
    ("*", "keyId", Names),
    ("*", "nameQuery", Names),
    ("*", "customerId", Harmless(LABEL)),
    ("CreateApiKey", "name", Harmless(LABEL)),
    ("CreateApiKey", "enabled", Enforced(KEY)),
    ("CreateApiKey", "generateDistinctId", Harmless("an id never tells the value, whatever is asked for")),
    ("CreateApiKey", "value", Enforced(KEY)),
    ("CreateApiKey", "stageKeys", Refused { more: &[r#"[{"restApiId":"a1","stageName":"prod"}]"#], but: &["[]"] }),
    ("GetApiKey", "includeValue", Enforced("crates/services/apigateway/src/api_key/view.rs")),
    ("GetApiKeys", "includeValues", Enforced("crates/services/apigateway/src/api_key/view.rs")),
    ("ImportApiKeys", "body", Enforced("crates/services/apigateway/src/api_key/import.rs")),
    ("ImportApiKeys", "format", Names),
    ("ImportApiKeys", "failOnWarnings", Enforced("crates/services/apigateway/src/api_key/import.rs")),
    ("CreateUsagePlan", "name", Harmless(LABEL)),
    ("CreateUsagePlan", "apiStages", Enforced(KEY)),
    ("CreateUsagePlan", "throttle.burstLimit", Enforced(THROTTLE)),
    ("CreateUsagePlan", "throttle.rateLimit", Enforced(THROTTLE)),
    ("CreateUsagePlan", "quota.limit", Enforced(QUOTA)),
    ("CreateUsagePlan", "quota.offset", Enforced("crates/base/src/quota.rs")),
    ("CreateUsagePlan", "quota.period", Enforced("crates/base/src/quota.rs")),
    ("CreateUsagePlanKey", "keyType", Names),
    ("GetUsage", "startDate", Names),
    ("GetUsage", "endDate", Names),

    ("UntagResource", "tagKeys", Names),
    ("GetExport", "exportType", Names),
    ("GetExport", "parameters", Enforced("crates/services/apigateway/src/export/get.rs")),
    ("GetExport", "accepts", Names),
];
