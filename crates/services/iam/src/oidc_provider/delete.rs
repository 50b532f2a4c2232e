//! DeleteOpenIDConnectProvider: forgets an issuer; its tokens open no further session.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteOpenIDConnectProvider.html>

use base::Scope;
use model::iam::OidcProvider;
use operation::{Call, Failure, Operation, Spec};

use super::audited;
use crate::error::declared;
use crate::nothing::Nothing;

/// The operation.
pub(crate) struct DeleteOpenIDConnectProvider;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "DeleteOpenIDConnectProviderRequest", upper)]
pub(crate) struct Input {
    #[shape(rename = "OpenIDConnectProviderArn")]
    open_id_connect_provider_arn: String,
}

impl Operation for DeleteOpenIDConnectProvider {
    const SPEC: Spec = Spec::write("DeleteOpenIDConnectProvider", "iam:DeleteOpenIDConnectProvider").errors(&[
        declared::INVALID,
        declared::NO_ENTITY,
        declared::CONCURRENT,
        declared::FAILURE,
    ]);
    type Input = Input;
    type Output = Nothing;

    fn resource(input: &Input, _: &Scope) -> String {
        input.open_id_connect_provider_arn.clone()
    }

    fn audited(input: &Input) -> Vec<(String, String)> {
        audited(&input.open_id_connect_provider_arn)
    }

    async fn run(input: &Input, call: &mut Call<'_>) -> Result<Nothing, Failure> {
        let provider = super::find(call, &input.open_id_connect_provider_arn).await?;
        call.tx.delete::<OidcProvider>(&call.scope, &provider.issuer);
        Ok(Nothing)
    }
}
