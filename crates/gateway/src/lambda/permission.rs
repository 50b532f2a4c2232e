//! Whether API Gateway may invoke a function: by the function's own policy, by a role, or by the caller's permissions.
//! <https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html>
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-type.html>

use std::sync::{Arc, LazyLock};

use base::{AccountId, Timestamp};
use identity::{Caller, Held};
use policy::{Action, Attached, Keys, Layers, Principal, RequestContext};
use snapshot::{
    Authorization, AuthorizerJudge, Function, FunctionCall, FunctionInvoker, Integration, Method, Name, NamedPolicy,
    Role, Snapshot, Stage, Version,
};

/// As whom API Gateway invokes functions and takes on roles.
const SERVICE: &str = "apigateway.amazonaws.com";
/// How AWS names the sessions in which API Gateway uses a role.
const SESSION: &str = "BackplaneAssumeRoleSession";

static INVOKE: LazyLock<Action> = LazyLock::new(|| Action::new("lambda:InvokeFunction"));
static ASSUME: LazyLock<Action> = LazyLock::new(|| Action::new("sts:AssumeRole"));

/// Why a function is not invoked, for its owner.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotInvoked {
    /// There is no such function, version or alias.
    #[error("there is no function `{arn}`")]
    Missing {
        /// Its ARN.
        arn: Arc<str>,
    },
    /// API Gateway may not invoke it.
    #[error("API Gateway may not invoke `{arn}`: {why}. {remedy}")]
    NotPermitted {
        /// Its ARN.
        arn: Arc<str>,
        /// What does not allow it.
        why: String,
        /// What would.
        remedy: String,
    },
}

/// Who asks whether a function may be invoked, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Permit<'a> {
    /// What is served.
    pub(crate) snapshot: &'a Snapshot,
    /// Whose API it is.
    pub(crate) owner: AccountId,
    /// Who signed the request, where somebody did.
    pub(crate) caller: Option<&'a Caller>,
    /// When.
    pub(crate) now: Timestamp,
}

impl Permit<'_> {
    /// The version to run; `draw`, from 0 up to 1, chooses between versions that share an alias.
    pub(crate) fn version(&self, call: &FunctionCall, draw: f64) -> Result<Arc<Version>, NotInvoked> {
        let function = self.function(call)?;
        self.check(call, function)?;
        let version = function.version(call.qualifier.as_deref(), draw);
        version.cloned().ok_or_else(|| NotInvoked::Missing { arn: Arc::clone(&call.arn) })
    }

    /// The function, if the snapshot has it.
    fn function(&self, call: &FunctionCall) -> Result<&Function, NotInvoked> {
        let function = self.snapshot.functions.get(&call.function);
        function.map(|found| &**found).ok_or_else(|| NotInvoked::Missing { arn: Arc::clone(&call.arn) })
    }

    /// SECURITY: whatever does not allow it, forbids it.
    fn check(&self, call: &FunctionCall, function: &Function) -> Result<(), NotInvoked> {
        let policy = function.policies.get(&call.qualifier).map(|policy| &**policy);
        let allowed = match &call.invoker {
            FunctionInvoker::Gateway => self.by_policy(call, policy),
            FunctionInvoker::Role(arn) => self.by_role(call, arn, policy),
            FunctionInvoker::Caller => match self.caller {
                Some(caller) => self.by_identity(call, caller, policy),
                None => Err(("nobody signed whose permissions could count".to_owned(), SIGN.to_owned())),
            },
        };
        allowed.map_err(|(why, remedy)| NotInvoked::NotPermitted { arn: Arc::clone(&call.arn), why, remedy })
    }

    /// By the function's own policy.
    fn by_policy(&self, call: &FunctionCall, policy: Option<&NamedPolicy>) -> Result<(), (String, String)> {
        let service = Principal::Service { name: SERVICE.to_owned() };
        let keys = self.service_keys(call, &service);
        let request = RequestContext::new(&service, &INVOKE, &call.arn, call.function.account, &keys);
        let layers = Layers { resource: policy.map(attached), ..Layers::default() };
        let decision = policy::evaluate(&request, &layers);
        if decision.is_allowed() {
            return Ok(());
        }
        let why = match decision.because(&request) {
            Some(because) if policy.is_some() => because,
            Some(_) | None => "it has no policy that lets anybody in".to_owned(),
        };
        Err((why, add_permission(call)))
    }

    /// By a role: it must trust API Gateway, and its policies must allow the invocation.
    fn by_role(&self, call: &FunctionCall, arn: &str, policy: Option<&NamedPolicy>) -> Result<(), (String, String)> {
        let Some(role) = self.role(arn) else {
            return Err((format!("there is no role `{arn}`"), "Make the role, or name another.".to_owned()));
        };
        let service = Principal::Service { name: SERVICE.to_owned() };
        let keys = self.service_keys(call, &service);
        let request = RequestContext::new(&service, &ASSUME, &role.arn, role.name.account, &keys);
        let trust = Attached { name: &role.trust.name, policy: &role.trust.policy };
        let layers = Layers { resource: Some(trust), resource_must_allow: true, ..Layers::default() };
        if !policy::evaluate(&request, &layers).is_allowed() {
            let why = format!("the role `{arn}` does not trust {SERVICE}");
            return Err((why, format!("Let the role's trust policy allow sts:AssumeRole to {SERVICE}.")));
        }
        let Name { account, name } = &role.name;
        let session = format!("arn:aws:sts::{account}:assumed-role/{name}/{SESSION}");
        let caller = identity::impersonate(&session, self.snapshot)
            .map_err(|unknown| (unknown.to_string(), "Make the role anew.".to_owned()))?;
        self.by_identity(call, &caller, policy)
    }

    /// By somebody's own permissions, together with the function's policy where it belongs to another account.
    fn by_identity(
        &self,
        call: &FunctionCall,
        caller: &Caller,
        policy: Option<&NamedPolicy>,
    ) -> Result<(), (String, String)> {
        let held = caller.held(self.snapshot);
        let held = held.map_err(|unresolved| (unresolved.to_string(), "Set the policy again.".to_owned()))?;
        let keys = caller.principal().add_keys(self.keys(call));
        let request = RequestContext::new(caller.principal(), &INVOKE, &call.arn, call.function.account, &keys);
        let layers = Layers { resource: policy.map(attached), ..Held::layers(&held) };
        let decision = policy::evaluate(&request, &layers);
        match decision.denial(&request) {
            None => Ok(()),
            Some(denial) => {
                let arn = &call.arn;
                Err((denial, format!("Allow lambda:InvokeFunction on {arn} in the policies of whoever invokes it.")))
            }
        }
    }

    /// SECURITY: only the whole ARN names a role, and only one of the API's own account.
    fn role(&self, arn: &str) -> Option<&Role> {
        let name = arn.rsplit('/').next()?;
        let role = self.snapshot.roles.get(&Name::new(self.owner, name))?;
        (*role.arn == *arn).then_some(role)
    }

    fn service_keys(&self, call: &FunctionCall, service: &Principal) -> Keys {
        service.add_keys(self.keys(call))
    }

    fn keys(&self, call: &FunctionCall) -> Keys {
        Keys::new()
            .now(self.now)
            .boolean("aws:SecureTransport", true)
            .text("aws:SourceArn", &*call.source_arn)
            .text("aws:SourceAccount", self.owner.as_str())
    }
}

const SIGN: &str = "Set the method's authorizationType to AWS_IAM, or give the integration a role.";

fn attached(named: &NamedPolicy) -> Attached<'_> {
    Attached { name: &named.name, policy: &named.policy }
}

/// What keeps API Gateway from invoking the functions that a method needs, for whoever asks what protects it.
pub fn hints(snapshot: &Snapshot, stage: &Stage, method: &Method, now: Timestamp) -> Vec<String> {
    let permit = Permit { snapshot, owner: stage.scope.account, caller: None, now };
    let integration = match &method.integration {
        Integration::ProxyFunction(proxy) => Some(&proxy.call),
        Integration::Function(function) => Some(&function.call),
        Integration::HttpProxy(_) | Integration::Http(_) | Integration::Mock(_) | Integration::Broken { .. } => None,
    };
    let authorizer = match &method.authorization {
        Authorization::Custom(authorizer) => match &authorizer.judge {
            AuthorizerJudge::Function(function) => Some(&function.call),
            AuthorizerJudge::Jwt(_) | AuthorizerJudge::Broken { .. } => None,
        },
        Authorization::None | Authorization::Iam => None,
    };
    let calls = authorizer.into_iter().chain(integration);
    // Whose permissions count is known only of a request.
    let calls = calls.filter(|call| call.invoker != FunctionInvoker::Caller);
    calls.filter_map(|call| permit.version(call, 0.0).err()).map(|refused| refused.to_string()).collect()
}

/// The command that lets API Gateway in.
fn add_permission(call: &FunctionCall) -> String {
    let name = &call.function.name;
    let qualifier = call.qualifier.as_ref().map(|one| format!(" --qualifier '{one}'")).unwrap_or_default();
    let source = &call.source_arn;
    format!(
        "Allow it with: aws lambda add-permission --function-name {name}{qualifier} --statement-id apigateway \
         --action lambda:InvokeFunction --principal {SERVICE} --source-arn '{source}'"
    )
}
