//! DeleteApiKey: with its places in usage plans.
//! <https://docs.aws.amazon.com/apigateway/latest/api/API_DeleteApiKey.html>

use base::Scope;
use http::Method as Verb;
use model::Record;
use model::apigateway::{ApiKey, UsagePlanKey};
use operation::{Call, Failure, Operation, Spec};

use super::audited;
use crate::error::declared;
use crate::nothing::Nothing;
use crate::{arn, find};

/// The operation.
pub(crate) struct DeleteApiKey;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "DeleteApiKeyRequest")]
pub(crate) struct Input {
    #[shape(uri = "api_Key")]
    api_key: String,
}

impl Operation for DeleteApiKey {
    const SPEC: Spec = Spec::write("DeleteApiKey", "apigateway:DELETE")
        .http(Verb::DELETE, "/apikeys/{api_Key}", 202)
        .errors(declared::REMOVE);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/apikeys/{}", input.api_key))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.api_key)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let key = find::api_key(call, &input.api_key).await?;
        for plan in &key.usage_plans {
            call.tx.delete::<UsagePlanKey>(&call.scope, &UsagePlanKey::id_of(plan, &key.id));
        }
        call.tx.delete::<ApiKey>(&call.scope, &key.id());
        Ok(Nothing)
    }
}
