//! ListVersionsByFunction. <https://docs.aws.amazon.com/lambda/latest/api/API_ListVersionsByFunction.html>

use base::Scope;
use http::Method as Verb;
use model::lambda::FunctionVersion;
use operation::{Call, Failure, Operation, Spec};

use super::shown;
use crate::error::declared;
use crate::find;
use crate::name::{FunctionRef, LATEST};
use crate::page;
use crate::view::FunctionConfiguration;

/// The operation.
pub(crate) struct ListVersionsByFunction;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListVersionsByFunctionRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
    #[shape(query = "Marker")]
    marker: Option<String>,
    #[shape(query = "MaxItems")]
    max_items: Option<i32>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListVersionsByFunctionResponse", upper)]
pub(crate) struct Output {
    next_marker: Option<String>,
    versions: Vec<FunctionConfiguration>,
}

const NAME: &str = "lambda:ListVersionsByFunction";

impl Operation for ListVersionsByFunction {
    const SPEC: Spec = Spec::read("ListVersionsByFunction", NAME)
        .http(Verb::GET, "/2015-03-31/functions/{FunctionName}/versions", 200)
        .errors(declared::READ);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, scope: &Scope) -> String {
        FunctionRef::whole_resource(&input.function_name, scope)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        crate::function::audited(&input.function_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let named = FunctionRef::unqualified(&input.function_name, &call.scope)?;
        let function = find::function(call, &named).await?;
        let page = page::read(call, NAME, &function.name, input.marker.as_deref(), input.max_items)?;
        let stored = call.tx.all::<FunctionVersion>(&named.scope, &FunctionVersion::prefix(&function.name)).await?;
        let master_key = &call.ports.master_key;
        // `$LATEST` comes first; numbers sort by their length, then by their digits.
        let latest = FunctionConfiguration::of(
            &function,
            LATEST,
            &function.latest,
            format!("{}:{LATEST}", function.arn()),
            master_key,
        )?;
        let mut all = vec![(String::new(), latest)];
        for version in &stored {
            all.push((format!("{:020}", version.number), shown(&function, version, master_key)?));
        }
        let (versions, next_marker) = page.of(all, |(key, _)| key.clone());
        Ok(Output { next_marker, versions: versions.into_iter().map(|(_, shown)| shown).collect() })
    }
}
