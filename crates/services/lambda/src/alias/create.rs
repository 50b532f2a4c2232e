//! CreateAlias. <https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html>

use base::Scope;
use http::Method as Verb;
use model::lambda::Alias;
use operation::{Call, Failure, Operation, Spec};

use super::{AliasConfiguration, AliasRoutingConfiguration};
use crate::error::{Error, declared};
use crate::find;
use crate::name::FunctionRef;
use crate::rules::settings;

/// The operation.
pub(crate) struct CreateAlias;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "CreateAliasRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
    name: String,
    function_version: String,
    description: Option<String>,
    routing_config: Option<AliasRoutingConfiguration>,
}

impl Operation for CreateAlias {
    const SPEC: Spec = Spec::write("CreateAlias", "lambda:CreateAlias")
        .http(Verb::POST, "/2015-03-31/functions/{FunctionName}/aliases", 201)
        .errors(declared::WRITE);
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
        super::name(&input.name)?;
        let mut function = find::function(call, &named).await?;
        if function.aliases.contains_key(&input.name) {
            return Err(Error::conflict(format!("Alias already exists: {}:{}", function.arn(), input.name)).into());
        }
        let version = super::version(call, &named, &input.function_version).await?;
        let alias = Alias {
            other: super::other(call, &named, &version, input.routing_config.as_ref()).await?,
            version,
            description: settings::description(input.description.as_deref().unwrap_or_default())?,
            revision_id: find::revision_id(),
        };
        let shown = AliasConfiguration::of(&function, &input.name, &alias);
        function.aliases.insert(input.name.clone(), alias);
        call.tx.put(&named.scope, &function)?;
        Ok(shown)
    }
}
