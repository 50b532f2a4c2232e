//! REST APIs: the API, its resources with their methods, authorizers, deployments, stages and the account's settings; API
//! keys and usage plans.

pub mod rest_api;
pub mod resource;
pub mod method;
pub mod integration;
pub mod authorizer;
pub mod deployment;
pub mod stage;
pub mod account;
pub mod api_key;
pub mod usage_plan;

pub use account::Account;
pub use api_key::ApiKey;
pub use authorizer::{Authorizer, AuthorizerType};
pub use deployment::{Deployment, MethodSnapshot};
pub use integration::{Integration, IntegrationResponse, IntegrationType, PassthroughBehavior};
pub use method::{AuthorizationType, HttpMethod, Method, MethodResponse};
pub use resource::Resource;
pub use rest_api::{ApiKeySource, EndpointType, RestApi, SecurityPolicy};
pub use stage::{AccessLogSettings, LoggingLevel, MethodSetting, Stage};
pub use usage_plan::{ApiStage, Throttle, UsagePlan, UsagePlanKey};
