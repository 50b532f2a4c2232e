//! PutFunctionConcurrency. <https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionConcurrency.html>

use base::Scope;
use http::Method as Verb;
use model::lambda::Function;
use operation::{Call, Failure, Operation, Spec};

use super::{ACCOUNT, Concurrency, UNRESERVED_MIN};
use crate::error::{Error, declared};
use crate::find;
use crate::name::FunctionRef;
use crate::rules::settings;

/// The operation.
pub(crate) struct PutFunctionConcurrency;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "PutFunctionConcurrencyRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
    reserved_concurrent_executions: i32,
}

impl Operation for PutFunctionConcurrency {
    const SPEC: Spec = Spec::write("PutFunctionConcurrency", "lambda:PutFunctionConcurrency")
        .http(Verb::PUT, "/2017-10-31/functions/{FunctionName}/concurrency", 200)
        .errors(declared::WRITE);
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
        let wanted = settings::concurrency(input.reserved_concurrent_executions)?;
        let mut function = find::function(call, &named).await?;
        let all = call.tx.all::<Function>(&named.scope, "").await?;
        let others = all.iter().filter(|other| other.name != function.name);
        let reserved: u64 = others.filter_map(|other| other.reserved_concurrency).map(u64::from).sum();
        if reserved + u64::from(wanted) > u64::from(ACCOUNT - UNRESERVED_MIN) {
            return Err(Error::invalid(format!(
                "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [{UNRESERVED_MIN}]."
            ))
            .into());
        }
        function.reserved_concurrency = Some(wanted);
        call.tx.put(&named.scope, &function)?;
        Ok(Concurrency::of(wanted))
    }
}
