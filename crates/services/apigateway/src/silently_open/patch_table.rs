//! The verdict on every PATCH path. A method's settings stand without their resource and verb.

use super::fate::Fate::{Enforced, Harmless, Names, Refused};
use super::fate::{REFUSED, Row};

const LABEL: &str = "a text for people; it is answered and exported, and nothing decides by it";
const CUSTOM: &str = "crates/gateway/src/steps/authorize/flow_custom.rs";
const PERMISSION: &str = "crates/gateway/src/lambda/permission.rs";
const MAPPING: &str = "crates/services/apigateway/src/rules/mapping.rs";
const TEMPLATE: &str = "crates/gateway/src/steps/integrate/templates.rs";
const CALL: &str = "crates/gateway/src/steps/integrate/call.rs";
const ACCESS_LOG: &str = "crates/gateway/src/access_log.rs";
const EXECUTION_LOG: &str = "crates/gateway/src/execution_log.rs";
const KEY: &str = "crates/gateway/src/steps/meter/key.rs";
const THROTTLE: &str = "crates/gateway/src/steps/meter/throttle.rs";
const QUOTA: &str = "crates/gateway/src/quotas/keeper.rs";
const DECLARED: &str = "it declares names that mappings may use; AWS checks `required` only through a request validator, \
                        which is refused";
const MODEL: &str = "only the built-in Empty and Error are accepted, which constrain nothing";

#[rustfmt::skip]
pub(super) const PATCHES: &[Row] = &[
    ("UpdateAccount", "/cloudwatchRoleArn", Enforced("crates/services/apigateway/src/stage/update.rs")),

    ("UpdateRestApi", "/name", Harmless(LABEL)),
    ("UpdateRestApi", "/description", Harmless(LABEL)),
    ("UpdateRestApi", "/version", Harmless(LABEL)),
    ("UpdateRestApi", "/binaryMediaTypes/{media_type}", Enforced("crates/gateway/src/steps/integrate/proxy_answer.rs")),
    ("UpdateRestApi", "/endpointConfiguration/types/{type}", Refused {
        more: &["\"PRIVATE\""],
        but: &["\"EDGE\"", "\"REGIONAL\""],
    }),
    ("UpdateRestApi", "/endpointConfiguration/ipAddressType", Refused { more: &["\"dualstack\""], but: &["\"ipv4\""] }),
    ("UpdateRestApi", "/endpointConfiguration/vpcEndpointIds", REFUSED),
    ("UpdateRestApi", "/endpointConfiguration/vpcEndpointIds/{id}", REFUSED),
    ("UpdateRestApi", "/disableExecuteApiEndpoint", Enforced("crates/gateway/src/steps/locate.rs")),
    ("UpdateRestApi", "/securityPolicy", Refused {
        more: &[
            "\"SecurityPolicy_TLS13_1_3_2025_09\"", "\"SecurityPolicy_TLS13_1_3_FIPS_2025_09\"",
            "\"SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09\"", "\"SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09\"",
            "\"SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09\"", "\"SecurityPolicy_TLS13_1_2_PQ_2025_09\"",
            "\"SecurityPolicy_TLS13_1_2_2021_06\"", "\"SecurityPolicy_TLS13_2025_EDGE\"",
            "\"SecurityPolicy_TLS12_PFS_2025_EDGE\"", "\"SecurityPolicy_TLS12_2018_EDGE\"",
        ],
        but: &["\"TLS_1_0\"", "\"TLS_1_2\""],
    }),
    ("UpdateRestApi", "/endpointAccessMode", Refused { more: &["\"STRICT\""], but: &["\"BASIC\""] }),
    ("UpdateRestApi", "/apiKeySource", Enforced(KEY)),
    ("UpdateRestApi", "/minimumCompressionSize", Refused { more: &["\"0\"", "\"1024\""], but: &["\"\""] }),
    ("UpdateRestApi", "/policy", Enforced("crates/gateway/src/steps/authorize.rs")),

    ("UpdateApiKey", "/name", Harmless(LABEL)),
    ("UpdateApiKey", "/description", Harmless(LABEL)),
    ("UpdateApiKey", "/customerId", Harmless(LABEL)),
    ("UpdateApiKey", "/enabled", Enforced(KEY)),
    ("UpdateApiKey", "/stages", REFUSED),
    ("UpdateApiKey", "/labels", REFUSED),
    ("UpdateUsagePlan", "/name", Harmless(LABEL)),
    ("UpdateUsagePlan", "/description", Harmless(LABEL)),
    ("UpdateUsagePlan", "/productCode", Harmless(LABEL)),
    ("UpdateUsagePlan", "/apiStages", Enforced(KEY)),
    ("UpdateUsagePlan", "/throttle", Enforced(THROTTLE)),
    ("UpdateUsagePlan", "/throttle/rateLimit", Enforced(THROTTLE)),
    ("UpdateUsagePlan", "/throttle/burstLimit", Enforced(THROTTLE)),
    ("UpdateUsagePlan", "/quota", Enforced(QUOTA)),
    ("UpdateUsagePlan", "/quota/limit", Enforced(QUOTA)),
    ("UpdateUsagePlan", "/quota/offset", Enforced(QUOTA)),
    ("UpdateUsagePlan", "/quota/period", Enforced(QUOTA)),
    ("UpdateUsagePlan", "/apiStages/{stage}/throttle", Enforced(THROTTLE)),
    ("UpdateUsagePlan", "/apiStages/{stage}/throttle/{method}", Enforced(THROTTLE)),
    ("UpdateUsagePlan", "/apiStages/{stage}/throttle/{method}/rateLimit", Enforced(THROTTLE)),
    ("UpdateUsagePlan", "/apiStages/{stage}/throttle/{method}/burstLimit", Enforced(THROTTLE)),
    ("UpdateUsage", "/remaining", Enforced(QUOTA)),

    ("UpdateResource", "/parentId", Enforced("crates/services/apigateway/src/rules/tree.rs")),
    ("UpdateResource", "/pathPart", Enforced("crates/snapshot/src/route.rs")),

    ("UpdateMethod", "/authorizationType", Enforced("crates/gateway/src/steps/authorize.rs")),
    ("UpdateMethod", "/authorizerId", Enforced(CUSTOM)),
    ("UpdateMethod", "/authorizationScopes", Refused { more: &["\"pets/read\""], but: &[] }),
    ("UpdateMethod", "/apiKeyRequired", Enforced(KEY)),
    ("UpdateMethod", "/operationName", Harmless(LABEL)),
    ("UpdateMethod", "/requestParameters/{name}", Harmless(DECLARED)),
    ("UpdateMethod", "/requestModels/{content_type}", Harmless(MODEL)),
    ("UpdateMethod", "/requestValidatorId", Refused { more: &[], but: &["\"\""] }),
    ("UpdateMethodResponse", "/responseParameters/{name}", Harmless(DECLARED)),
    ("UpdateMethodResponse", "/responseModels/{content_type}", Harmless(MODEL)),

    ("UpdateIntegration", "/httpMethod", Enforced(CALL)),
    ("UpdateIntegration", "/uri", Enforced("crates/gateway/src/steps/integrate/uri.rs")),
    ("UpdateIntegration", "/connectionType", Refused { more: &["\"VPC_LINK\""], but: &["\"INTERNET\"", "\"\""] }),
    ("UpdateIntegration", "/connectionId", Refused { more: &[], but: &["\"\""] }),
    ("UpdateIntegration", "/credentials", Enforced(PERMISSION)),
    ("UpdateIntegration", "/requestParameters/{name}", Enforced(MAPPING)),
    ("UpdateIntegration", "/requestTemplates/{content_type}", Enforced(TEMPLATE)),
    ("UpdateIntegration", "/passthroughBehavior", Enforced(TEMPLATE)),
    ("UpdateIntegration", "/cacheNamespace", Harmless("it names a part of a cache; the cache itself is refused")),
    ("UpdateIntegration", "/cacheKeyParameters/{name}", REFUSED),
    ("UpdateIntegration", "/contentHandling", Refused {
        more: &["\"CONVERT_TO_TEXT\"", "\"CONVERT_TO_BINARY\""],
        but: &["\"\""],
    }),
    ("UpdateIntegration", "/timeoutInMillis", Enforced(CALL)),
    ("UpdateIntegration", "/tlsConfig/insecureSkipVerification", Enforced("crates/egress/src/trust.rs")),
    ("UpdateIntegration", "/responseTransferMode", Refused { more: &["\"STREAM\""], but: &["\"BUFFERED\"", "\"\""] }),
    ("UpdateIntegration", "/integrationTarget", Refused { more: &[], but: &["\"\""] }),
    ("UpdateIntegrationResponse", "/selectionPattern", Enforced("crates/compiler/src/answers.rs")),
    ("UpdateIntegrationResponse", "/contentHandling", Refused {
        more: &["\"CONVERT_TO_TEXT\"", "\"CONVERT_TO_BINARY\""],
        but: &["\"\""],
    }),
    ("UpdateIntegrationResponse", "/responseParameters/{name}", Enforced(MAPPING)),
    ("UpdateIntegrationResponse", "/responseTemplates/{content_type}", Enforced(TEMPLATE)),

    ("UpdateAuthorizer", "/name", Harmless(LABEL)),
    ("UpdateAuthorizer", "/type", Refused {
        more: &["\"COGNITO_USER_POOLS\"", "\"JWT\""],
        but: &["\"TOKEN\"", "\"REQUEST\""],
    }),
    ("UpdateAuthorizer", "/providerARNs", REFUSED),
    ("UpdateAuthorizer", "/authType", Harmless(LABEL)),
    ("UpdateAuthorizer", "/authorizerUri", Enforced(CUSTOM)),
    ("UpdateAuthorizer", "/authorizerCredentials", Enforced(PERMISSION)),
    ("UpdateAuthorizer", "/identitySource", Enforced(CUSTOM)),
    ("UpdateAuthorizer", "/identityValidationExpression", Enforced(CUSTOM)),
    ("UpdateAuthorizer", "/authorizerResultTtlInSeconds", Enforced("crates/gateway/src/authorizer/grants.rs")),

    ("UpdateDeployment", "/description", Harmless(LABEL)),

    ("UpdateStage", "/deploymentId", Names),
    ("UpdateStage", "/description", Harmless(LABEL)),
    ("UpdateStage", "/variables/{name}", Enforced("crates/compiler/src/uri.rs")),
    ("UpdateStage", "/accessLogSettings", Enforced(ACCESS_LOG)),
    ("UpdateStage", "/accessLogSettings/{part}", Enforced(ACCESS_LOG)),
    ("UpdateStage", "/cacheClusterEnabled", Refused { more: &[], but: &["\"false\"", "\"probe\"", "\"1\"", "\"{}\""] }),
    ("UpdateStage", "/cacheClusterSize", Refused { more: &["\"0.5\"", "\"237\""], but: &["\"\""] }),
    ("UpdateStage", "/clientCertificateId", Refused { more: &[], but: &["\"\""] }),
    ("UpdateStage", "/documentationVersion", Refused { more: &[], but: &["\"\""] }),
    ("UpdateStage", "/tracingEnabled", Refused { more: &[], but: &["\"false\"", "\"probe\"", "\"1\"", "\"{}\""] }),
    ("UpdateStage", "/canarySettings", REFUSED),
    ("UpdateStage", "/canarySettings/{property}", REFUSED),
    ("UpdateStage", "/canarySettings/stageVariableOverrides/{name}", REFUSED),
    ("UpdateStage", "logging/loglevel", Enforced(EXECUTION_LOG)),
    ("UpdateStage", "logging/dataTrace", Enforced(EXECUTION_LOG)),
    ("UpdateStage", "metrics/enabled", Refused { more: &[], but: &["\"false\"", "\"probe\"", "\"1\"", "\"{}\""] }),
    ("UpdateStage", "throttling/burstLimit", Enforced(THROTTLE)),
    ("UpdateStage", "throttling/rateLimit", Enforced(THROTTLE)),
    ("UpdateStage", "caching/enabled", Refused { more: &[], but: &["\"false\"", "\"probe\"", "\"1\"", "\"{}\""] }),
    ("UpdateStage", "caching/ttlInSeconds", Refused { more: &["\"0\"", "\"60\""], but: &["\"300\""] }),
    ("UpdateStage", "caching/dataEncrypted", Refused { more: &[], but: &["\"false\"", "\"probe\"", "\"1\"", "\"{}\""] }),
    ("UpdateStage", "caching/requireAuthorizationForCacheControl", Refused { more: &["\"false\""], but: &["\"true\""] }),
    ("UpdateStage", "caching/unauthorizedCacheControlHeaderStrategy", Refused {
        more: &["\"FAIL_WITH_403\"", "\"SUCCEED_WITHOUT_RESPONSE_HEADER\""],
        but: &["\"SUCCEED_WITH_RESPONSE_HEADER\""],
    }),
];
