//! GetPolicy. <https://docs.aws.amazon.com/lambda/latest/api/API_GetPolicy.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec, named_principals};

use crate::error::{Error, declared};
use crate::name::FunctionRef;

/// The operation.
pub(crate) struct GetPolicy;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetPolicyRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
    #[shape(query = "Qualifier")]
    qualifier: Option<String>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetPolicyResponse", upper)]
pub(crate) struct Output {
    policy: Option<String>,
    revision_id: Option<String>,
}

impl Operation for GetPolicy {
    const SPEC: Spec = Spec::read("GetPolicy", "lambda:GetPolicy")
        .http(Verb::GET, "/2015-03-31/functions/{FunctionName}/policy", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        FunctionRef::resource(&input.function_name, input.qualifier.as_deref(), scope)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        crate::function::audited(&input.function_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let named = FunctionRef::parse(&input.function_name, input.qualifier.as_deref(), &call.scope)?;
        let (function, key) = super::of(call, &named).await?;
        let policy = function.policies.get(&key).filter(|policy| !policy.statements.is_empty());
        let Some(policy) = policy else {
            return Err(Error::not_found("The resource you requested does not exist.").into());
        };
        let account = call.scope.account;
        let shown = named_principals::shown(&mut call.tx, account, &policy.document(), &policy.ids).await?;
        Ok(Output { policy: Some(shown), revision_id: Some(policy.revision_id.clone()) })
    }
}
