//! What the compiler has to say to the owner of what it could not compile.

use base::Scope;
use base::id::{AccessKeyId, ApiKeyId, RestApiId, StageName, UsagePlanId};
use snapshot::{FunctionName, Name};

/// The smallest thing that is compiled, shared or closed as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Unit {
    /// A stage with its deployment.
    Stage(RestApiId, StageName),
    /// An access key.
    AccessKey(AccessKeyId),
    /// A user.
    User(Name),
    /// A group.
    Group(Name),
    /// A role.
    Role(Name),
    /// A customer's managed policy, by its ARN.
    ManagedPolicy(String),
    /// An API key.
    ApiKey(ApiKeyId),
    /// A usage plan.
    UsagePlan(UsagePlanId),
    /// A server certificate, by its first name.
    Certificate(String),
    /// A web ACL with all that its rules name.
    WebAcl(Name),
    /// A function with all that hangs below its name.
    Function(FunctionName),
}

impl std::fmt::Display for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Unit::Stage(api, stage) => write!(f, "stage {api}/{stage}"),
            Unit::AccessKey(id) => write!(f, "access key {id}"),
            Unit::User(name) => write!(f, "user {} of {}", name.name, name.account),
            Unit::Group(name) => write!(f, "group {} of {}", name.name, name.account),
            Unit::Role(name) => write!(f, "role {} of {}", name.name, name.account),
            Unit::ManagedPolicy(arn) => write!(f, "policy {arn}"),
            Unit::ApiKey(id) => write!(f, "API key {id}"),
            Unit::UsagePlan(id) => write!(f, "usage plan {id}"),
            Unit::Certificate(name) => write!(f, "certificate {name}"),
            Unit::WebAcl(name) => write!(f, "web ACL {} of {}", name.name, name.account),
            Unit::Function(name) => write!(f, "function {} of {}", name.name, name.account),
        }
    }
}

/// Something that is closed, why, and what opens it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whose it is.
    pub scope: Scope,
    /// What it concerns.
    pub unit: Unit,
    /// The method it is confined to, such as `GET /pets`; `None` when the whole unit is closed.
    pub method: Option<String>,
    /// Why.
    pub why: String,
    /// What to do.
    pub remedy: &'static str,
}
