//! GetFunctionConcurrency. <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::Concurrency;
use crate::error::declared;
use crate::find;
use crate::name::FunctionRef;

/// The operation.
pub(crate) struct GetFunctionConcurrency;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetFunctionConcurrencyRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
}

impl Operation for GetFunctionConcurrency {
    const SPEC: Spec = Spec::read("GetFunctionConcurrency", "lambda:GetFunctionConcurrency")
        .http(Verb::GET, "/2019-09-30/functions/{FunctionName}/concurrency", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = Concurrency;

    fn resource(input: &Input, scope: &Scope) -> String {
        FunctionRef::whole_resource(&input.function_name, scope)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        crate::function::audited(&input.function_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Concurrency, Failure> {
        let named = FunctionRef::unqualified(&input.function_name, &call.scope)?;
        let function = find::function(call, &named).await?;
        let none = Concurrency { reserved_concurrent_executions: None };
        Ok(function.reserved_concurrency.map_or(none, Concurrency::of))
    }
}
