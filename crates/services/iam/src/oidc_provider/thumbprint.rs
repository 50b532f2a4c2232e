//! UpdateOpenIDConnectProviderThumbprint: which certificates may stand at the top of the issuer's chain.
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateOpenIDConnectProviderThumbprint.html>

use base::Scope;
use operation::{Call, Failure, Operation, Spec};

use super::{audited, settings};
use crate::error::declared;
use crate::nothing::Nothing;

/// The operation.
pub(crate) struct UpdateOpenIDConnectProviderThumbprint;

/// What it takes.
#[derive(Debug, wire::Shape)]
#[shape(name = "UpdateOpenIDConnectProviderThumbprintRequest", upper)]
pub(crate) struct Input {
    #[shape(rename = "OpenIDConnectProviderArn")]
    open_id_connect_provider_arn: String,
    thumbprint_list: Vec<String>,
}

impl Operation for UpdateOpenIDConnectProviderThumbprint {
    const SPEC: Spec =
        Spec::write("UpdateOpenIDConnectProviderThumbprint", "iam:UpdateOpenIDConnectProviderThumbprint").errors(&[
            declared::CONCURRENT,
            declared::INVALID,
            declared::NO_ENTITY,
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
        let mut provider = super::find(call, &input.open_id_connect_provider_arn).await?;
        provider.thumbprints = settings::thumbprints(&input.thumbprint_list)?;
        call.tx.put(&call.scope, &provider)?;
        Ok(Nothing)
    }
}
