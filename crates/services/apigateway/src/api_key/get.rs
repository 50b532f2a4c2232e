//! GetApiKey. <https://docs.aws.amazon.com/apigateway/latest/api/API_GetApiKey.html>

use base::Scope;
use http::Method as Verb;
use operation::{Call, Failure, Operation, Spec};

use super::{ApiKeyView, Shown, audited};
use crate::error::declared;
use crate::{arn, find};

/// The operation.
pub(crate) struct GetApiKey;

/// What it takes.
#[derive(Debug, Clone, PartialEq, wire::Shape)]
#[shape(name = "GetApiKeyRequest")]
pub(crate) struct Input {
    #[shape(uri = "api_Key")]
    api_key: String,
    #[shape(query = "includeValue")]
    include_value: Option<bool>,
}

impl Operation for GetApiKey {
    const SPEC: Spec =
        Spec::read("GetApiKey", "apigateway:GET").http(Verb::GET, "/apikeys/{api_Key}", 200).errors(declared::READ);
    type Input = Input;
    type Output = ApiKeyView;

    fn resource(input: &Input, scope: &Scope) -> String {
        arn::of(scope, format_args!("/apikeys/{}", input.api_key))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.api_key)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<ApiKeyView, Failure> {
        let key = find::api_key(call, &input.api_key).await?;
        ApiKeyView::of(&key, Shown::asked(input.include_value), call)
    }
}
