//! AddClientIDToOpenIDConnectProvider and RemoveClientIDFromOpenIDConnectProvider: whom tokens must be made out to.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_AddClientIDToOpenIDConnectProvider.html>
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_RemoveClientIDFromOpenIDConnectProvider.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::{audited, settings};
use crate::error::declared;
use crate::nothing::Nothing;

/// The operation that adds; one that is there already is no fault.
pub(crate) struct AddClientIDToOpenIDConnectProvider;

/// The operation that removes; one that is not there is no fault.
pub(crate) struct RemoveClientIDFromOpenIDConnectProvider;

/// What adding takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "AddClientIDToOpenIDConnectProviderRequest", upper)]
pub(crate) struct Add {
    #[shape(rename = "OpenIDConnectProviderArn")]
    open_id_connect_provider_arn: String,
    #[shape(rename = "ClientID")]
    client_id: String,
}

/// What removing takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "RemoveClientIDFromOpenIDConnectProviderRequest", upper)]
pub(crate) struct Remove {
    #[shape(rename = "OpenIDConnectProviderArn")]
    open_id_connect_provider_arn: String,
    #[shape(rename = "ClientID")]
    client_id: String,
}

impl Operation for AddClientIDToOpenIDConnectProvider {
    const SPEC: Spec = Spec::write("AddClientIDToOpenIDConnectProvider", "iam:AddClientIDToOpenIDConnectProvider")
        .errors(&[declared::CONCURRENT, declared::INVALID, declared::NO_ENTITY, declared::LIMIT, declared::FAILURE]);
    type Input = Add;
    type Output = Nothing;

    fn resource(input: &Add, _: &Scope) -> String {
        input.open_id_connect_provider_arn.clone()
    }

    fn audited(input: &Add) -> Vec<(String, String)> {
        audited(&input.open_id_connect_provider_arn)
    }

    async fn run(input: &Add, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let mut provider = super::find(call, &input.open_id_connect_provider_arn).await?;
        provider.client_ids.insert(input.client_id.clone());
        settings::client_ids(&provider.client_ids)?;
        call.tx.put(&call.scope, &provider)?;
        Ok(Nothing)
    }
}

impl Operation for RemoveClientIDFromOpenIDConnectProvider {
    const SPEC: Spec =
        Spec::write("RemoveClientIDFromOpenIDConnectProvider", "iam:RemoveClientIDFromOpenIDConnectProvider")
            .errors(&[declared::CONCURRENT, declared::INVALID, declared::NO_ENTITY, declared::FAILURE]);
    type Input = Remove;
    type Output = Nothing;

    fn resource(input: &Remove, _: &Scope) -> String {
        input.open_id_connect_provider_arn.clone()
    }

    fn audited(input: &Remove) -> Vec<(String, String)> {
        audited(&input.open_id_connect_provider_arn)
    }

    async fn run(input: &Remove, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let mut provider = super::find(call, &input.open_id_connect_provider_arn).await?;
        provider.client_ids.remove(&input.client_id);
        call.tx.put(&call.scope, &provider)?;
        Ok(Nothing)
    }
}
