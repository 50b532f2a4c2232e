//! DeleteFunctionConcurrency. <https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunctionConcurrency.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::find;
use crate::name::FunctionRef;
use crate::nothing::Nothing;

/// The operation.
pub(crate) struct DeleteFunctionConcurrency;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteFunctionConcurrencyRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
}

impl Operation for DeleteFunctionConcurrency {
    const SPEC: Spec = Spec::write("DeleteFunctionConcurrency", "lambda:DeleteFunctionConcurrency")
        .http(Verb::DELETE, "/2017-10-31/functions/{FunctionName}/concurrency", 204)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        FunctionRef::whole_resource(&input.function_name, scope)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        crate::function::audited(&input.function_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let named = FunctionRef::unqualified(&input.function_name, &call.scope)?;
        let mut function = find::function(call, &named).await?;
        function.reserved_concurrency = None;
        call.tx.put(&named.scope, &function)?;
        Ok(Nothing)
    }
}
