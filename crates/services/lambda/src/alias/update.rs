//! UpdateAlias. <https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::{AliasConfiguration, AliasRoutingConfiguration};
use crate::error::declared;
use crate::find;
use crate::name::FunctionRef;
use crate::rules::settings;

/// The operation.
pub(crate) struct UpdateAlias;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "UpdateAliasRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
    #[shape(uri = "Name")]
    name: String,
    function_version: Option<String>,
    description: Option<String>,
    routing_config: Option<AliasRoutingConfiguration>,
    revision_id: Option<String>,
}

impl Operation for UpdateAlias {
    const SPEC: Spec = Spec::write("UpdateAlias", "lambda:UpdateAlias")
        .http(Verb::PUT, "/2015-03-31/functions/{FunctionName}/aliases/{Name}", 200)
        .errors(declared::REVISED);
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
        let mut function = find::function(call, &named).await?;
        let mut alias = super::existing(&function, &named, &input.name)?.clone();
        find::check_revision(input.revision_id.as_deref(), &alias.revision_id, "GetAlias")?;
        if let Some(version) = &input.function_version {
            alias.version = super::version(call, &named, version).await?;
        }
        // What is not told stays, but must still fit the version.
        let kept = alias.other.as_ref().map(|(version, share)| AliasRoutingConfiguration {
            additional_version_weights: Some([(version.clone(), *share)].into()),
        });
        let routing = input.routing_config.as_ref().or(kept.as_ref());
        alias.other = super::other(call, &named, &alias.version, routing).await?;
        if let Some(description) = &input.description {
            alias.description = settings::description(description)?;
        }
        alias.revision_id = find::revision_id();
        let shown = AliasConfiguration::of(&function, &input.name, &alias);
        function.aliases.insert(input.name.clone(), alias);
        call.tx.put(&named.scope, &function)?;
        Ok(shown)
    }
}
