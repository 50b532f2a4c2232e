//! ListFunctions. <https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html>

use base::Scope;
use http::Method as Verb;
use model::lambda::{Function, FunctionVersion};
use operation::{Call, Failure, Operation, Spec};

use crate::error::{Error, declared};
use crate::page;
use crate::version;
use crate::view::FunctionConfiguration;

/// The operation.
pub(crate) struct ListFunctions;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListFunctionsRequest", upper)]
pub(crate) struct Input {
    #[shape(query = "MasterRegion")]
    master_region: Option<String>,
    #[shape(query = "FunctionVersion")]
    function_version: Option<String>,
    #[shape(query = "Marker")]
    marker: Option<String>,
    #[shape(query = "MaxItems")]
    max_items: Option<i32>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListFunctionsResponse", upper)]
pub(crate) struct Output {
    next_marker: Option<String>,
    functions: Vec<FunctionConfiguration>,
}

const NAME: &str = "lambda:ListFunctions";

impl Operation for ListFunctions {
    const SPEC: Spec =
        Spec::read("ListFunctions", NAME).http(Verb::GET, "/2015-03-31/functions", 200).errors(declared::LIST);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, _: &Scope) -> String {
        "*".to_owned()
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        // There are no replicas at edge locations, so none of a master region.
        if input.master_region.is_some() && input.function_version.as_deref() != Some("ALL") {
            return Err(Error::invalid("MasterRegion needs the FunctionVersion ALL.").into());
        }
        let all = match input.function_version.as_deref() {
            None => false,
            Some("ALL") => true,
            Some(other) => {
                return Err(Error::form("functionVersion", other, "Member must satisfy enum value set: [ALL]").into());
            }
        };
        let query = if all { "ALL" } else { "" };
        let page = page::read(call, NAME, query, input.marker.as_deref(), input.max_items)?;
        let scope = call.scope.clone();
        let listed = call.tx.page::<Function>(&scope, "", page.after.as_deref(), page.limit).await?;
        let mut functions = Vec::with_capacity(listed.items.len());
        for function in &listed.items {
            functions.push(FunctionConfiguration::latest(function, &call.ports.master_key)?);
            if all {
                let versions = call.tx.all::<FunctionVersion>(&scope, &FunctionVersion::prefix(&function.name)).await?;
                for known in &versions {
                    functions.push(version::shown(function, known, &call.ports.master_key)?);
                }
            }
        }
        Ok(Output { next_marker: page.next(listed.next), functions })
    }
}
