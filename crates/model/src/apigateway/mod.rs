//! REST APIs: the API, its resources with their methods, authorizers, deployments, stages and the account's settings.

pub mod rest_api;
pub mod resource;
pub mod method;
pub mod integration;
pub mod authorizer;
pub mod deployment;
pub mod stage;
pub mod account;

pub use account::Account;
pub use authorizer::{Authorizer, AuthorizerType};
pub use deployment::{Deployment, MethodSnapshot};
pub use integration::{Integration, IntegrationResponse, IntegrationType, PassthroughBehavior};
pub use method::{AuthorizationType, HttpMethod, Method, MethodResponse};
pub use resource::Resource;
pub use rest_api::{EndpointType, RestApi, SecurityPolicy};
pub use stage::{AccessLogSettings, LoggingLevel, MethodSetting, Stage};
