//! ListAliases. <https://docs.aws.amazon.com/lambda/latest/api/API_ListAliases.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::AliasConfiguration;
use crate::error::declared;
use crate::find;
use crate::name::FunctionRef;
use crate::page;

/// The operation.
pub(crate) struct ListAliases;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListAliasesRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
    #[shape(query = "FunctionVersion")]
    function_version: Option<String>,
    #[shape(query = "Marker")]
    marker: Option<String>,
    #[shape(query = "MaxItems")]
    max_items: Option<i32>,
}

/// What it answers.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "ListAliasesResponse", upper)]
pub(crate) struct Output {
    next_marker: Option<String>,
    aliases: Vec<AliasConfiguration>,
}

const NAME: &str = "lambda:ListAliases";

impl Operation for ListAliases {
    const SPEC: Spec = Spec::read("ListAliases", NAME)
        .http(Verb::GET, "/2015-03-31/functions/{FunctionName}/aliases", 200)
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
        let wanted = input.function_version.as_deref();
        let query = format!("{}\0{}", function.name, wanted.unwrap_or_default());
        let page = page::read(call, NAME, &query, input.marker.as_deref(), input.max_items)?;
        let fits = |version: &str| wanted.is_none_or(|wanted| wanted == version);
        let found: Vec<_> = function.aliases.iter().filter(|(_, alias)| fits(&alias.version)).collect();
        let (found, next_marker) = page.of(found, |(name, _)| (*name).clone());
        let aliases = found.into_iter().map(|(name, alias)| AliasConfiguration::of(&function, name, alias)).collect();
        Ok(Output { next_marker, aliases })
    }
}
