//! ListOpenIDConnectProviders: the account's issuers.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListOpenIDConnectProviders.html>

use base::Scope;
use model::iam::OidcProvider;
use operation::{Call, Failure, Operation, Spec};

use super::arn;
use crate::error::declared;

/// The operation.
pub(crate) struct ListOpenIDConnectProviders;

/// Nothing.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListOpenIDConnectProvidersRequest")]
pub(crate) struct Input {}

/// All of them.
#[derive(Debug, wire::Shape)]
#[shape(name = "ListOpenIDConnectProvidersResponse", upper)]
pub(crate) struct Output {
    #[shape(rename = "OpenIDConnectProviderList")]
    open_id_connect_provider_list: Option<Vec<Entry>>,
}

/// One.
#[derive(Debug, wire::Shape)]
#[shape(name = "OpenIDConnectProviderListEntry", upper)]
pub(crate) struct Entry {
    arn: Option<String>,
    is_trusted_identity_propagation_enabled: Option<bool>,
}

impl Operation for ListOpenIDConnectProviders {
    const SPEC: Spec =
        Spec::read("ListOpenIDConnectProviders", "iam:ListOpenIDConnectProviders").errors(&[declared::FAILURE]);
    type Input = Input;
    type Output = Output;

    fn resource(_: &Input, scope: &Scope) -> String {
        arn(scope, "*")
    }

    async fn run(_: &Input, call: &mut Call<'_>) -> Result<Output, Failure> {
        let all = call.tx.all::<OidcProvider>(&call.scope, "").await?;
        let entry = |provider: &OidcProvider| Entry {
            arn: Some(provider.arn()),
            is_trusted_identity_propagation_enabled: None,
        };
        Ok(Output { open_id_connect_provider_list: Some(all.iter().map(entry).collect()) })
    }
}
