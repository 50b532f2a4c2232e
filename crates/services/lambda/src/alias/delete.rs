//! DeleteAlias: with it go the permissions of its name.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_DeleteAlias.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::find;
use crate::name::FunctionRef;
use crate::nothing::Nothing;

/// The operation.
pub(crate) struct DeleteAlias;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteAliasRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
    #[shape(uri = "Name")]
    name: String,
}

impl Operation for DeleteAlias {
    const SPEC: Spec = Spec::write("DeleteAlias", "lambda:DeleteAlias")
        .http(Verb::DELETE, "/2015-03-31/functions/{FunctionName}/aliases/{Name}", 204)
        .errors(declared::DELETE_ALIAS);
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
        // AWS takes away what is not there, too.
        if function.aliases.remove(&input.name).is_some() {
            // SECURITY: an alias made anew under the name must not be callable by those who could call this one.
            function.policies.remove(&input.name);
            call.tx.put(&named.scope, &function)?;
        }
        Ok(Nothing)
    }
}
