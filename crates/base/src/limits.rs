//! Every limit in one table, AWS's with their source and ours with their reason.
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html>

/// A request's or response's body on a REST API, in bytes (AWS: 10 MB).
pub const PAYLOAD_BYTES_MAX: u64 = 10_485_760;
/// All header names, values, separators and line ends of a request, in bytes (AWS).
pub const HEADER_BYTES_MAX: usize = 10_240;
/// A regional endpoint's URL, in bytes (AWS).
pub const URL_BYTES_MAX: usize = 10_240;
/// Header fields of one request (ours: above what 10,240 bytes of useful headers hold).
pub const HEADER_COUNT_MAX: usize = 200;
/// The shortest integration timeout, in milliseconds (AWS).
pub const INTEGRATION_TIMEOUT_MS_MIN: i32 = 50;
/// The longest and the default integration timeout, in milliseconds (AWS).
pub const INTEGRATION_TIMEOUT_MS_MAX: i32 = 29_000;
/// A list of addresses of the operator's, in bytes (ours: some millions of them).
pub const ADDRESS_LIST_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// A database of addresses, in bytes (ours: more than any that is published takes).
pub const ADDRESS_DATABASE_BYTES_MAX: u64 = 1024 * 1024 * 1024;
/// An OpenAPI document for import, in bytes (AWS: 6 MB).
pub const IMPORT_BYTES_MAX: usize = 6_291_456;
/// A management call's body, in bytes: the import document and some room (ours).
pub const CONTROL_BODY_BYTES_MAX: usize = 7_340_032;
/// The bodies of all management calls that are read at once, in bytes: callers are strangers until their body is read (ours).
pub const CONTROL_BODIES_BYTES_MAX: usize = 64 * 1024 * 1024;
/// A call's body that brings function code, in bytes (AWS: what 50 MB in base64 take).
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
pub const CODE_BODY_BYTES_MAX: usize = 70_167_211;
/// The bodies of all such calls that are read at once, in bytes (ours).
pub const CODE_BODIES_BYTES_MAX: usize = 160 * 1024 * 1024;
/// Request bodies that the journey holds whole at once, in bytes, because a signature covers them (ours).
pub const JOURNEY_BODIES_BYTES_MAX: usize = 256 * 1024 * 1024;
/// Resources of one API (AWS).
pub const RESOURCES_PER_API: usize = 300;
/// Authorizers of one API (AWS).
pub const AUTHORIZERS_PER_API: usize = 10;
/// How long an authorizer's answer counts unless it is said, in seconds (AWS).
pub const AUTHORIZER_TTL_S_DEFAULT: i32 = 300;
/// The longest that an authorizer's answer may count, in seconds (AWS).
pub const AUTHORIZER_TTL_S_MAX: i32 = 3_600;
/// What an authorizer may answer, in bytes (ours: its policy is kept, and asked of every request of its caller).
pub const AUTHORIZER_ANSWER_BYTES_MAX: usize = 131_072;
/// A resource in the policy that an authorizer answers, in characters (AWS).
pub const AUTHORIZER_RESOURCE_CHARS_MAX: usize = 512;
/// How long an authorizer's function may take, in milliseconds (AWS: as an integration).
pub const AUTHORIZER_TIMEOUT_MS: u64 = 29_000;
/// All answers of authorizers that a node keeps, in bytes (ours).
pub const AUTHORIZER_ANSWERS_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Stages of one API (AWS).
pub const STAGES_PER_API: usize = 10;
/// REST APIs of one account and region (AWS: 600 regional; ours is wider, for installations that hold many teams).
pub const APIS_PER_ACCOUNT: usize = 20_000;
/// Stage variables of one stage (AWS).
pub const STAGE_VARIABLES_MAX: usize = 100;
/// A stage variable's name, in characters (AWS).
pub const STAGE_VARIABLE_NAME_CHARS_MAX: usize = 64;
/// A stage variable's value, in characters (AWS).
pub const STAGE_VARIABLE_VALUE_CHARS_MAX: usize = 512;
/// An access log format, in bytes (AWS).
pub const ACCESS_LOG_FORMAT_BYTES_MAX: usize = 3_072;
/// Tags on one resource (AWS).
pub const TAGS_MAX: usize = 50;
/// Clock skew a signature may have, in seconds (AWS: five minutes either way).
pub const SIGNATURE_SKEW_S: i64 = 300;
/// The longest life of a presigned request, in seconds (AWS: seven days).
pub const PRESIGNED_EXPIRES_S_MAX: i64 = 604_800;
/// A token in a request's header, in bytes (AWS: HTTP APIs read headers up to 8 KB).
pub const JWT_BYTES_MAX: usize = 8_192;
/// A token in a management call, in bytes (AWS: AssumeRoleWithWebIdentity).
pub const WEB_IDENTITY_TOKEN_BYTES_MAX: usize = 20_000;
/// An issuer's key set, in bytes (AWS: JWT authorizers).
pub const JWKS_BYTES_MAX: usize = 150_000;
/// Keys of one issuer that are read (ours: more than any issuer publishes).
pub const JWKS_KEYS_MAX: usize = 100;
/// A native JWT authorizer's URI, in bytes (ours).
pub const JWT_URI_BYTES_MAX: usize = 2_048;
/// Audiences of one native JWT authorizer (AWS: JWT authorizers of HTTP APIs).
pub const JWT_AUDIENCES_MAX: usize = 50;
/// Scopes of one native JWT authorizer (AWS: 10 for a route).
pub const JWT_SCOPES_MAX: usize = 10;
/// Tokens that were proven and need not be proven again, in bytes of memory (ours).
pub const SEEN_TOKENS_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Days that management events stay readable (AWS CloudTrail event history).
pub const AUDIT_DAYS: i64 = 90;
/// Calls that fail authentication which are recorded per source address and minute; the rest are counted (ours).
pub const UNAUTHENTICATED_RECORDS_PER_MINUTE: u32 = 10;
/// An API key's value, in characters (AWS).
pub const API_KEY_VALUE_CHARS_MIN: usize = 20;
/// An API key's value, in characters (AWS).
pub const API_KEY_VALUE_CHARS_MAX: usize = 128;
/// API keys of one account and region (AWS: 10,000; ours is wider).
pub const API_KEYS_PER_ACCOUNT: u64 = 2_000_000;
/// Usage plans of one account and region (AWS).
pub const USAGE_PLANS_PER_ACCOUNT: u64 = 300;
/// Usage plans of one API key (AWS).
pub const USAGE_PLANS_PER_KEY: usize = 10;
/// Methods that a usage plan throttles by themselves, for each stage (AWS).
pub const METHOD_THROTTLES_PER_STAGE: usize = 20;
/// Keys that one call takes out of their plan at once (AWS has no more keys than that).
pub const KEYS_PER_CALL: u64 = 10_000;
/// Requests a second of one account and region, all its APIs together (AWS's default; `--account-rate` sets it).
pub const ACCOUNT_RATE: f64 = 10_000.0;
/// What an account may send at once (AWS's default; `--account-burst` sets it).
pub const ACCOUNT_BURST: u32 = 5_000;
/// Days of usage that one call reads (AWS).
pub const USAGE_DAYS_MAX: i64 = 90;
/// Days that usage is kept: what may be read, and the longest quota period (ours).
pub const USAGE_DAYS_KEPT: i32 = 130;
/// The largest part of a quota that a node takes ahead for one key: what a node that is killed may lose (ours).
pub const QUOTA_BLOCK_MAX: u64 = 1_000;
/// Web ACLs of one account and region (AWS WAF: its quotas' page).
pub const WEB_ACLS_MAX: u64 = 100;
/// Rule groups of one account and region (AWS WAF).
pub const RULE_GROUPS_MAX: u64 = 100;
/// IP sets of one account and region (AWS WAF).
pub const IP_SETS_MAX: u64 = 100;
/// Regex pattern sets of one account and region (AWS WAF).
pub const REGEX_SETS_MAX: u64 = 10;
/// Patterns of one regex pattern set (AWS WAF).
pub const REGEX_PATTERNS_MAX: usize = 10;
/// Addresses and ranges of one IP set (AWS WAF).
pub const IP_SET_ADDRESSES_MAX: usize = 10_000;
/// What the rules of a web ACL or of a rule group may weigh, in WCU (AWS WAF).
pub const WEB_ACL_CAPACITY_MAX: u32 = 5_000;
/// Sets, rule groups and managed rule groups that one web ACL names (AWS WAF).
pub const WEB_ACL_REFERENCES_MAX: usize = 50;
