//! GetFunctionRecursionConfig: nothing here tells a loop from a call, so none is ended.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionRecursionConfig.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::find;
use crate::name::FunctionRef;

/// The operation.
pub(crate) struct GetFunctionRecursionConfig;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetFunctionRecursionConfigRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetFunctionRecursionConfigResponse", upper)]
pub(crate) struct Output {
    recursive_loop: Option<String>,
}

impl Operation for GetFunctionRecursionConfig {
    const SPEC: Spec = Spec::read("GetFunctionRecursionConfig", "lambda:GetFunctionRecursionConfig")
        .http(Verb::GET, "/2024-08-31/functions/{FunctionName}/recursion-config", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        FunctionRef::whole_resource(&input.function_name, scope)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let named = FunctionRef::unqualified(&input.function_name, &call.scope)?;
        find::function(call, &named).await?;
        Ok(Output { recursive_loop: Some("Allow".to_owned()) })
    }
}
