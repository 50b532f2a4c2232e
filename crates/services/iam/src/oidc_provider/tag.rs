//! TagOpenIDConnectProvider: adds and replaces tags. <https://docs.aws.amazon.com/IAM/latest/APIReference/API_TagOpenIDConnectProvider.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};
use policy::Keys;

use super::audited;
use crate::error::declared;
use crate::nothing::Nothing;
use crate::rules::tags::{self, Tag};

/// The operation.
pub(crate) struct TagOpenIDConnectProvider;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "TagOpenIDConnectProviderRequest", upper)]
pub(crate) struct Input {
    #[shape(rename = "OpenIDConnectProviderArn")]
    open_id_connect_provider_arn: String,
    tags: Vec<Tag>,
}

impl Operation for TagOpenIDConnectProvider {
    const SPEC: Spec = Spec::write("TagOpenIDConnectProvider", "iam:TagOpenIDConnectProvider").errors(&[
        declared::NO_ENTITY,
        declared::LIMIT,
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
        tags::keys(&input.tags, keys)
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.open_id_connect_provider_arn)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let mut provider = super::find(call, &input.open_id_connect_provider_arn).await?;
        tags::add(&mut provider.tags, &input.tags)?;
        call.tx.put(&call.scope, &provider)?;
        Ok(Nothing)
    }
}
