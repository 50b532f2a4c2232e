//! DeleteAuthorizer: one that a method names stays.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteAuthorizer.html>

use base::Scope;
use http::Method as Verb;
use model::Record;
use model::apigateway::{Authorizer, Resource};
use operation::{Call, Failure, Operation, Spec};

use crate::error::{Error, declared};
use crate::nothing::Nothing;
use crate::{arn, find};

/// The operation.
pub(crate) struct DeleteAuthorizer;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteAuthorizerRequest")]
pub(crate) struct Input {
    #[shape(uri = "restapi_id")]
    rest_api_id: String,
    #[shape(uri = "authorizer_id")]
    authorizer_id: String,
}

impl Operation for DeleteAuthorizer {
    const SPEC: Spec = Spec::write("DeleteAuthorizer", "apigateway:DELETE")
        .http(Verb::DELETE, "/restapis/{restapi_id}/authorizers/{authorizer_id}", 202)
        .errors(declared::REMOVE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/restapis/{}/authorizers/{}", input.rest_api_id, input.authorizer_id))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        arn::audited_api(&input.rest_api_id)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let api = find::api(call, &input.rest_api_id).await?;
        let authorizer = find::authorizer(call, &api.id, &input.authorizer_id).await?;
        let resources = call.tx.all::<Resource>(&call.scope, &Resource::prefix(&api.id)).await?;
        if let Some(method) = user(&authorizer, &resources) {
            let name = &authorizer.name;
            let used = format!("Cannot delete authorizer '{name}', is referenced in method: {method}");
            return Err(Error::conflict(used).into());
        }
        call.tx.delete::<Authorizer>(&call.scope, &Record::id(&authorizer));
        Ok(Nothing)
    }
}

/// A method that names the authorizer, as AWS writes it.
fn user(authorizer: &Authorizer, resources: &[Resource]) -> Option<String> {
    resources.iter().find_map(|resource| {
        let mut methods = resource.methods.iter();
        let (verb, _) = methods.find(|(_, method)| method.authorizer_id.as_ref() == Some(&authorizer.id))?;
        Some(format!("{verb}/{}", resource.path))
    })
}
