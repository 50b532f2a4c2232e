//! GetOpenIDConnectProvider: one issuer.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetOpenIDConnectProvider.html>

use base::{Scope, Timestamp};
use operation::{Call, Failure, Operation, Spec};

use super::audited;
use super::create::ContextProvider;
use crate::error::declared;
use crate::rules::tags::{self, Tag};

/// The operation.
pub(crate) struct GetOpenIDConnectProvider;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetOpenIDConnectProviderRequest", upper)]
pub(crate) struct Input {
    #[shape(rename = "OpenIDConnectProviderArn")]
    open_id_connect_provider_arn: String,
}

/// The issuer.
#[derive(Debug, wire::Shape)]
#[shape(name = "GetOpenIDConnectProviderResponse", upper)]
pub(crate) struct Output {
    url: Option<String>,
    #[shape(rename = "ClientIDList")]
    client_id_list: Option<Vec<String>>,
    thumbprint_list: Option<Vec<String>>,
    create_date: Option<Timestamp>,
    tags: Option<Vec<Tag>>,
    context_provider: Option<ContextProvider>,
    identity_center_instance_arn: Option<String>,
    identity_store_arn: Option<String>,
}

impl Operation for GetOpenIDConnectProvider {
    const SPEC: Spec = Spec::read("GetOpenIDConnectProvider", "iam:GetOpenIDConnectProvider").errors(&[
        declared::INVALID,
        declared::NO_ENTITY,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Output;

    fn resource(input: &Input, _: &Scope) -> String {
        input.open_id_connect_provider_arn.clone()
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.open_id_connect_provider_arn)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let provider = super::find(call, &input.open_id_connect_provider_arn).await?;
        Ok(Output {
            url: Some(provider.issuer),
            client_id_list: Some(provider.client_ids.into_iter().collect()),
            thumbprint_list: Some(provider.thumbprints),
            create_date: Some(provider.created),
            tags: Some(tags::view(&provider.tags)),
            context_provider: None,
            identity_center_instance_arn: None,
            identity_store_arn: None,
        })
    }
}
