//! PublishVersion. <https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html>

use base::Scope;
use http::Method as Verb;
use model::lambda::{Function, FunctionVersion, Published};
use operation::{Call, Failure, Operation, Spec};

use super::shown;
use crate::error::{Error, declared};
use crate::find;
use crate::name::FunctionRef;
use crate::rules::{settings, unenforced};
use crate::view::FunctionConfiguration;

/// The operation.
pub(crate) struct PublishVersion;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "PublishVersionRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "FunctionName")]
    function_name: String,
    code_sha256: Option<String>,
    description: Option<String>,
    revision_id: Option<String>,
    publish_to: Option<String>,
}

impl Operation for PublishVersion {
    const SPEC: Spec = Spec::write("PublishVersion", "lambda:PublishVersion")
        .http(Verb::POST, "/2015-03-31/functions/{FunctionName}/versions", 201)
        .errors(declared::REVISED);
    type Input = Input;
    type Output = FunctionConfiguration;

    fn resource(input: &Input, scope: &Scope) -> String {
        FunctionRef::whole_resource(&input.function_name, scope)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        crate::function::audited(&input.function_name)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<FunctionConfiguration, Failure> {
        let named = FunctionRef::unqualified(&input.function_name, &call.scope)?;
        unenforced::publish_to(input.publish_to.as_deref())?;
        let mut function = find::function(call, &named).await?;
        find::check_revision(input.revision_id.as_deref(), &function.latest.revision_id, "GetFunction")?;
        if let Some(sha256) = &input.code_sha256
            && *sha256 != function.latest.code.sha256
        {
            return Err(Error::invalid(format!(
                "CodeSHA256 ({sha256}) is different from current CodeSHA256 in $LATEST ({}). Please try again with the CodeSHA256 in $LATEST.",
                function.latest.code.sha256
            ))
            .into());
        }
        let description = input.description.as_deref().map(settings::description).transpose()?;
        let shown = publish(&mut function, description, call).await?;
        call.tx.put(&named.scope, &function)?;
        Ok(shown)
    }
}

/// Makes a version of `$LATEST`, or answers the newest one where nothing has changed since. Whoever calls stores the
/// function.
pub(crate) async fn publish(
    function: &mut Function,
    description: Option<String>,
    call: &mut Call<'_>,
) -> Result<FunctionConfiguration, Failure> {
    let scope = function.scope.clone();
    let unchanged = function.published.as_ref().filter(|last| last.revision_id == function.latest.revision_id);
    if let Some(last) = unchanged {
        let id = FunctionVersion::id_of(&function.name, last.version);
        if let Some(version) = call.tx.get::<FunctionVersion>(&scope, &id).await? {
            return shown(function, &version, &call.ports.master_key);
        }
    }
    let number = function.last_version + 1;
    let mut configuration = function.latest.clone();
    configuration.description = description.unwrap_or(configuration.description);
    configuration.revision_id = find::revision_id();
    let version = FunctionVersion { scope: scope.clone(), function: function.name.clone(), number, configuration };
    call.tx.put(&scope, &version)?;
    function.last_version = number;
    function.published = Some(Published { version: number, revision_id: function.latest.revision_id.clone() });
    shown(function, &version, &call.ports.master_key)
}
