//! GetFunctionConfiguration. <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::find;
use crate::name::FunctionRef;
use crate::view::FunctionConfiguration;

/// The operation.
pub(crate) struct GetFunctionConfiguration;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetFunctionConfigurationRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
    #[shape(query = "Qualifier")]
    qualifier: Option<String>,
}

impl Operation for GetFunctionConfiguration {
    const SPEC: Spec = Spec::read("GetFunctionConfiguration", "lambda:GetFunctionConfiguration")
        .http(Verb::GET, "/2015-03-31/functions/{FunctionName}/configuration", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = FunctionConfiguration;

    fn resource(input: &Input, scope: &Scope) -> String {
        FunctionRef::resource(&input.function_name, input.qualifier.as_deref(), scope)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        super::audited(&input.function_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<FunctionConfiguration, Failure> {
        let named = FunctionRef::parse(&input.function_name, input.qualifier.as_deref(), &call.scope)?;
        let found = find::qualified(call, &named).await?;
        let master_key = &call.ports.master_key;
        FunctionConfiguration::of(&found.function, &found.number, &found.configuration, found.arn, master_key)
    }
}
