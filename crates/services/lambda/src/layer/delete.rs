//! DeleteLayerVersion: functions that use it go on to.
//! <https://docs.aws.amazon.com/lambda/latest/api/API_DeleteLayerVersion.html>

use base::Scope;
use http::Method as Verb;
use model::lambda::LayerVersion;
use operation::{Call, Failure, Operation, Spec};

use crate::error::declared;
use crate::name::LayerRef;
use crate::nothing::Nothing;

/// The operation.
pub(crate) struct DeleteLayerVersion;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteLayerVersionRequest", upper)]
pub(crate) struct Input {
    #[shape(uri = "LayerName")]
    layer_name: String,
    #[shape(uri = "VersionNumber")]
    version_number: i64,
}

impl Operation for DeleteLayerVersion {
    const SPEC: Spec = Spec::write("DeleteLayerVersion", "lambda:DeleteLayerVersion")
        .http(Verb::DELETE, "/2018-10-31/layers/{LayerName}/versions/{VersionNumber}", 204)
        .errors(declared::ACCOUNT);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        super::version_resource(&input.layer_name, input.version_number, scope)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        vec![("AWS::Lambda::LayerVersion".to_owned(), input.layer_name.clone())]
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let named = LayerRef::parse(&input.layer_name, &call.scope)?;
        // AWS takes away what is not there, too.
        let Ok(number) = u64::try_from(input.version_number) else { return Ok(Nothing) };
        let id = LayerVersion::id_of(&named.name, number);
        if call.tx.get::<LayerVersion>(&call.scope, &id).await?.is_some() {
            call.tx.delete::<LayerVersion>(&call.scope, &id);
        }
        Ok(Nothing)
    }
}
