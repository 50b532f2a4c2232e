//! UntagOpenIDConnectProvider: takes tags away. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UntagOpenIDConnectProvider.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};
use policy::Keys;

use super::audited;
use crate::error::declared;
use crate::nothing::Nothing;
use crate::rules::tags;

/// The operation.
pub(crate) struct UntagOpenIDConnectProvider;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "UntagOpenIDConnectProviderRequest", upper)]
pub(crate) struct Input {
    #[shape(rename = "OpenIDConnectProviderArn")]
    open_id_connect_provider_arn: String,
    tag_keys: Vec<String>,
}

impl Operation for UntagOpenIDConnectProvider {
    const SPEC: Spec = Spec::write("UntagOpenIDConnectProvider", "iam:UntagOpenIDConnectProvider").errors(&[
        declared::NO_ENTITY,
        declared::INVALID,
        declared::CONCURRENT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, _: &Scope) -> String {
        input.open_id_connect_provider_arn.clone()
    }

    fn keys(input: &Input, keys: Keys) -> Keys {
        keys.texts("aws:TagKeys", input.tag_keys.iter().map(String::as_str))
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.open_id_connect_provider_arn)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let mut provider = super::find(call, &input.open_id_connect_provider_arn).await?;
        tags::remove(&mut provider.tags, &input.tag_keys);
        call.tx.put(&call.scope, &provider)?;
        Ok(Nothing)
    }
}
