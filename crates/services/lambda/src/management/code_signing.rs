//! GetFunctionCodeSigningConfig: no function has one.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionCodeSigningConfig.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::find;
use crate::name::FunctionRef;

/// The operation.
pub(crate) struct GetFunctionCodeSigningConfig;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetFunctionCodeSigningConfigRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetFunctionCodeSigningConfigResponse", upper)]
pub(crate) struct Output {
    code_signing_config_arn: Option<String>,
    function_name: Option<String>,
}

impl Operation for GetFunctionCodeSigningConfig {
    const SPEC: Spec = Spec::read("GetFunctionCodeSigningConfig", "lambda:GetFunctionCodeSigningConfig")
        .http(Verb::GET, "/2020-06-30/functions/{FunctionName}/code-signing-config", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        FunctionRef::whole_resource(&input.function_name, scope)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let named = FunctionRef::unqualified(&input.function_name, &call.scope)?;
        find::function(call, &named).await?;
        Ok(Output { code_signing_config_arn: None, function_name: None })
    }
}
