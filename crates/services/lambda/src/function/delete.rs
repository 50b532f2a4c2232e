//! DeleteFunction: the whole function, or one version that no alias names.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html>

use base::Scope;
use http::Method as Verb;
use model::Record;
use model::lambda::{Function, FunctionVersion};
use operation::{Call, Failure, Operation, Spec};

use crate::error::{Error, declared};
use crate::find;
use crate::name::{FunctionRef, LATEST};

/// The operation.
pub(crate) struct DeleteFunction;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteFunctionRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
    #[shape(query = "Qualifier")]
    qualifier: Option<String>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteFunctionResponse", upper)]
pub(crate) struct Output {
    #[shape(status_code)]
    status_code: Option<i32>,
}

impl Operation for DeleteFunction {
    const SPEC: Spec = Spec::write("DeleteFunction", "lambda:DeleteFunction")
        .http(Verb::DELETE, "/2015-03-31/functions/{FunctionName}", 200)
        .errors(declared::WRITE);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        FunctionRef::resource(&input.function_name, input.qualifier.as_deref(), scope)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        super::audited(&input.function_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let named = FunctionRef::parse(&input.function_name, input.qualifier.as_deref(), &call.scope)?;
        let function = find::function(call, &named).await?;
        match named.qualifier.as_deref() {
            None => whole(&named, call).await?,
            Some(LATEST) => {
                return Err(Error::invalid("$LATEST version cannot be deleted without deleting the function.").into());
            }
            Some(number) => one(&named, number, function, call).await?,
        }
        Ok(Output { status_code: Some(204) })
    }
}

async fn whole(named: &FunctionRef, call: &mut Call<'_>) -> Result<(), Failure> {
    let versions = call.tx.all::<FunctionVersion>(&named.scope, &FunctionVersion::prefix(&named.name)).await?;
    for version in versions {
        call.tx.delete::<FunctionVersion>(&named.scope, &version.id());
    }
    call.tx.delete::<Function>(&named.scope, &named.name);
    Ok(())
}

async fn one(named: &FunctionRef, number: &str, mut function: Function, call: &mut Call<'_>) -> Result<(), Failure> {
    if function.aliases.contains_key(number) {
        return Err(Error::invalid("Deletion of aliases is not currently supported.").into());
    }
    let version = find::version(call, named, number).await?;
    let users: Vec<&str> = function
        .aliases
        .iter()
        .filter(|(_, alias)| {
            alias.version == *number || alias.other.as_ref().is_some_and(|(other, _)| *other == *number)
        })
        .map(|(name, _)| name.as_str())
        .collect();
    if !users.is_empty() {
        let users = users.join(", ");
        return Err(
            Error::conflict(format!("Version {number} is referenced by the following aliases: [{users}]")).into()
        );
    }
    call.tx.delete::<FunctionVersion>(&named.scope, &version.id());
    // What was permitted of it must not hold for anything that may come to be called so.
    function.policies.remove(number);
    if function.published.as_ref().is_some_and(|published| published.version == version.number) {
        function.published = None;
    }
    call.tx.put(&named.scope, &function)
}
