//! GetAlias. <https://docs.aws.amazon.com/lambda/latest/api/API_GetAlias.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::AliasConfiguration;
use crate::error::declared;
use crate::find;
use crate::name::FunctionRef;

/// The operation.
pub(crate) struct GetAlias;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetAliasRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
    #[shape(uri = "Name")]
    name: String,
}

impl Operation for GetAlias {
    const SPEC: Spec = Spec::read("GetAlias", "lambda:GetAlias")
        .http(Verb::GET, "/2015-03-31/functions/{FunctionName}/aliases/{Name}", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = AliasConfiguration;

    fn resource(input: &Input, scope: &Scope) -> String {
        FunctionRef::whole_resource(&input.function_name, scope)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        crate::function::audited(&input.function_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<AliasConfiguration, Failure> {
        let named = FunctionRef::unqualified(&input.function_name, &call.scope)?;
        let function = find::function(call, &named).await?;
        let alias = super::existing(&function, &named, &input.name)?;
        Ok(AliasConfiguration::of(&function, &input.name, alias))
    }
}
