//! The compiled world the data plane reads: no id left to look up, no option left to check.
//!
//! It must not know: stored documents, how it is compiled, requests in flight. Begin with [`Snapshot`], then
//! [`Stage`]: everything a request of one stage can need hangs below it.

pub mod world;
pub mod api;
pub mod route;
pub mod method;
pub mod jwt_authorizer;
pub mod integration;
pub mod mapping;
pub mod context;
pub mod log_format;
pub mod access_key;
pub mod throttle;
pub mod api_key;
pub mod api_key_values;
pub mod usage_plan;
pub mod principals;
pub mod function;
pub mod function_call;
pub mod authorizer;
pub mod web_acl;
pub mod freshness;
pub mod certificate;

pub use access_key::AccessKey;
pub use api::{AccessLog, Api, ApiKeySource, Stage, StageUnit};
pub use api_key::{ApiKey, KeyPlan, Lease, Spending};
pub use api_key_values::ApiKeyValues;
pub use authorizer::{Authorizer, AuthorizerJudge, FunctionAuthorizer, Identity, IdentitySource};
pub use certificate::Certificate;
pub use context::Variable;
pub use freshness::Freshness;
pub use function::{
    Alias, Function, FunctionBody, FunctionCode, FunctionName, FunctionNetwork, FunctionRuntime, LATEST, LocalFunction,
    Version,
};
pub use function_call::{FunctionArn, FunctionCall, FunctionInvoker, NoInvocation};
pub use integration::{
    FunctionIntegration, HttpCall, HttpIntegration, Integration, IntegrationAnswer, Mock, Passthrough, ProxyFunction,
    Selection,
};
pub use jwt_authorizer::JwtAuthorizer;
pub use log_format::LogFormat;
pub use mapping::{Source, Target};
pub use method::{Authorization, Logging, Method, MethodAnswer, StageThrottle, ThrottleSource};
pub use principals::{Group, Name, NamedPolicy, Policies, Role, User};
pub use route::{Found, Routes};
pub use throttle::{Bucket, Limit};
pub use usage_plan::{QuotaRound, UsagePlan};
pub use web_acl::{AttachedAcl, LoggingCondition, LoggingFilter, Redacted, WebAcl, WebAclLogging, WebAclUnit};
pub use world::{Place, Snapshot};
