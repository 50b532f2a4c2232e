//! GetRuntimeManagementConfig: the interpreter is the machine's own, so its owner says when it is updated.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_GetRuntimeManagementConfig.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::find;
use crate::name::FunctionRef;

/// The operation.
pub(crate) struct GetRuntimeManagementConfig;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetRuntimeManagementConfigRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
    #[shape(query = "Qualifier")]
    qualifier: Option<String>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetRuntimeManagementConfigResponse", upper)]
pub(crate) struct Output {
    update_runtime_on: Option<String>,
    runtime_version_arn: Option<String>,
    function_arn: Option<String>,
}

impl Operation for GetRuntimeManagementConfig {
    const SPEC: Spec = Spec::read("GetRuntimeManagementConfig", "lambda:GetRuntimeManagementConfig")
        .http(Verb::GET, "/2021-07-20/functions/{FunctionName}/runtime-management-config", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        FunctionRef::resource(&input.function_name, input.qualifier.as_deref(), scope)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let named = FunctionRef::parse(&input.function_name, input.qualifier.as_deref(), &call.scope)?;
        let found = find::qualified(call, &named).await?;
        Ok(Output {
            update_runtime_on: Some("Auto".to_owned()),
            runtime_version_arn: None,
            function_arn: Some(found.arn),
        })
    }
}
